// A page that tells how work goes, kept up to date while it is open. Without this script the page loads itself anew.
"use strict";
(() => {
  const lines = document.getElementById("lines");
  const summary = document.getElementById("summary");
  if (!lines || !lines.dataset.events) return;
  if (!window.EventSource) {
    setTimeout(() => location.reload(), 3000);
    return;
  }
  const SPOKEN_EVERY = 5000;
  let due = 0;
  let waiting = null;

  // The summary is read out by screen readers: not at every line.
  const say = (text, now) => {
    clearTimeout(waiting);
    const left = now ? 0 : due - Date.now();
    waiting = setTimeout(() => {
      summary.textContent = text;
      due = Date.now() + SPOKEN_EVERY;
    }, Math.max(0, left));
  };

  const piece = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.textContent = text;
    return element;
  };

  const put = (told) => {
    let line = [...lines.children].find((each) => each.dataset.subject === told.subject);
    if (!line) {
      line = document.createElement("li");
      line.dataset.subject = told.subject;
      lines.append(line);
    }
    const mark = piece("span", "mark", told.mark);
    mark.setAttribute("aria-hidden", "true");
    const name = document.createElement("strong");
    name.append(piece("bdi", "", told.name));
    line.className = told.stage;
    line.replaceChildren(mark, " ", name, " ", piece("span", "said", told.words));
  };

  // What can be done now is the server's to say.
  const finish = async () => {
    const answer = await fetch(location.pathname + location.search);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const after = page.getElementById("after");
    if (answer.ok && after) document.getElementById("after").replaceWith(document.adoptNode(after));
    else location.reload();
  };

  const source = new EventSource(lines.dataset.events);
  source.addEventListener("line", (event) => {
    const told = JSON.parse(event.data);
    put(told);
    say(told.summary, false);
  });
  source.addEventListener("end", (event) => {
    source.close();
    say(JSON.parse(event.data).summary, true);
    finish().catch(() => say(lines.dataset.lost, true));
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) say(lines.dataset.lost, true);
  });
})();
