// Zooms the drawing of a network with buttons, keys and the wheel, and moves it with the pointer.
"use strict";

const drawing = document.getElementById("drawing");
const svg = drawing.querySelector("svg");
const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
const STEP = 1.25;
const SMALLEST = 0.1;
const LARGEST = 4;
const READABLE = 0.7; // the least that a page begins with
let scale = 1;

// Keeps the point of the drawing at x, y, in pixels from the corner of the visible part, where it is.
function zoom(to, x = drawing.clientWidth / 2, y = drawing.clientHeight / 2) {
  const next = Math.min(LARGEST, Math.max(SMALLEST, to));
  const left = (drawing.scrollLeft + x) / scale;
  const top = (drawing.scrollTop + y) / scale;
  svg.setAttribute("width", width * next);
  svg.setAttribute("height", height * next);
  scale = next;
  drawing.scrollTo(left * scale - x, top * scale - y);
}

const fit = () => zoom(Math.min(1, (drawing.clientWidth - 2) / width));

const ACTIONS = [
  ["+", "Zoom in", () => zoom(scale * STEP)],
  ["−", "Zoom out", () => zoom(scale / STEP)],
  ["Fit", "Fit the width", fit],
];
const bar = document.createElement("p");
bar.className = "zoom";
for (const [text, title, action] of ACTIONS) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, title });
  button.setAttribute("aria-label", title);
  button.addEventListener("click", action);
  bar.append(button);
}
drawing.before(bar);

drawing.addEventListener("keydown", (event) => {
  if (event.target !== drawing || event.ctrlKey || event.metaKey) return;
  if (event.key === "+") zoom(scale * STEP);
  else if (event.key === "-") zoom(scale / STEP);
  else if (event.key === "0") fit();
});

drawing.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey) return; // the wheel alone scrolls the page
    event.preventDefault();
    const corner = drawing.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - corner.left, event.clientY - corner.top);
  },
  { passive: false },
);

let grip = null;
drawing.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("a")) return;
  grip = { x: event.clientX + drawing.scrollLeft, y: event.clientY + drawing.scrollTop };
  drawing.setPointerCapture(event.pointerId);
});
drawing.addEventListener("pointermove", (event) => {
  if (grip) drawing.scrollTo(grip.x - event.clientX, grip.y - event.clientY);
});
for (const end of ["pointerup", "pointercancel"]) drawing.addEventListener(end, () => (grip = null));

if (width > drawing.clientWidth) zoom(Math.max(READABLE, (drawing.clientWidth - 2) / width));
svg.querySelector('[aria-current="true"]')?.scrollIntoView?.({ block: "nearest", inline: "center" });
scrollTo(0, 0);
