// What ical.js makes of feeds: {module, feeds} as JSON on stdin, for each feed its events as JSON on stdout.
import { readFileSync } from "node:fs";

const { module, feeds } = JSON.parse(readFileSync(0, "utf8"));
const { default: ICAL } = await import(module);

function text(event, name) {
  const value = event.getFirstPropertyValue(name);
  return value === null ? "" : String(value);
}

function day(event, name) {
  const value = event.getFirstPropertyValue(name);
  const digits = (number, wide) => String(number).padStart(wide, "0");
  return value === null ? "" : `${digits(value.year, 4)}-${digits(value.month, 2)}-${digits(value.day, 2)}`;
}

function read(feed) {
  const calendar = new ICAL.Component(ICAL.parse(feed));
  return calendar.getAllSubcomponents("vevent").map((event) => ({
    uid: text(event, "uid"),
    summary: text(event, "summary"),
    start: day(event, "dtstart"),
    end: day(event, "dtend"),
    status: text(event, "status"),
    location: text(event, "location"),
    description: text(event, "description"),
    related: event.getAllProperties("related-to").map((one) => [one.getParameter("reltype"), one.getFirstValue()]),
  }));
}

process.stdout.write(JSON.stringify(feeds.map(read)));
