// Stel uw kavel samen: what is chosen stands here, its figures come from the kernel, and a link or a file keeps it.
const FOUND = 8; // so many names are offered while somebody types
const LATE_MS = 60_000; // the first answer waits for what the kernel has to read
const plainly = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class Composing {
  constructor(box, common, core, country, link) {
    Object.assign(this, { box, common, core, country, link, asked: 0, answered: 0 });
    this.codes = [];
    this.mode = "GM";
    this.domain = core.domains[0].id;
    this.paths = new Map();
    this.opened = new Map(); // the wijken that are drawn, by gemeente
    const towns = new Map(country.gemeenten.map(([code, name]) => [code, name]));
    this.names = new Map(towns);
    for (const [code, name] of country.wijken) this.names.set(code, `${name} (${towns.get(`GM${code.slice(2, 6)}`) ?? "?"})`);
    this.offers = [...this.names].map(([code, name]) => ({ code, codes: [code], name, key: plainly(name) }));
    for (const [code, name, members] of country.regions ?? []) this.offers.push({ code, codes: members, name, key: plainly(name) });
  }

  start({ area, title }) {
    this.titleBox = h("input", { type: "text", maxlength: TITLE, value: title ?? "", placeholder: say("ownTitleHint"), oninput: () => this.keep() });
    this.facts = h("dl.km-facts", {});
    this.remarks = h("div", { role: "status", "aria-live": "polite" });
    this.list = h("ul.km-chips", { "aria-label": say("ownParts") });
    this.table = h("section.km-domain", { id: "km-panel", role: "tabpanel", tabindex: -1 });
    this.tabs = h("div.km-tabs", { role: "tablist", "aria-label": say("domains") });
    this.open = h("a.km-button.km-first", { href: "#" }, say("ownOpen"));
    this.note = h("span.km-note", { role: "status" });
    const file = h("input", { type: "file", accept: ".toml,text/plain", class: "km-hidden", tabindex: -1, "aria-hidden": "true", onchange: () => this.read(file) });
    const button = (text, act) => h("button.km-button", { type: "button", onclick: act }, text);
    this.criteria = h("a.km-button", { href: "#" }, say("ownCriteria"));
    const buttons = h("div.km-buttons", {}, this.link.monitor ? [this.open, this.criteria] : "", this.link.whole ? button(say("share"), () => this.share()) : "",
      button(say("ownSave"), () => this.save()), button(say("ownRead"), () => file.click()), button(say("ownClear"), () => this.set([])), file, this.note);
    const modes = h("fieldset.km-modes", {}, h("legend", {}, say("ownClick")), [["GM", say("ownWhole")], ["WK", say("ownWijken")]].map(([mode, text]) =>
      h("label", {}, h("input", { type: "radio", name: "km-mode", value: mode, checked: mode === this.mode, onchange: () => { this.mode = mode; } }), ` ${text}`)));
    const left = h("div.km-choose", {}, this.search(), modes, this.map());
    const right = h("div.km-chosen-area", {}, h("label.km-field.km-title", {}, h("span", {}, say("ownTitle")), this.titleBox), this.facts, this.remarks, this.list, buttons);
    this.root = h("div.km-page.km-compose", {}, h("div.km-width", {},
      h("header", {}, h("p.km-kicker", {}, say("ownKicker")), h("h1", {}, say("ownHead")), h("p.km-lead", {}, say("ownLead"))),
      h("div.km-two", {}, left, right), this.tabs, this.table));
    this.box.replaceChildren(this.root);
    this.set(area ? area.split(/[,+;\s]+/) : []);
  }

  // A field that offers names while somebody types; codes between commas may be pasted as well.
  search() {
    const list = h("ul.km-offers", { role: "listbox", id: "km-offers", "aria-label": say("ownSearch"), hidden: true });
    const field = h("input", { type: "text", role: "combobox", id: "km-search", autocomplete: "off", "aria-expanded": "false", "aria-controls": "km-offers", "aria-autocomplete": "list", placeholder: say("ownSearchHint") });
    let at = -1;
    let found = [];
    const close = () => { list.hidden = true; at = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
    const take = (offer) => { field.value = ""; close(); this.set([...this.codes, ...offer.codes]); };
    const show = () => {
      const key = plainly(field.value.trim());
      const begins = this.offers.filter((o) => o.key.startsWith(key));
      const holds = key.length > 2 ? this.offers.filter((o) => !o.key.startsWith(key) && (o.key.includes(key) || plainly(o.code) === key)) : [];
      found = key ? [...begins, ...holds].slice(0, FOUND) : [];
      list.replaceChildren(...found.map((o, n) => h("li", { role: "option", id: `km-offer-${n}`, "aria-selected": "false", onpointerdown: (e) => { e.preventDefault(); take(o); } }, o.name, h("small", {}, ` ${say(`own_${o.code.slice(0, 2)}`)}`))));
      if (key && !found.length) list.append(h("li.km-note", {}, say("ownNothing")));
      list.hidden = !key;
      at = -1;
      field.setAttribute("aria-expanded", String(!list.hidden));
      field.removeAttribute("aria-activedescendant");
    };
    field.addEventListener("input", show);
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return close();
      if (event.key === "Enter") {
        event.preventDefault();
        const pasted = field.value.trim();
        if (/^((GM|WK|BU)\w+[\s,;+]*)+$/i.test(pasted)) return take({ codes: pasted.split(/[\s,;+]+/) });
        if (found.length) take(found[Math.max(at, 0)]);
        return undefined;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !found.length) return undefined;
      event.preventDefault();
      at = (at + step + found.length) % found.length;
      [...list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
      field.setAttribute("aria-activedescendant", `km-offer-${at}`);
      return undefined;
    });
    return h("div.km-search", {}, h("label", { for: "km-search" }, say("ownSearch")), field, list);
  }

  map() {
    const [width, height] = this.country.size;
    this.frame = [0, 0, width, height];
    this.svg = svg("svg", { viewBox: this.frame.join(" "), role: "img", "aria-label": say("ownMap"), class: "km-pick" });
    const draw = ([code, name, d]) => {
      const path = svg("path", { d, "data-code": code });
      const title = svg("title");
      title.textContent = name;
      path.append(title);
      this.paths.set(code, path);
      return path;
    };
    this.draw = draw;
    this.svg.append(...this.country.gemeenten.map(draw));
    this.boxes = new Map(this.country.gemeenten.map(([code, , , box]) => [code, box]));
    let from = null;
    let moved = false;
    this.svg.addEventListener("pointerdown", (e) => { from = { x: e.clientX, y: e.clientY, frame: this.frame }; moved = false; });
    this.svg.addEventListener("pointermove", (e) => {
      if (!from || from.frame[2] === width) return; // the whole country needs no moving about
      const unit = from.frame[2] / this.svg.clientWidth;
      const [dx, dy] = [(e.clientX - from.x) * unit, (e.clientY - from.y) * unit];
      if (Math.hypot(e.clientX - from.x, e.clientY - from.y) < 5) return;
      moved = true;
      this.look([from.frame[0] - dx, from.frame[1] - dy, from.frame[2], from.frame[3]]);
    });
    const end = () => { from = null; };
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointerleave", end);
    this.svg.addEventListener("click", (e) => { if (!moved && e.target.dataset.code) this.tap(e.target.dataset.code); });
    const zoom = (by) => { const [x, y, w, hh] = this.frame; const to = Math.min(width, w * by); this.look([x + (w - to) / 2, y + (hh - to * (height / width)) / 2, to, to * (height / width)]); };
    const tool = (text, label, act) => h("button.km-button", { type: "button", "aria-label": label, onclick: act }, text);
    const tools = h("div.km-tools", {}, tool("+", say("ownCloser"), () => zoom(0.5)), tool("−", say("ownFurther"), () => zoom(2)), tool(say("ownCountry"), say("ownCountry"), () => this.look([0, 0, width, height])));
    return h("div.km-map-box", {}, this.svg, tools, h("p.km-note", {}, say("borders", { year: this.country.year })));
  }

  look(frame) {
    this.frame = frame;
    this.svg.setAttribute("viewBox", frame.map((v) => Math.round(v)).join(" "));
    this.svg.classList.toggle("km-near", frame[2] < this.country.size[0]);
  }

  async tap(code) {
    if (this.mode === "WK" && code.startsWith("GM")) return this.enter(code);
    const there = this.codes.includes(code);
    return this.set(there ? this.codes.filter((c) => c !== code) : [...this.codes, code]);
  }

  // Draw the wijken of a gemeente over it, and look at it from nearby.
  async enter(gemeente) {
    const [west, north, east, south] = this.boxes.get(gemeente);
    const side = Math.max(east - west, (south - north) * (this.country.size[0] / this.country.size[1])) * 1.4;
    const tall = side * (this.country.size[1] / this.country.size[0]);
    this.look([(west + east - side) / 2, (north + south - tall) / 2, side, tall]);
    if (this.opened.has(gemeente)) return;
    const answer = await this.link.ask({ ask: "wijken", gemeente });
    const found = answer?.buffers?.[0]?.byteLength ? await unpacked(answer.buffers[0]) : null;
    if (!found || this.opened.has(gemeente)) return;
    const group = svg("g", { class: "km-inner" }, ...found.wijken.map(this.draw));
    this.opened.set(gemeente, group);
    this.svg.append(group);
    this.mark();
  }

  mark() {
    const chosen = new Set(this.codes);
    for (const [code, path] of this.paths) path.classList.toggle("km-in", chosen.has(code) || (code.startsWith("WK") && chosen.has(`GM${code.slice(2, 6)}`)));
    const around = new Set(this.codes.filter((c) => !c.startsWith("GM")).map((c) => `GM${c.slice(2, 6)}`));
    for (const [code, path] of this.paths) path.classList.toggle("km-part", code.startsWith("GM") && around.has(code) && !chosen.has(code));
  }

  // Take these codes: mark them at once, and ask for their figures.
  async set(codes) {
    this.codes = codes.map((c) => c.trim().toUpperCase()).filter(Boolean);
    this.mark();
    const mine = ++this.asked;
    this.root.setAttribute("aria-busy", "true");
    const answer = await this.link.ask({ ask: "profile", codes: this.codes });
    if (mine < this.asked) return; // something else was chosen meanwhile
    this.root.removeAttribute("aria-busy");
    if (!answer || answer.sorry) { this.note.textContent = answer?.sorry ?? say("figureFailed"); return; }
    this.answer = answer;
    this.codes = answer.codes;
    this.mark();
    this.show();
    this.keep();
    this.answered = mine;
    this.root.dataset.answered = String(mine);
  }

  show() {
    const { people, peopleYear, said, offer, codes } = this.answer;
    const count = (level) => codes.filter((c) => c.startsWith(level)).length;
    const facts = [];
    if (codes.length) facts.push([people === null ? "–" : number(people), people === null ? say("ownNoPeople") : say("peopleIn", { year: peopleYear })]);
    for (const level of ["GM", "WK", "BU"]) if (count(level)) facts.push([number(count(level)), say(count(level) > 1 ? `levels_${level}` : `level_${level}`)]);
    this.facts.replaceChildren(...facts.map(([value, word]) => h("div", {}, h("dt", {}, word), h("dd", {}, value))));
    const offers = offer.map(([code, name]) => h("button.km-button", { type: "button", onclick: () => this.set([...this.codes, code]) }, say("ownTake", { name: name || code })));
    this.remarks.replaceChildren(...(said.length ? [h("div.km-warn", {}, said.map((text) => h("p", {}, text)), offers.length ? h("div.km-buttons", {}, offers) : "")] : []));
    const label = (code) => this.names.get(code) ?? code;
    this.list.replaceChildren(...codes.map((code) => h("li", {}, label(code), h("button", { type: "button", "aria-label": say("ownDrop", { name: label(code) }), onclick: () => this.set(this.codes.filter((c) => c !== code)) }, "×"))));
    this.list.hidden = !codes.length;
    this.open.toggleAttribute("inert", !codes.length);
    this.open.classList.toggle("km-off", !codes.length);
    this.profile();
  }

  profile() {
    const { core, answer } = this;
    this.tabs.replaceChildren(...core.domains.map((d) => h("button", { type: "button", role: "tab", id: `km-tab-${d.id}`, "aria-selected": String(d.id === this.domain), "aria-controls": "km-panel", tabindex: d.id === this.domain ? 0 : -1, onclick: () => { this.domain = d.id; this.profile(); } }, d.title)));
    this.tabs.hidden = !answer.rows.length;
    this.tabs.onkeydown = (event) => {
      const at = core.domains.findIndex((d) => d.id === this.domain);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1 }[event.key];
      if (to === undefined) return;
      this.domain = core.domains[(to + core.domains.length) % core.domains.length].id;
      this.profile();
      this.tabs.querySelector("[aria-selected=true]").focus();
    };
    this.table.setAttribute("aria-labelledby", `km-tab-${this.domain}`);
    if (!answer.rows.length) return this.table.replaceChildren(h("p.km-empty", {}, say("ownEmpty")));
    const byId = new Map(answer.rows.map((row) => [row[0], row]));
    const rows = core.items.filter((i) => i.domain === this.domain && byId.has(i.id)).map((item) => composedRow(item, byId.get(item.id)));
    const book = { area: { title: this.title() }, domains: core.domains, sources: core.sources, areas: [], newest: true, sentence: () => "" };
    const known = rows.filter((row) => row.value !== null).length;
    const table = profile(book, { compare: "nl", item: "" }, rows, (id) => this.goTo(id));
    table.classList.add("km-all");
    return this.table.replaceChildren(h("p.km-note", {}, say("ownKnown", { known, all: rows.length })), table);
  }

  title() { return this.titleBox.value.trim() || say("ownArea"); }

  address() {
    const parts = new URLSearchParams();
    if (this.codes.length) parts.set("gebied", this.codes.join(","));
    if (this.titleBox.value.trim()) parts.set("naam", this.titleBox.value.trim());
    return parts.toString().replaceAll("%2C", ",");
  }

  keep() {
    this.note.textContent = "";
    this.link.keep?.(this.address());
    if (this.link.monitor) {
      this.open.href = `${this.link.monitor}?${this.address()}`;
      this.criteria.href = `${this.link.selection}?${this.address()}`;
    }
    const head = this.table.querySelector("thead th:nth-child(2)");
    if (head) head.textContent = this.title();
  }

  goTo(item) { if (this.link.monitor) location.href = `${this.link.monitor}?${this.address()}&indicator=${item}`; }

  async share() { this.note.textContent = say((await copied(this.link.whole(this.address()))) ? "shared" : "copyYourself"); }

  // The file is one of data_sources/kavels/: the command line reads it, and so does this page.
  save() {
    const quoted = (text) => JSON.stringify(text);
    const lines = [`title = ${quoted(this.title())}`, `kind = "eigen"`, `source = ${quoted(say("ownMade", { date: new Date().toLocaleDateString("nl-NL", { day: "numeric", month: "long", year: "numeric" }) }))}`];
    for (const code of this.codes) lines.push("", "[[member]]", `code = "${code}" # ${(this.names.get(code) ?? "").replace(/[\r\n]/g, " ")}`);
    const name = plainly(this.title()).replace(/[^a-z0-9]+/g, "_").replace(/^[_\d]+|_+$/g, "") || "kavel";
    download(`${name}.toml`, `${lines.join("\n")}\n`, "text/plain;charset=utf-8");
  }

  async read(file) {
    const text = await file.files[0]?.text();
    file.value = "";
    if (text === undefined) return;
    const members = text.split(/^\s*\[\[member\]\]/m).slice(1).filter((part) => !/^\s*valid_to\s*=/m.test(part));
    const codes = members.flatMap((part) => /^\s*code\s*=\s*"([^"]*)"/m.exec(part)?.[1] ?? []);
    if (!codes.length) { this.note.textContent = say("ownNoFile"); return; }
    const title = /^\s*title\s*=\s*("(?:[^"\\]|\\.)*")/m.exec(text.split(/^\s*\[\[/m)[0])?.[1];
    try { this.titleBox.value = title ? JSON.parse(title).slice(0, TITLE) : ""; } catch { this.titleBox.value = ""; }
    await this.set(codes);
  }
}

// A row of the profile from an answer: id, edition, period, value, word, judged, sentences.
function composedRow(item, [, source, period, value, word, judged, said]) {
  const edition = item.editions.find((e) => e.source === source);
  const at = edition.periods.indexOf(period);
  const nl = edition.nl[at] ?? null;
  return {
    item: { ...item, editions: [] }, edition: null, at, value, asked: "", reference: nl, nl, period, people: "",
    word: item.apart ? "none" : word, judged, spread: item.apart ? null : edition.spread[at] ?? null,
    note: value === null ? said[0] ?? say("noFigure") : "", remarks: value === null ? [] : said,
  };
}

const composer = {
  async render({ model, el }) {
    el.setAttribute("aria-busy", "true");
    const [common, core, country] = await Promise.all(["common", "core", "country"].map((name) => unpacked(model.get(name))));
    prepare(common, null);
    const served = model.get("address") === "query";
    const clean = location.href.split(/[?#]/)[0];
    const link = {
      ask: asking(model, LATE_MS),
      monitor: served ? "kavelmonitor.ipynb" : "",
      selection: "kavelselectie.ipynb",
      keep: served ? (text) => history.replaceState(null, "", text ? `${clean}?${text}` : clean) : null,
      whole: served ? (text) => `${clean}?${text}` : null,
    };
    const given = fromAddress(served ? location.search.slice(1) : "");
    new Composing(el, common, core, country, link).start(given);
    el.removeAttribute("aria-busy");
  },
};
export { composer };
