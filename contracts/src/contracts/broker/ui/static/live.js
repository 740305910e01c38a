// Renews the part of a page with the id "live": as one types into the form "view", and while it has a
// data-refresh, the number of seconds after which something in progress may have changed.
"use strict";

const PAUSE = 200; // milliseconds without typing before a search
const search = document.getElementById("view");
let requests = 0;
let timer;

const live = () => document.getElementById("live");

// The link that has the focus, to find it again among the new ones.
function focused() {
  const link = document.activeElement;
  if (!live().contains(link) || !link.href) return () => {};
  const links = () => [...live().querySelectorAll("a")];
  const place = links().filter((each) => each.href === link.href).indexOf(link);
  return () => links().filter((each) => each.href === link.href)[place]?.focus({ preventScroll: true });
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
  if (next.outerHTML !== live().outerHTML) {
    const focusAgain = focused();
    live().replaceWith(document.adoptNode(next));
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
