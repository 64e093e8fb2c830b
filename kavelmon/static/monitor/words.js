// Elements and words: text becomes text, never markup; numbers are written as Dutch readers write them.
let WORDS = {}; // what the page says, from kavelmon/texts.py

function setWords(words) { WORDS = words; }

function say(key, values = {}) {
  return (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const NBSP = "\u00a0";
const writers = new Map();

// The figures of a document are already rounded to their decimals: no second rounding takes place here.
function number(value, decimals = 0, sign = false) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!writers.has(decimals)) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: true };
    writers.set(decimals, new Intl.NumberFormat("nl-NL", digits));
  }
  const text = writers.get(decimals).format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? "−" : sign ? "+" : "") + text;
}

function figure(value, item) {
  const text = number(value, item.decimals);
  if (text === "–" || !item.sign) return text;
  return item.sign === "€" ? `€${NBSP}${text}` : `${text}${NBSP}${item.sign}`;
}

const SHAPES = {
  better: () => svg("circle", { cx: 7, cy: 7, r: 6 }),
  worse: () => svg("path", { d: "M7 0l7 7-7 7-7-7z" }),
  similar: () => svg("circle", { cx: 7, cy: 7, r: 5, fill: "white", stroke: "currentColor", "stroke-width": 2 }),
  higher: () => svg("rect", { x: 2, y: 2, width: 10, height: 10 }),
  lower: () => svg("rect", { x: 2, y: 2, width: 10, height: 10 }),
};

function symbol(word, size = 14) {
  if (!SHAPES[word]) return "";
  const box = { viewBox: "0 0 14 14", width: size, height: size, "aria-hidden": "true", fill: "currentColor" };
  return svg("svg", { ...box, class: `km-symbol km-${word}` }, SHAPES[word]());
}

function select(label, options, value, choose, name) {
  const box = h("select", { name, onchange: (event) => choose(event.target.value) });
  for (const [key, text] of options) {
    box.append(h("option", { value: key, selected: key === value }, text));
  }
  box.disabled = options.length < 2;
  return h("label.km-field", {}, h("span", {}, label), box);
}
