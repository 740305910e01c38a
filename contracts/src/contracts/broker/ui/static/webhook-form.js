// Renews the preview of a webhook's request as one types, and adds and removes rows of headers in place.
"use strict";

const PAUSE = 300; // milliseconds without typing before a preview
const form = document.getElementById("webhook");
let requests = 0;
let typing;

async function renew() {
  const request = ++requests;
  const entries = new URLSearchParams(new FormData(form));
  entries.set("do", "preview");
  try {
    const address = location.pathname + location.search; // not the action, which may have another host
    const response = await fetch(address, { method: "POST", body: entries, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = page.getElementById("preview");
    if (request !== requests || !next) return; // typed on, or the session has ended
    document.getElementById("preview").replaceChildren(...document.adoptNode(next).childNodes);
  } catch {
    return; // the broker cannot be reached now; the next change may be luckier
  }
}

function soon(pause) {
  clearTimeout(typing);
  typing = setTimeout(renew, pause);
}

const rows = () => [...form.querySelectorAll("#headers .row")];

function number() {
  rows().forEach((row, place) => {
    const [name, value] = row.querySelectorAll("input");
    name.ariaLabel = `Name of header ${place + 1}`;
    value.ariaLabel = `Value of header ${place + 1}`;
    row.querySelector("button").ariaLabel = `Remove header ${place + 1}`;
    row.querySelector("button").value = `remove-${place}`;
  });
}

function add() {
  const row = rows().at(-1).cloneNode(true);
  const [name, value] = row.querySelectorAll("input");
  name.value = value.value = "";
  value.type = "text";
  value.placeholder = "value";
  rows().at(-1).after(row);
  number();
  name.focus();
}

function remove(row) {
  if (rows().length === 1) add();
  const next = row.nextElementSibling?.matches(".row") ? row.nextElementSibling : row.previousElementSibling;
  row.remove();
  number();
  next.querySelector("input")?.focus();
}

form.addEventListener("input", () => soon(PAUSE));
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const wish = button?.value ?? "";
  if (wish === "add") add();
  else if (wish.startsWith("remove-")) remove(button.closest(".row"));
  else return;
  event.preventDefault();
  soon(0);
});
