// Shows one HAL document: its links to follow, its properties, and what it embeds.
// What documents say is set as text, never as HTML.
"use strict";

const shown = document.getElementById("document");
const status = document.getElementById("status");
const form = document.getElementById("go");
const base = shown.dataset.base; // what the links of documents start with
const root = location.pathname.replace(/\/hal-browser\/browser\.html$/, ""); // where the broker is for this browser
const PARAMETER = /\{(\w+)\}/g;
const ACCEPT = "application/hal+json, application/json;q=0.9, */*;q=0.1";
let asked = 0;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// An address below the broker, or null where a link leads elsewhere.
function local(href) {
  if (href.startsWith(base)) return href.slice(base.length) || "/";
  return href.startsWith("/") ? href : null;
}

function follow(href, text) {
  const address = local(href);
  if (address !== null) return element("a", { href: `#${address}`, textContent: text });
  if (/^https?:/i.test(href)) return element("a", { href, textContent: text, rel: "noopener noreferrer" });
  return element("code", { textContent: text });
}

function fillIn(href) {
  const names = [...new Set([...href.matchAll(PARAMETER)].map((found) => found[1]))];
  const inputs = names.map((name) => element("input", { name, placeholder: name, ariaLabel: name, required: true }));
  const made = element("form", { className: "search fill" }, ...inputs, element("button", { textContent: "Follow" }));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(made);
    const filled = href.replace(PARAMETER, (_, name) => encodeURIComponent(given.get(name)));
    location.hash = local(filled) ?? filled;
  });
  return made;
}

function relation(name, curies) {
  const [prefix, rest] = name.split(/:(.*)/s);
  const curie = rest && curies.find((each) => each.name === prefix);
  const address = curie && local(curie.href.replace("{rel}", encodeURIComponent(rest)));
  if (!address) return element("code", { textContent: name });
  const leads = { href: root + address, title: "What it means" };
  return element("a", leads, element("code", { textContent: name }));
}

function links(all, curies) {
  const rows = Object.entries(all)
    .filter(([name]) => name !== "curies")
    .flatMap(([name, given]) => [].concat(given ?? []).map((link) => [name, link]))
    .map(([name, link]) => {
      const open = /\{\w+\}/.test(link.href);
      return element(
        "tr",
        {},
        element("td", {}, relation(name, curies)),
        element("td", {}, link.title ?? "", link.name && link.name !== link.title ? ` · ${link.name}` : ""),
        element("td", {}, open ? element("code", { textContent: local(link.href) ?? link.href }) : follow(link.href, local(link.href) ?? link.href), ...(open ? [fillIn(link.href)] : [])),
      );
    });
  const heads = ["Relation", "Title", "Leads to"].map((text) => element("th", { scope: "col", textContent: text }));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { className: "scroll" }, table);
}

function title(document) {
  const self = [].concat(document._links?.self ?? [])[0] ?? {};
  return document.name ?? document.number ?? document.uuid ?? self.name ?? self.title ?? "document";
}

function render(document, curies) {
  const parts = [];
  const { _links: linked, _embedded: embedded, ...properties } = document;
  const known = linked?.curies ?? curies;
  if (Object.keys(properties).length) {
    parts.push(element("h2", { textContent: "Properties" }));
    parts.push(element("pre", {}, element("code", { textContent: JSON.stringify(properties, null, 2) })));
  }
  if (linked) parts.push(element("h2", { textContent: "Links" }), links(linked, known));
  for (const [name, held] of Object.entries(embedded ?? {})) {
    parts.push(element("h2", { textContent: `Embedded: ${name}` }));
    for (const each of [].concat(held)) {
      const summary = element("summary", {}, element("h3", { textContent: title(each) }));
      parts.push(element("details", { className: "interaction" }, summary, ...render(each, known)));
    }
  }
  return parts;
}

async function show() {
  const turn = ++asked;
  const address = location.hash.slice(1) || "/";
  form.elements.address.value = address;
  let line, parts;
  try {
    const response = await fetch(root + address, { headers: { Accept: ACCEPT } });
    const type = response.headers.get("Content-Type") ?? "";
    const text = await response.text();
    const hal = type.includes("json") ? JSON.parse(text) : null;
    line = `GET ${address}: ${response.status} ${response.statusText} ${type}`;
    const readable = hal !== null && typeof hal === "object" && !Array.isArray(hal);
    parts = readable ? render(hal, []) : [element("pre", {}, element("code", { textContent: text }))];
  } catch (error) {
    line = `GET ${address} failed: ${error.message}`;
    parts = [];
  }
  if (turn !== asked) return; // another document was asked for meanwhile
  status.textContent = line;
  shown.replaceChildren(...parts);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = form.elements.address.value;
});
addEventListener("hashchange", show);
show();
