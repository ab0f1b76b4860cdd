// What ical.js makes of feeds: {module, feeds} as JSON on stdin, for each feed its events as JSON on stdout.
import { readFileSync } from "node:fs";

const { module, feeds } = JSON.parse(readFileSync(0, "utf8"));
const { default: ICAL } = await import(module);

function text(event, name) {
  const value = event.getFirstPropertyValue(name);
  return value === null ? "" : String(value);
}

function read(feed) {
  const calendar = new ICAL.Component(ICAL.parse(feed));
  return calendar.getAllSubcomponents("vevent").map((event) => ({
    uid: text(event, "uid"),
    summary: text(event, "summary"),
    start: text(event, "dtstart"),
    end: text(event, "dtend"),
    status: text(event, "status"),
    location: text(event, "location"),
    description: text(event, "description"),
    related: event.getAllProperties("related-to").map((one) => [one.getParameter("reltype"), one.getFirstValue()]),
  }));
}

process.stdout.write(JSON.stringify(feeds.map(read)));
