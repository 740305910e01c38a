// Renews the part of a page with the id "live": as one types into the form "view", and while it has a
// data-refresh, the number of seconds after which something in progress may have changed.
"use strict";

const PAUSE = 200; // milliseconds without typing before a search
const search = document.getElementById("view");
let requests = 0;
let timer;

const live = () => document.getElementById("live");
let latest = live()?.outerHTML; // as the broker sent it: a person may have opened details since

// The element that has the focus, to find it again among the new ones.
function focused() {
  const element = document.activeElement;
  if (!live().contains(element)) return () => {};
  const key = (each) => each.href || each.textContent.trim();
  const alike = () => [...live().querySelectorAll(element.tagName)].filter((each) => key(each) === key(element));
  const place = alike().indexOf(element);
  return () => alike()[place]?.focus({ preventScroll: true });
}

// Which details are open, to open the same ones again.
function opened() {
  const all = () => [...live().querySelectorAll("details")];
  const title = (each) => each.querySelector("summary").textContent;
  const before = all().map((each) => ({ title: title(each), open: each.open }));
  return () => {
    for (const [place, each] of all().entries()) {
      if (before[place]?.title === title(each)) each.open = before[place].open;
    }
  };
}

function selecting() {
  const selection = getSelection();
  return !selection.isCollapsed && live().contains(selection.anchorNode);
}

async function renew(address) {
  const request = ++requests;
  let text;
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    text = await response.text();
  } catch {
    return; // the broker cannot be reached now; the next time may be better
  } finally {
    if (request === requests) schedule();
  }
  if (request !== requests) return; // the user has moved on
  const page = new DOMParser().parseFromString(text, "text/html");
  const next = page.getElementById("live");
  if (!next) return;
  if (next.outerHTML !== latest && !selecting()) {
    latest = next.outerHTML;
    const openAgain = opened();
    const focusAgain = focused();
    live().replaceWith(document.adoptNode(next));
    openAgain();
    focusAgain();
  }
  document.title = page.title;
  const status = page.getElementById("status");
  if (status && status.textContent !== document.getElementById("status").textContent) {
    document.getElementById("status").replaceChildren(...document.adoptNode(status).childNodes);
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  const seconds = Number(live()?.dataset.refresh);
  if (!seconds) return;
  timer = setTimeout(() => (document.hidden ? schedule() : renew(location.href)), seconds * 1000);
}

// The address of the form's values, without those that are empty or the default.
function address() {
  const values = [...new FormData(search)].filter(([name, value]) => {
    const element = search.elements[name];
    return value !== (element.dataset?.default ?? "");
  });
  const query = new URLSearchParams(values).toString();
  return location.pathname + (query ? `?${query}` : ""); // not the action, which may have another host
}

function change() {
  clearTimeout(timer);
  history.replaceState(null, "", address());
  renew(location.href);
}

if (search) {
  let typing;
  search.addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(change, ["search", "text"].includes(event.target.type) ? PAUSE : 0);
  });
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    change();
  });
}
schedule();
