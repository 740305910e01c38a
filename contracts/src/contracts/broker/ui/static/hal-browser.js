// Shows one HAL document: its links to follow, its properties, and what it embeds.
// Texts of documents are set as text, never as HTML.
"use strict";

const shown = document.getElementById("document");
const status = document.getElementById("status");
const form = document.getElementById("go");
const change = document.getElementById("change");
const base = shown.dataset.base; // the start of each link in a document
const root = location.pathname.replace(/\/hal-browser\/browser\.html$/, ""); // the broker's path for this browser
const PARAMETER = /\{(\w+)\}/g;
const ACCEPT = "application/hal+json, application/json;q=0.9, */*;q=0.1";
let requests = 0;

function element(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

// A path below the broker, or null if a link leads elsewhere.
function local(href) {
  if (href.startsWith(base)) return href.slice(base.length) || "/";
  return href.startsWith("/") ? href : null;
}

// The parts of a path, between which a line may break.
function breakable(path) {
  return path.split(/(?<=\/)/).flatMap((part) => [element("wbr"), part]);
}

function follow(href, text) {
  const address = local(href);
  if (address !== null) return element("a", { href: `#${address}` }, ...breakable(text));
  if (/^https?:/i.test(href)) return element("a", { href, rel: "noopener noreferrer" }, ...breakable(text));
  return element("code", {}, ...breakable(text));
}

function fillIn(href) {
  const names = [...new Set([...href.matchAll(PARAMETER)].map((match) => match[1]))];
  const inputs = names.map((name) => element("input", { name, placeholder: name, ariaLabel: name, required: true }));
  const filling = element("form", { className: "search fill" }, ...inputs, element("button", { textContent: "Follow" }));
  filling.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(filling);
    const filled = href.replace(PARAMETER, (_, name) => encodeURIComponent(values.get(name)));
    location.hash = local(filled) ?? filled;
  });
  return filling;
}

function relation(name, curies) {
  const [prefix, rest] = name.split(/:(.*)/s);
  const curie = rest && curies.find((each) => each.name === prefix);
  const address = curie && local(curie.href.replace("{rel}", encodeURIComponent(rest)));
  if (!address) return element("code", { textContent: name });
  const leads = { href: root + address, title: "Meaning" };
  return element("a", leads, element("code", { textContent: name }));
}

function links(all, curies) {
  const rows = Object.entries(all)
    .filter(([name]) => name !== "curies")
    .flatMap(([name, value]) => [].concat(value ?? []).map((link) => [name, link]))
    .map(([name, link]) => {
      const open = /\{\w+\}/.test(link.href);
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, relation(name, curies)),
        cell("Title", link.title ?? "", link.name && link.name !== link.title ? ` · ${link.name}` : ""),
        cell("Leads to", open ? element("code", {}, ...breakable(local(link.href) ?? link.href)) : follow(link.href, local(link.href) ?? link.href), ...(open ? [fillIn(link.href)] : [])),
      );
    });
  const heads = ["Relation", "Title", "Leads to"].map((text) => element("th", { scope: "col", textContent: text }));
  const table = element("table", { className: "cards" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { className: "scroll", role: "region", ariaLabel: "Links", tabIndex: 0 }, table);
}

// A cell of a table whose rows are cards on phones, where the label is above it.
function cell(label, ...content) {
  const data = element("td", {}, ...content);
  data.dataset.label = label;
  return data;
}

function title(document) {
  const self = [].concat(document._links?.self ?? [])[0] ?? {};
  return document.name ?? document.number ?? document.uuid ?? self.name ?? self.title ?? "document";
}

function render(document, curies) {
  const parts = [];
  const { _links: linked, _embedded: embedded, ...properties } = document;
  const prefixes = linked?.curies ?? curies;
  if (Object.keys(properties).length) {
    parts.push(element("h2", { textContent: "Properties" }));
    parts.push(element("pre", {}, element("code", { textContent: JSON.stringify(properties, null, 2) })));
  }
  if (linked) parts.push(element("h2", { textContent: "Links" }), links(linked, prefixes));
  for (const [name, resources] of Object.entries(embedded ?? {})) {
    parts.push(element("h2", { textContent: `Embedded: ${name}` }));
    for (const each of [].concat(resources)) {
      const summary = element("summary", {}, element("h3", { textContent: title(each) }));
      parts.push(element("details", { className: "interaction" }, summary, ...render(each, prefixes)));
    }
  }
  return parts;
}

async function show() {
  const request = ++requests;
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
  if (request !== requests) return; // the user has moved on
  status.textContent = line;
  if (change) {
    change.href = `${root}/ui/requests?path=${encodeURIComponent(address)}`;
  }
  shown.replaceChildren(...parts);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = form.elements.address.value;
});
addEventListener("hashchange", show);
show();
