// Kavelselectie: weights, filters and choices live here; totals and ranks are made again at every move.
const MOST_COMPARED = 4;
const SHOWN = 25; // so many wijken are listed at first
const HIGHEST = 5; // of a weight
const SETTLED_MS = 500; // after the last move of a weight its certainty is asked for
const SELECTION_MS = 60_000;
const KINDS = ["PV", "GG", "ZK"];
const SIZES = [500, 1000, 5000, 10000];
const ALSO = { "'s-Gravenhage": "Den Haag", "'s-Hertogenbosch": "Den Bosch" }; // what people type

class Selecting {
  constructor(box, common, doc, link) {
    Object.assign(this, { box, common, doc, link, shown: SHOWN, sure: doc.sure, plain: true });
    this.scores = new Scores(doc);
    this.equal = doc.groups.map((g) => (g.scores ? 1 : 0));
    this.weights = [...this.equal];
    this.filters = { PV: -1, GG: -1, ZK: -1, people: 0, text: "" };
    this.colour = "total";
    this.chosen = -1;
    this.compared = [];
    this.own = [];
    this.at = new Map(doc.codes.map((code, n) => [code, n]));
    const towns = doc.towns.map((name, t) => `${name} ${doc.now[t]} ${ALSO[name] ?? ""}`);
    this.keys = doc.codes.map((code, n) => plainly(`${doc.names[n]} ${towns[doc.town[n]]} ${code}`));
    this.areaTotals = null;
  }

  start(asked) {
    const lost = this.take(asked);
    const { doc } = this;
    this.map = new WijkMap(doc, doc.colours, (n) => this.pick(n));
    this.map.tell = (n) => `${wijkName(doc, n)} · ${this.scores.rank[n] ? `${say("selPlace")} ${placeOf(this.scores.rank[n])}` : say("selNoScore")}`;
    this.facts = h("dl.km-facts", {});
    this.lead = h("p.km-answer", {});
    this.firm = h("p", {});
    this.legend = h("div.km-legend", {});
    this.few = h("div", { role: "status", "aria-live": "polite" });
    this.list = h("div.km-list", {});
    this.words = h("details.km-fold", {}, h("summary", {}, say("selWords", { n: doc.best.length })), doc.best.map((text) => h("p", {}, text)));
    this.cardBox = h("div", { "aria-live": "polite" });
    this.compareBox = h("div", {});
    this.areasBox = h("div", {});
    this.influence = h("p", {});
    this.note = h("span.km-note", { role: "status" });
    this.loud = h("p.km-hidden", { role: "status", "aria-live": "polite" }); // what an act came to, for who does not see it
    this.ownNote = h("p.km-answer", { role: "status", tabindex: -1 });
    this.mapNote = h("p.km-note", {});
    this.sureNote = h("p.km-note", { role: "status" });
    this.sliders = doc.groups.map((g, at) => this.slider(g, at));
    const button = (text, act) => h("button.km-button", { type: "button", onclick: act }, text);
    const colours = [["total", say("selTotal")], ...doc.groups.filter((g) => g.scores).map((g) => [g.id, g.title]), ["sure", say("selSure")]];
    this.colourBox = select(say("selColour"), colours, this.colour, (value) => { this.colour = value; this.paint(); this.keep(); }, "km-colour");
    const width = (...parts) => h("div.km-width", {}, parts);
    this.root = h("div.km-page.km-selection", {},
      width(h("header", {}, h("p.km-kicker", {}, say("selKicker")), h("h1", {}, say("selHead")), h("p.km-lead", {}, say("selLead")), this.facts, this.lead, this.firm, h("p.km-warn", {}, say("selOwn"))),
        this.ownNote, this.loud, lost.length ? h("p.km-warn", { role: "status" }, say("selBadLink", { names: lost.join(", ") })) : ""),
      h("div.km-panel", {}, width(
        h("section.km-weights", { "aria-labelledby": "km-wegen" }, h("div.km-section-head", {}, h("h2", { id: "km-wegen" }, say("selWeights")), button(say("selReset"), () => this.reset())), h("p.km-note", {}, say("selWeightsHow")), h("div.km-sliders", {}, this.sliders), this.few),
        h("div.km-pair", {}, h("section.km-card.km-map-card", {}, this.colourBox, this.legend, this.map.node, this.mapNote),
          h("section.km-card", {}, h("h3", {}, say("selListHead")), this.filterBar(), this.list, this.words, h("details.km-fold", {}, h("summary", {}, say("selHowSureHead")), h("p", {}, say("selHowSure", { draws: number(doc.draws), n: doc.first }))), this.sureNote,
            h("div.km-buttons", {}, this.link.whole ? button(say("share"), () => this.share()) : "", button(say("selCsv"), () => this.csv()), button(say("selToml"), () => this.toml()), this.note))),
        this.cardBox)),
      width(h("section", {}, h("h2", {}, say("selCompareHead")), this.compareBox), this.areasBox, funnelPart(doc), criteriaPart(doc), coveragePart(doc, this.influence)), sourcesFoot(doc, this.common));
    this.box.replaceChildren(this.root);
    this.drawn = 0;
    this.all();
    if (!this.plain && this.enough) this.askSure();
    if (KINDS.some((kind) => this.filters[kind] >= 0)) this.map.show([...this.filtered()]);
    if (asked.area) this.place(asked.area, asked.title);
    else if (this.chosen >= 0) this.cardBox.scrollIntoView({ block: "nearest", behavior: "auto" });
  }

  // Back and forward: the choices of that address.
  restore(asked) {
    Object.assign(this, { weights: [...this.equal], filters: { PV: -1, GG: -1, ZK: -1, people: 0, text: "" }, colour: "total", chosen: -1, compared: [], sure: this.doc.sure });
    this.take(asked);
    this.inputs.forEach((one, at) => { if (one) this.put(at); });
    for (const [name, value] of [["km-colour", this.colour], ["km-people", String(this.filters.people)], ...KINDS.map((kind) => [`km-${kind}`, String(this.filters[kind])])]) this.root.querySelector(`select[name=${name}]`).value = value;
    this.root.querySelector("#km-find").value = asked.find ?? "";
    this.all();
    if (!this.plain && this.enough) this.askSure();
  }

  put(at) { this.inputs[at].input.value = this.weights[at]; this.inputs[at].out.textContent = number(this.weights[at], 1); this.inputs[at].input.setAttribute("aria-valuetext", number(this.weights[at], 1)); }

  // Take what the address asks for; return the names of what could not be kept.
  take(asked) {
    const lost = [...(asked.bad ?? [])];
    if (asked.weights) {
      const found = asked.weights.split(",").map(Number);
      const right = found.length === this.equal.length && found.every((w, g) => w >= 0 && w <= HIGHEST && (this.equal[g] || w === 0));
      if (right) this.weights = found;
      else lost.push("gewichten");
    }
    this.plain = this.isPlain();
    if (!this.plain) this.sure = null;
    if (asked.colour) {
      if (asked.colour === "zekerheid") this.colour = "sure";
      else if (this.doc.groups.some((g) => g.id === asked.colour && g.scores)) this.colour = asked.colour;
      else lost.push("kleur");
    }
    for (const kind of KINDS) {
      if (!asked[kind]) continue;
      this.filters[kind] = this.doc.kinds[kind].names.indexOf(asked[kind]);
      if (this.filters[kind] < 0) lost.push(SELECTION_NAMES[kind]);
    }
    if (asked.people) {
      if (SIZES.includes(Number(asked.people))) this.filters.people = Number(asked.people);
      else lost.push(SELECTION_NAMES.people);
    }
    if (asked.find) this.filters.text = plainly(asked.find);
    if (asked.wijk) {
      this.chosen = this.at.get(asked.wijk) ?? -1;
      if (this.chosen < 0) lost.push("wijk");
    }
    const named = new Set(this.doc.areas.map((a) => a.title));
    for (const one of asked.compare ? asked.compare.split(";").slice(0, MOST_COMPARED) : []) {
      if (this.at.has(one)) this.compared.push({ wijk: one });
      else if (named.has(one)) this.compared.push({ gebied: one });
      else lost.push("vergelijk");
    }
    return [...new Set(lost)];
  }

  slider(group, at) {
    const id = `km-weight-${group.id}`;
    if (!group.scores) return h("div.km-slider", {}, h("b", {}, group.title), h("p.km-note", {}, `${say("selNoFigures")}. ${group.missing.length ? say("selFill", { sources: group.missing.join("; ") }) : ""}`));
    const out = h("output", { for: id }, number(this.weights[at], 1));
    const input = h("input", { type: "range", id, min: 0, max: HIGHEST, step: 0.5, value: this.weights[at], "aria-describedby": `${id}-why`, "aria-valuetext": number(this.weights[at], 1), oninput: () => this.weigh(at, Number(input.value)) });
    this.inputs ??= [];
    this.inputs[at] = { input, out };
    return h("div.km-slider", {}, h("label", { for: id }, h("b", {}, group.title)), out, input, h("p.km-note", { id: `${id}-why` }, group.why));
  }

  weigh(at, value) {
    this.weights[at] = value;
    this.put(at);
    this.changed();
  }

  reset() {
    this.weights = [...this.equal];
    this.inputs.forEach((one, at) => { if (one) this.put(at); });
    this.changed();
  }

  isPlain() {
    const counting = this.weights.filter((_, g) => this.equal[g]);
    return counting.every((w) => w > 0 && w === counting[0]);
  }

  changed() {
    this.plain = this.isPlain();
    this.sure = this.plain ? this.doc.sure : null;
    this.all();
    this.keep();
    clearTimeout(this.settling);
    if (!this.plain && this.enough) this.settling = setTimeout(() => this.askSure(), SETTLED_MS);
  }

  async askSure() {
    if (!this.link.ask) { this.sureNote.textContent = say("selGone"); return; }
    const mine = [...this.weights];
    this.sureNote.textContent = say("selStale");
    const answer = await this.link.ask({ ask: "certainty", weights: mine });
    if (mine.some((w, g) => w !== this.weights[g])) return; // moved on meanwhile
    this.sure = answer?.sure ?? null;
    this.sureNote.textContent = this.sure ? say("selFresh", { name: wijkName(this.doc, this.scores.order[0]) }) : say("selGone");
    this.paint();
    this.listed();
    this.carded();
    this.compare();
  }

  all() {
    this.scores.weigh(this.weights);
    this.areaTotals = null;
    this.enough = Scores.enough(this.doc, this.weights);
    const counting = this.weights.filter((w, g) => w > 0 && this.equal[g]).length;
    const gone = this.doc.sure.low.filter((v) => v !== null).length - this.scores.order.length;
    const warning = !counting ? say("selAllZero") : !this.enough ? say("selFew", { n: counting, least: this.doc.least }) : gone > 0 ? say("selLost", { n: number(gone) }) : "";
    this.few.replaceChildren(warning ? h("p.km-warn", {}, warning) : "");
    if (this.plain || !this.enough) this.sureNote.textContent = "";
    this.paint();
    this.answer();
    this.listed();
    this.carded();
    const parts = this.enough ? influence(this.doc, this.weights) : [];
    this.influence.textContent = parts.length ? say("selInfluence", { parts: listed(parts.map(([g, share]) => `${this.doc.groups[g].title.toLowerCase()} ${percent(100 * share)}`)) }) : "";
    // what lies below the fold of the page may come a moment later
    cancelAnimationFrame(this.later);
    this.later = requestAnimationFrame(() => setTimeout(() => { this.compare(); this.areasBox.replaceChildren(areasPart(this)); }, 0));
  }

  answer() {
    const { doc, scores } = this;
    const measured = doc.criteria.filter((c) => c.indicators.length).length;
    const years = doc.indicators.map((i) => i.period).sort();
    const fact = (value, label) => h("div", {}, h("dt", {}, label), h("dd", {}, value));
    this.facts.replaceChildren(fact(number(doc.codes.length), say("selUnits", { year: doc.year })), fact(number(scores.order.length), say("selScored")), fact(number(measured), say("selMeasured", { all: doc.criteria.length })), fact(`${years[0]}–${years.at(-1)}`, say("selYears")));
    const towns = [...new Set(scores.order.slice(0, doc.first).map((n) => doc.towns[doc.town[n]]))];
    this.lead.textContent = scores.order.length ? say("selBest", { n: doc.first, names: listed(towns) }) : say("selNeeds");
    const kept = Object.values(doc.scales).map(([, same]) => same);
    this.firm.textContent = this.plain ? say("selFirm", { least: Math.min(...kept), most: Math.max(...kept), n: doc.first }) : "";
  }

  paint() {
    const { doc, scores, sure } = this;
    const palette = doc.colours.map;
    const group = doc.groups.find((g) => g.id === this.colour);
    const n = scores.order.length;
    let classOfUnit;
    let words = say("selFifths").split("|");
    let head = say("selTotalLegendHead");
    if (group) {
      classOfUnit = (k) => (group.scores[k] === null ? -1 : Math.min(4, Math.floor(group.scores[k] / 20)));
      words = say("selGroupLegend").split("|");
      head = say("selGroupLegendHead");
    } else if (this.colour === "sure") {
      const bounds = [100, 200, 400, 800];
      classOfUnit = (k) => { if (!sure || sure.low[k] === null) return -1; const wide = sure.high[k] - sure.low[k]; const at = bounds.findIndex((b) => wide <= b); return at < 0 ? 0 : 4 - at; };
      words = say("selSureLegend").split("|");
      head = say("selSureLegendHead");
    } else classOfUnit = (k) => (scores.rank[k] ? 4 - Math.min(4, Math.floor(((scores.rank[k] - 1) / n) * 5)) : -1);
    const fills = doc.codes.map((_, k) => palette[classOfUnit(k)] ?? "");
    const inside = this.filtered();
    const dim = inside ? doc.codes.map((_, k) => inside.has(k)) : null;
    const what = group ? group.title : this.colour === "sure" ? say("selSure") : say("selTotal");
    this.fills = fills;
    this.root.dataset.drawn = ++this.drawn;
    const top = scores.order.slice(0, doc.first);
    const away = top.filter((k) => !doc.shapes.paths[k]).map((k) => wijkName(doc, k));
    const lostShapes = doc.shapes.paths.filter((d) => !d).length;
    this.mapNote.textContent = [top.length ? say("selRings", { n: doc.first }) : "", away.length ? say("selRingless", { n: away.length, names: listed(away) }) : "", lostShapes ? say("selNoShape", { n: number(lostShapes), year: doc.year }) : ""].join(" ");
    this.map.paint({ fills, chosen: this.chosen, rings: top, dim, label: say("selMap", { n: number(doc.codes.length), what }) });
    const blocks = palette.map((colour, at) => h("li", {}, h("i", { style: `background:${colour}` }), words[at]));
    this.legend.replaceChildren(h("p.km-note", {}, head), h("ul", { "aria-label": say("legend") }, blocks, h("li.km-hatched", {}, h("i", {}), say("selHatched"))), group?.inherited ? h("p.km-note", {}, say("selInheritedGroup")) : "");
  }

  filterBar() {
    const { doc } = this;
    const box = (kind) => select(say(`sel${kind}`), [["-1", say("selAll")], ...doc.kinds[kind].names.map((name, n) => [String(n), name])], String(this.filters[kind]), (v) => { this.filters[kind] = Number(v); this.narrowed(true); }, `km-${kind}`);
    const people = select(say("selSize"), [["0", say("selAnySize")], ...SIZES.map((v) => [String(v), say("selFrom", { n: number(v) })])], String(this.filters.people), (v) => { this.filters.people = Number(v); this.narrowed(false); }, "km-people");
    const find = h("input", { type: "search", id: "km-find", autocomplete: "off", value: this.filters.text, oninput: () => { this.filters.text = plainly(find.value.trim()); this.narrowed(false); } });
    return h("div.km-filters", {}, h("label.km-field.km-find", { for: "km-find" }, h("span", {}, say("selFind")), find), KINDS.map(box), people);
  }

  // The wijken that the filters leave; null when nothing is filtered.
  filtered() {
    const { doc, filters } = this;
    const kinds = KINDS.filter((kind) => filters[kind] >= 0);
    if (!kinds.length && !filters.people && !filters.text) return null;
    const keep = new Set();
    for (let n = 0; n < doc.codes.length; n++) {
      const town = doc.town[n];
      if (kinds.every((kind) => doc.kinds[kind].of[town] === filters[kind]) && doc.people[n] >= filters.people && this.keys[n].includes(filters.text)) keep.add(n);
    }
    return keep;
  }

  narrowed(zoom) {
    this.shown = SHOWN;
    this.listed();
    this.paint();
    if (zoom) this.map.show(KINDS.some((kind) => this.filters[kind] >= 0) ? [...this.filtered()] : []);
    this.keep();
  }

  listed() {
    const inside = this.filtered();
    const order = inside ? this.scores.order.filter((n) => inside.has(n)) : this.scores.order;
    const without = this.filters.text ? [...(inside ?? [])].filter((n) => !this.scores.rank[n]) : []; // somebody looks for it
    this.list.replaceChildren(wijkList(this, [...order, ...without], this.shown, () => { this.shown += 100; this.listed(); }));
  }

  pick(n, fromList = false) {
    this.chosen = n;
    this.paint();
    this.listed();
    this.carded();
    this.keep(true);
    if (fromList) this.map.show([n]);
    this.cardBox.querySelector("h3")?.focus({ preventScroll: true });
    this.cardBox.scrollIntoView({ block: "nearest", behavior: "auto" });
  }

  // To the row that the card came from, or the first one.
  backToList() {
    const rows = [...this.list.querySelectorAll(".km-unit")];
    const row = rows.find((one) => one.getAttribute("aria-pressed") === "true") ?? rows[0];
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "center", behavior: "auto" });
  }

  carded() { this.cardBox.replaceChildren(this.chosen >= 0 ? card(this, this.chosen) : h("p.km-empty", {}, say("selPick"))); }

  compare() { this.compareBox.replaceChildren(comparison(this)); }

  same(a, b) { return a.wijk === b.wijk && a.gebied === b.gebied; }

  compareButton(key) {
    const held = this.compared.some((one) => this.same(one, key));
    const full = !held && this.compared.length >= MOST_COMPARED;
    return h("button.km-button", { type: "button", "aria-pressed": String(held), "data-key": JSON.stringify(key), disabled: full, title: full ? say("selFull") : null, onclick: () => this.toggle(key) }, say(held ? "selInCompare" : full ? "selFullShort" : "selCompare"));
  }

  toggle(key) {
    const held = this.compared.some((one) => this.same(one, key));
    if (!held && this.compared.length >= MOST_COMPARED) return;
    const from = document.activeElement?.closest("section");
    const title = this.thing(key)?.title ?? "";
    this.compared = held ? this.compared.filter((one) => !this.same(one, key)) : [...this.compared, key];
    this.compare();
    this.carded();
    this.areasBox.replaceChildren(areasPart(this));
    this.loud.textContent = say(held ? "selRemoved" : "selAdded", { name: title });
    this.keep();
    const again = [...this.root.querySelectorAll("button[data-key]")].filter((one) => one.dataset.key === JSON.stringify(key));
    // whoever pressed it stays there
    (again.find((one) => one.closest("section")?.className === from?.className) ?? again[0])?.focus({ preventScroll: true });
  }

  thing(key) {
    if (key.wijk) {
      const n = this.at.get(key.wijk);
      return { key, n, title: wijkName(this.doc, n), total: this.scores.total[n], people: this.doc.people[n], groups: this.doc.groups.map((g) => g.scores?.[n] ?? null) };
    }
    const area = this.areas().find((a) => a.title === key.gebied);
    return area && { key, area: true, ...area };
  }

  // The areas with their totals under the weights of now.
  areas() {
    this.areaTotals ??= [...this.own, ...this.doc.areas].map((a) => {
      const of = (groups) => totalOf(groups.map((s, g) => [s, this.equal[g] ? this.weights[g] : 0]), this.doc.least);
      const total = of(a.groups);
      const stands = standing(total, a.peers.map(of));
      return { ...a, total, stands, above: standing(total, [...this.scores.total]), field: fieldOf(this.doc, a, stands) };
    });
    return this.areaTotals;
  }

  showUnits(area) {
    this.map.show(area.units);
    const inside = new Set(area.units);
    this.map.paint({ fills: this.fills, chosen: -1, rings: [], dim: this.doc.codes.map((_, n) => inside.has(n)), label: say("selOnly", { name: area.title }) });
    this.mapNote.replaceChildren(`${say("selOnly", { name: area.title })} `, h("button.km-link", { type: "button", onclick: () => { this.map.look([0, 0, ...this.map.size]); this.paint(); } }, say("selShowAll")));
    this.map.canvas.focus({ preventScroll: true });
    this.map.node.scrollIntoView({ block: "center", behavior: "auto" });
  }

  // An area that somebody put together: the kernel rolls its figures up.
  async place(codes, title) {
    this.placed = { codes, title: title ?? "" };
    this.ownNote.textContent = say("selPlacing");
    const answer = await this.link.ask?.({ ask: "area", codes, title: title ?? "" });
    if (!answer?.area) {
      this.ownNote.replaceChildren(h("span.km-warn", { role: "alert" }, answer?.said ?? answer?.sorry ?? say("figureFailed")));
      return;
    }
    this.own = [answer.area];
    this.areaTotals = null;
    this.areasBox.replaceChildren(areasPart(this));
    const found = this.areas()[0];
    this.toggle({ gebied: found.title });
    this.ownNote.textContent = say("selPlaced", { name: found.title, score: number(found.total, 1), n: chance(found.stands) });
    this.ownNote.focus({ preventScroll: true });
    this.compareBox.scrollIntoView({ block: "center", behavior: "auto" });
  }

  address() {
    const parts = new URLSearchParams();
    const set = (key, value) => { if (value) parts.set(SELECTION_NAMES[key], value); };
    set("weights", this.plain ? "" : this.weights.join(","));
    set("colour", this.colour === "total" ? "" : this.colour === "sure" ? "zekerheid" : this.colour);
    for (const kind of KINDS) set(kind, this.filters[kind] >= 0 ? this.doc.kinds[kind].names[this.filters[kind]] : "");
    set("wijk", this.doc.codes[this.chosen]);
    set("people", this.filters.people || "");
    set("find", this.filters.text);
    set("compare", this.compared.map((one) => one.wijk ?? one.gebied).filter((one) => !this.own.some((a) => a.title === one)).join(";"));
    set("area", this.placed?.codes);
    set("title", this.placed?.title);
    return parts.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
  }

  keep(step = false) { this.note.textContent = ""; this.link.keep?.(this.address(), step); }

  async share() { this.note.textContent = say((await copied(this.link.whole(this.address()))) ? "shared" : "copyYourself"); }

  csv() {
    const { doc, scores, sure } = this;
    const plain = (v, decimals) => (v === null || v === undefined || Number.isNaN(v) ? "" : v.toFixed(decimals).replace(".", ","));
    const heads = ["plaats", "code", "wijk", "gemeente", "inwoners", "score", "plaats_5", "plaats_95", `kans_hoogste_${doc.first}`, ...doc.groups.map((g) => g.id)];
    const without = doc.codes.map((_, n) => n).filter((n) => !scores.rank[n]);
    const inside = this.filtered();
    const rows = [...scores.order, ...without].filter((n) => !inside || inside.has(n)).map((n) => [scores.rank[n] || "", doc.codes[n], doc.names[n], doc.towns[doc.town[n]], doc.people[n], plain(scores.total[n], 2), sure?.low[n] ?? "", sure?.high[n] ?? "", chance(sure?.top[n]).replaceAll(NBSP, " "), ...doc.groups.map((g) => plain(g.scores?.[n], 1))]);
    const weights = doc.groups.map((g, at) => `${g.id} ${number(this.equal[at] ? this.weights[at] : 0, 1)}`).join(", ");
    const chosen = [...KINDS.filter((kind) => this.filters[kind] >= 0).map((kind) => `${say(`sel${kind}`)} ${doc.kinds[kind].names[this.filters[kind]]}`), this.filters.people ? `${say("selSize")} ${say("selFrom", { n: number(this.filters.people) })}` : "", this.filters.text].filter(Boolean);
    const remarks = [say("selOwn"), say("selHowSure", { draws: number(doc.draws), n: doc.first }), chosen.length ? say("selOnlyRows", { what: chosen.join(", ") }) : say("selEveryRow"), `${say("selWeights")} ${weights}`, `${say("versionWord")} ${this.common.version}`, ...sourceLines(doc, Object.keys(doc.sources))];
    download("kavelselectie.csv", table(heads, rows, remarks), "text/csv;charset=utf-8");
  }

  // The settings that give this result again on the command line.
  toml() {
    const lines = ["# kavelmon selection --settings kavelselectie.toml", ...Object.entries(this.doc.settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`), "", "[weights]"];
    this.doc.groups.forEach((g, at) => { if (this.equal[at]) lines.push(`${g.id} = ${this.weights[at].toFixed(1)}`); });
    download("kavelselectie.toml", `${lines.join("\n")}\n`, "text/plain;charset=utf-8");
  }
}

function listed(words) { return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${say("and")} ${words.at(-1)}`; }

const SELECTION_NAMES = { weights: "gewichten", colour: "kleur", PV: "provincie", GG: "ggd", ZK: "zorgkantoor", wijk: "wijk", people: "inwoners", find: "zoek", compare: "vergelijk", area: "gebied", title: "naam" };
const SELECTION_FORMS = { weights: /^[\d.,]{1,60}$/, colour: /^[a-z_]{1,40}$/, PV: /^.{1,60}$/u, GG: /^.{1,60}$/u, ZK: /^.{1,80}$/u, wijk: /^WK\d{4}[0-9A-Z]{2}$/, people: /^\d{1,6}$/, find: /^.{1,60}$/u, compare: /^[\p{L}\d ,;'().-]{1,400}$/u, area: /^[\w,+ -]{1,39000}$/, title: /^.{1,60}$/u };

function selectionAsked(text) {
  const found = { bad: [] };
  const given = new URLSearchParams(text.slice(0, CODES));
  for (const [key, name] of Object.entries(SELECTION_NAMES)) {
    const value = given.get(name);
    if (!value) continue;
    if (SELECTION_FORMS[key].test(value)) found[key] = value;
    else found.bad.push(name);
  }
  return found;
}

const selection = {
  async render({ model, el }) {
    el.setAttribute("aria-busy", "true");
    const [common, doc] = await Promise.all([unpacked(model.get("common")), unpacked(model.get("selection"))]);
    setWords({ ...common.texts, ...doc.texts });
    const served = model.get("address") === "query";
    const clean = location.href.split(/[?#]/)[0];
    const link = {
      ask: asking(model, SELECTION_MS),
      keep: served ? (text, step) => history[step ? "pushState" : "replaceState"](null, "", text ? `${clean}?${text}` : clean) : null,
      whole: served ? (text) => `${clean}?${text}` : null,
      compose: served ? (code) => (code ? `samenstellen.ipynb?${new URLSearchParams({ gebied: code })}` : "samenstellen.ipynb") : null,
    };
    const page = new Selecting(el, common, doc, link);
    page.start(selectionAsked(served ? location.search.slice(1) : ""));
    if (served) addEventListener("popstate", () => page.restore(selectionAsked(location.search.slice(1))));
    el.removeAttribute("aria-busy");
  },
};
export { selection };
