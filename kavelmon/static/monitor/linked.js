// Map, ranking and trend: three figures that know the same choice. Vega draws them; here is what goes into them.
class Figure {
  constructor(name, kind) {
    Object.assign(this, { name, kind, rows: {}, signals: {}, height: 0 });
    this.box = h("div.km-figure", {});
    this.ready = null;
  }

  // Put rows and signals in, and draw; the first time the figure is made.
  async show(label, rows, signals, height) {
    Object.assign(this, { label, signals, height });
    const changed = Object.entries(rows).filter(([name, list]) => this.rows[name] !== list);
    this.rows = { ...this.rows, ...rows };
    if (!this.view) {
      this.ready ??= this.make();
      await this.ready;
      return this.relabel();
    }
    await this.ready;
    for (const [name, list] of changed) this.view.data(name, list);
    for (const [name, value] of Object.entries(signals)) this.view.signal(name, value);
    this.size();
    await this.view.runAsync();
    this.relabel();
  }

  async make() {
    const { figure: draw } = await FIGURES.vega();
    this.width = this.box.clientWidth;
    const spec = structuredClone(FIGURES.specs[this.kind]);
    for (const data of spec.data ?? []) if (this.rows[data.name]) data.values = this.rows[data.name];
    for (const signal of spec.signals ?? []) if (signal.name in this.signals) signal.value = this.signals[signal.name];
    spec.width = this.width;
    if (this.height) spec.height = this.height;
    const inner = h("div", { "aria-hidden": "true" }); // the box speaks for the whole figure
    this.box.append(inner);
    this.view = await draw(inner, spec);
    new ResizeObserver(() => {
      if (!this.box.clientWidth || this.box.clientWidth === this.width) return;
      this.width = this.box.clientWidth;
      this.onwidth?.();
    }).observe(this.box);
    this.view.addEventListener("click", (_, mark) => { if (mark?.datum?.code) this.onchoose?.(mark.datum.code); });
    this.box.setAttribute("role", "img");
  }

  size() {
    this.view.width(this.width);
    if (this.height) this.view.height(this.height);
  }

  relabel() { this.box.setAttribute("aria-label", this.label); }
  get svg() { return this.box.querySelector("svg"); }
}

const FIGURES = {}; // vega(): the module with `figure`; specs: those of kavelmon/linked.py; colours

const MAP_SIDE = 620; // no map is higher
const NAME_PX = 7.6; // of a character of 14 px, 600
const MOST_MEMBERS = 40;
const FEW_SITES = 5; // of more the list is closed until it is asked for

class Linked {
  constructor(app) {
    this.app = app;
    this.map = new Figure("map", "map");
    this.ranking = new Figure("ranking", "ranking");
    this.trend = new Figure("trend", "trend");
    this.funnel = new Figure("funnel", "funnel");
    for (const one of [this.map, this.ranking, this.trend, this.funnel]) {
      one.onchoose = (code) => app.chooseUnit(code);
      one.onwidth = () => this.draw();
    }
    this.layout();
  }

  layout() {
    this.title = h("h2.km-select", { id: "km-linked", tabindex: -1 });
    this.lead = h("div.km-lead", {});
    this.bar = h("div.km-bar", {});
    this.mapHead = h("div", {});
    this.legend = h("div.km-legend", {});
    this.mapNote = h("div", {});
    this.ends = h("div.km-ends", {});
    this.table = h("div", {});
    this.sites = h("div", {});
    this.walk = h("div.km-walk", {});
    this.rankingHead = h("div", {});
    this.rankingNote = h("div", {});
    this.trendHead = h("div", {});
    this.trendNote = h("div", {});
    this.mapCard = h("section.km-card.km-map-card", {}, this.mapHead, this.legend, this.map.box, this.mapNote, this.ends, this.sites, this.walk, this.table);
    this.rankingCard = h("section.km-card", {}, this.rankingHead, this.ranking.box, this.rankingNote);
    this.trendCard = h("section.km-card", {}, this.trendHead, this.trend.box, this.trendNote);
    const pair = h("div.km-pair", {}, this.mapCard, h("div.km-stack", {}, this.rankingCard, this.trendCard));
    this.funnelHead = h("div", {});
    this.funnelNote = h("div", {});
    this.funnelCard = h("details.km-card.km-origin", {}, h("summary", {}, h("h3", {}, say("funnel"))), this.funnelHead, this.funnel.box, this.funnelNote);
    this.funnelCard.addEventListener("toggle", () => { if (this.funnelCard.open) this.draw(); });
    this.origin = h("div", {});
    const back = h("p.km-back", {}, h("button.km-button", { type: "button", onclick: () => this.app.backToList() }, say("backToList")));
    this.node = h("div.km-panel", {}, h("div.km-width", {}, this.title, this.lead, this.bar, pair, this.funnelCard, this.origin, back));
  }

  // What the choice stands for in the document.
  get now() {
    const { book, choice } = this.app;
    const item = book.item(choice.item);
    const edition = item.editions.find((e) => e.source === choice.edition);
    const at = edition.periods.indexOf(choice.period);
    return { book, choice, item, edition, at, part: book.part(item, edition, choice.level, at) };
  }

  async draw() {
    this.node.hidden = !this.app.choice.item;
    if (this.app.choice.item) await this.drawChoice(this.now);
    this.app.root.dataset.drawn = String(++this.app.draws); // for who measures or follows the page
    this.node.dispatchEvent(new CustomEvent("kavelmon-drawn", { bubbles: true }));
  }

  async drawChoice(now) {
    this.heading(now);
    this.bars(now);
    this.origins(now);
    try {
      await Promise.all([this.drawMap(now), this.drawRanking(now), this.drawTrend(now), this.drawFunnel(now)]);
      this.broken?.remove();
    } catch (reason) {
      console.error(reason);
      this.broken?.remove();
      this.broken = h("div.km-warning", { role: "alert" }, h("p", {}, say("figureFailed")),
        h("button.km-button", { type: "button", onclick: () => location.reload() }, say("again")));
      this.lead.after(this.broken);
    }
    this.table.replaceChildren(this.tableOf(now));
  }

  heading(now) {
    const { book, choice, item } = now;
    this.title.textContent = item.title;
    // Of modelled topics the page shows the edition with wijken; the answer is the one with margins of the same year.
    const picked = book.pick(item, "");
    const first = item.editions[shownFirst(book, item)];
    const judged = picked && picked.edition !== now.edition && now.edition === first && picked.edition.periods[picked.at] === choice.period;
    const told = judged ? { ...now, edition: picked.edition, at: picked.at } : now;
    this.told = told;
    const lines = this.answer(told);
    if (judged) {
      const source = book.sources[now.edition.source];
      const values = {
        value: figure(now.edition.value[now.at], item), nl: figure(now.edition.nl[now.at], item),
        source: `${source.publisher} ${source.table}`.trim(), kind: say(`method_${source.method}`),
      };
      lines.push(h("p.km-whose", {}, say("belowFrom", values)));
    }
    for (const id of new Set([told.edition.source, now.edition.source])) {
      const failed = this.app.link.failed?.[id];
      if (failed) lines.push(h("p.km-warn", {}, `${book.sources[id].publisher}: ${failed}`));
    }
    this.lead.replaceChildren(...lines);
  }

  answer({ book, choice, item, edition, at }) {
    const source = book.sources[edition.source];
    const lines = [];
    const country = book.area.kind === "land";
    const period = at >= 0 ? edition.periods[at] : choice.period;
    if (at >= 0 && (edition.value[at] !== null || country)) {
      const people = book.sentence(edition.people[at]);
      const unit = item.unit && !item.title.toLowerCase().includes(item.unit.toLowerCase()) ? ` ${item.unit}` : "";
      const margins = marginsOf(item, edition, at);
      const own = h("strong.km-figure-own", {}, `${figure(edition.value[at], item)}${unit}`);
      lines.push(h("p.km-answer", {}, own, people ? `, ${people}` : "", margins ? ` (${say("margins")} ${margins})` : "",
        country ? "." : `. ${say("country")}: ${figure(edition.nl[at], item)}.`, this.beside(book, choice, item, edition, at)));
      if (!country) lines.push(h("p", {}, this.certainty(item, edition, at)));
      const aged = book.sentence(edition.aged?.[at]);
      if (aged) lines.push(h("p.km-whose", {}, aged));
    } else {
      const why = at >= 0 ? book.said(edition.said[at]).join(" ") : "";
      const nl = at >= 0 && edition.nl[at] !== null ? ` ${say("country")}: ${figure(edition.nl[at], item)}.` : "";
      lines.push(h("p.km-answer", {}, h("strong", {}, say("noValueFor", { area: book.area.title })), ` ${why}${nl}`));
    }
    const named = `${source.publisher} ${source.table}`.trim();
    lines.push(h("p.km-whose", {}, say("whose", { source: named, period, kind: say(`method_${source.method}`) })));
    const warnings = at >= 0 && edition.value[at] !== null ? book.said(edition.said[at]) : [];
    if (period && isOld(period) && at >= 0) warnings.push(book.sentence(edition.older[at]));
    if (item.apart) warnings.push(item.apart);
    if (warnings.length) lines.push(h("div.km-warn", {}, warnings.map((text) => h("p", {}, text))));
    if (at >= 0 && edition.value[at] !== null) lines.push(this.method(book, item, edition, at));
    return lines;
  }

  // How the figure was made: formula, how many people, margins, the rule of the judgement. Written when it is opened.
  method(book, item, edition, at) {
    const fold = h("details.km-fold.km-method", { open: this.methodOpen }, h("summary", {}, say("method")));
    const fill = () => { if (fold.open && fold.children.length === 1) fold.append(h("dl", {}, this.methodPairs(book, item, edition, at))); };
    fold.addEventListener("toggle", () => { this.methodOpen = fold.open; fill(); });
    fill();
    return fold;
  }

  methodPairs(book, item, edition, at) {
    const origin = Object.fromEntries(Object.entries(edition.origin).map(([key, n]) => [key, book.sentence(n)]));
    const n = edition.n[at];
    const people = n === null ? "" : `${number(n)} ${origin.people[0].toLowerCase()}${origin.people.slice(1)} (${edition.periods[at]}).`;
    const judged = edition.comparable ? `${origin.judged} ${this.threshold(item, edition, at)}` : item.apart;
    const pairs = [["calculated", origin.computed], ["counted", [people, book.sentence(edition.sample[at])].filter(Boolean).join(" ")],
      ["margins", origin.interval ?? say("noMarginsHere")], ["judgement", judged], ["trend", say("methodTrend")]];
    const word = (key) => say(key)[0].toUpperCase() + say(key).slice(1);
    return pairs.filter(([, text]) => text).flatMap(([key, text]) => [h("dt", {}, word(key)), h("dd", {}, text)]);
  }

  threshold(item, edition, at) {
    const least = edition.threshold[at];
    if (least === null) return "";
    const digits = Number.isInteger(least) ? 0 : least < 10 ** -item.decimals ? item.decimals + 1 : item.decimals;
    const text = item.sign === "%" ? `${number(least, digits)} ${say("points")}` : figure(least, { ...item, decimals: digits });
    return say("methodThreshold", { least: text });
  }

  // The figure of the area that is compared with, of the same edition.
  beside(book, choice, item, edition, at) {
    const value = choice.compare === "nl" ? null : edition.others[choice.compare]?.[at] ?? null;
    return value === null ? "" : ` ${comparedName(book, choice.compare)}: ${figure(value, item)}.`;
  }

  // Whether the difference is more than chance, in words.
  certainty(item, edition, at) {
    const word = edition.word[at];
    if (word === "none") return item.apart ? "" : say("notCompared");
    const mark = symbol(word);
    const text = edition.judged[at]
      ? say(word === "similar" ? "maybeChance" : "notChance", { word: say(word) })
      : say(this.app.book.sources[edition.source].method === "register" ? "unknownCount" : "unknownChance", { word: say(word) });
    return h("span", {}, mark, ` ${text}`);
  }

  bars({ book, choice, item, edition }) {
    const choose = this.app.choose.bind(this.app);
    const names = item.editions.map((e) => [e.source, `${book.sources[e.source].publisher} ${book.sources[e.source].table}`.trim()]);
    const levels = Object.keys(book.levels(item, edition)).map((level) => [level, say(`level_${level}`)]);
    const periods = periodsOf(book, item, edition, choice.level).map((p) => [p, p]);
    const fields = [];
    if (names.length > 1) fields.push(select(say("edition"), names, choice.edition, (v) => choose({ edition: v }), "uitgave"));
    if (levels.length) fields.push(select(say("level"), levels, choice.level, (v) => choose({ level: v }), "niveau"));
    if (periods.length) fields.push(select(say("year"), periods, choice.period, (v) => choose({ period: v }), "periode"));
    this.bar.replaceChildren(...fields);
  }

  async drawMap({ book, choice, item, edition, at, part }) {
    const levelName = say(`level_${choice.level || "GM"}`);
    this.mapHead.replaceChildren(...this.cardHead(say("per", { level: levelName, year: choice.period }), this.subtitle(item, edition, at), "map"));
    this.walk.replaceChildren();
    this.sites.replaceChildren(...this.sitesOf(book));
    const list = part ? book.units.lists[part.list] : null;
    const shown = Boolean(part && list.layer);
    for (const node of [this.map.box, this.legend]) node.hidden = !shown;
    if (!shown) {
      const reason = !part ? this.nothingHere(book, item, edition, choice) : say("noShapes");
      this.mapNote.replaceChildren(h("div.km-empty", {}, h("p", {}, reason)));
      this.endsOf(book, item, part, choice);
      return;
    }
    const rows = mapRows(book, item, edition, at, part, list);
    this.legendOf(book, item, part, rows.some((row) => row.missing));
    const [w, hgt] = book.units.geo.size;
    const width = this.map.box.clientWidth || 480;
    const height = Math.max(220, Math.min(MAP_SIDE, (width * hgt) / w));
    const layer = book.layer(list.layer);
    const gemeenten = `GM-${list.layer.slice(3)}`;
    const outline = book.units.geo.layers[gemeenten];
    const lines = outline && outline.codes.length <= MOST_MEMBERS ? book.layer(gemeenten) : NONE;
    const names = outline && outline.codes.length <= MOST_MEMBERS ? fitting(outline.names, Math.min(width / w, height / hgt)) : NONE;
    const label = say("mapLabel", { item: item.title, area: book.area.title, level: say(`levels_${choice.level}`), year: choice.period });
    await this.map.show(label, { shapes: layer, lines, names, values: rows, sites: book.sites }, { chosen: choice.chosen }, height);
    const notes = [];
    const picked = rows.find((row) => row.code === choice.chosen);
    const levels = Object.keys(book.levels(item, edition));
    if (!levels.includes("WK") && book.area.kind !== "land") notes.push(say("onlyGemeente"));
    if (book.sources[edition.source].method === "model") notes.push(say("model"));
    if (part.away !== undefined) notes.push(book.sentence(part.away));
    if (choice.level === "WK") notes.push(...book.said(edition.unequal?.[at] ?? NONE));
    if (book.sites.length) notes.push(say("interventionsOnMap"));
    notes.push(say("borders", { year: list.layer.slice(3) }));
    const told = picked ? h("p.km-picked", {}, h("b", {}, picked.name), `: ${picked.label}. ${say("country")}: ${picked.reference}.`) : say("tapMap");
    this.mapNote.replaceChildren(picked ? told : h("p.km-note", {}, told), ...notes.map((text) => h("p.km-note", {}, text)));
    this.endsOf(book, item, part, choice);
    if (this.app.kernel) this.walk.replaceChildren(this.walkButton());
  }

  // Interventions and provisions in words, for who cannot point at the map; also those without a point on it.
  sitesOf(book) {
    const found = book.units.sites;
    if (!found.length) return [];
    const lines = found.map((one) => h("li", {}, h("b", {}, one.title), `: ${one.text}`));
    return [h("details.km-origin", { open: found.length <= FEW_SITES }, h("summary", {}, say("interventions", { n: found.length })), h("ul", {}, lines))];
  }

  subtitle(item, edition, at) {
    const unit = item.sign === "%" ? say("percent") : item.unit || "";
    const nl = at >= 0 && edition.nl[at] !== null && !item.sum ? `${say("country")}: ${figure(edition.nl[at], item)}` : "";
    return [unit && unit[0].toUpperCase() + unit.slice(1), nl].filter(Boolean).join(". ");
  }

  nothingHere(book, item, edition, choice) {
    const levels = Object.keys(book.levels(item, edition));
    if (!levels.length) return say("onlyWhole");
    return say("notThisYear", { year: choice.period });
  }

  legendOf(book, item, part, missing) {
    const n = part.classes.length;
    const blocks = part.classes.map((number, i) => h("li", {}, h("i", { style: `background:${FIGURES.colours.map[step(i, n)]}` }), h("span", {}, book.sentence(number))));
    if (missing) blocks.push(h("li.km-hatched", {}, h("i", {}), h("span", {}, say("noFigureShort"))));
    this.legend.replaceChildren(h("ul", { "aria-label": say("legend") }, blocks));
  }

  endsOf(book, item, part, choice) {
    if (!part || choice.level === "GM") return this.ends.replaceChildren();
    const list = book.units.lists[part.list];
    const known = part.value.flatMap((v, n) => (v === null ? [] : [n])).sort((a, b) => part.value[b] - part.value[a]);
    if (known.length < 8) return this.ends.replaceChildren();
    const column = (title, numbers) => h("div", {}, h("h4", {}, title), h("ol", {}, numbers.map((n) =>
      h("li", {}, this.unitButton(book, list, n), h("b", {}, figure(part.value[n], item))))));
    const cut = (order) => order.slice(0, Math.max(4, order.filter((n) => part.value[n] === part.value[order[3]]).length + order.findIndex((n) => part.value[n] === part.value[order[3]])));
    const level = say(`levels_${choice.level}`);
    this.ends.replaceChildren(column(say("highest", { level }), cut(known).slice(0, 8)), column(say("lowest", { level }), cut([...known].reverse()).slice(0, 8)));
  }

  unitButton(book, list, n) {
    const code = list.codes[n];
    const pressed = String(this.app.choice.chosen === code);
    return h("button.km-unit", { type: "button", "aria-pressed": pressed, onclick: () => this.app.chooseUnit(code) }, book.fullName(code, list.names[n]));
  }

  async drawRanking({ book, choice, item, edition, at }) {
    const found = rankingRows(book, item, edition, at, choice);
    this.rankingCard.hidden = !found;
    if (!found) return;
    const title = say("per", { level: say(`level_${found.level}`), year: choice.period });
    this.rankingHead.replaceChildren(...this.cardHead(title, found.cut ? say("topAndBottom") : say("highToLow"), "ranking"));
    const nl = found.rows.find((row) => row.role === "nl");
    const label = say("rankingLabel", { item: item.title, area: book.area.title });
    // Of a wijk the gemeente stands out.
    const chosen = found.level === "GM" && choice.chosen ? `GM${choice.chosen.slice(2, 6)}` : choice.chosen;
    await this.ranking.show(label, { rows: found.rows, ruler: nl ? [nl] : [] }, { chosen });
  }

  async drawTrend({ book, choice, item, edition }) {
    const found = trendRows(book, item, edition, choice);
    const single = new Set(found.points.map((p) => p.year)).size < 2;
    const head = single ? [h("h3", {}, say("course"))] : this.cardHead(say("course"), this.trendSubtitle(book, item, found), "trend");
    this.trendHead.replaceChildren(...head);
    this.trend.box.hidden = single;
    const notes = [];
    if (edition.then && (!single || choice.then)) notes.push(this.thenOrNow(book, choice));
    const moves = single || choice.then ? "" : book.sentence(edition.trend);
    if (moves) notes.push(h("p", {}, [moves, book.sentence(edition.since)].filter(Boolean).join(" ")));
    if (moves && book.sources[edition.source].method === "model") notes.push(h("p.km-note", {}, say("notForEffect")));
    if (single) notes.push(h("div.km-empty", {}, h("p", {}, found.points.length ? say("onePoint", { year: found.points[0].period }) : say("noTrend"))));
    for (const one of found.breaks) notes.push(h("p.km-note", {}, h("b", {}, one.title), `: ${one.text}`));
    for (const one of found.events) notes.push(h("p.km-note", {}, h("b", {}, `${one.title} ${one.year}`), `: ${one.text}`));
    if (found.points.some((p) => p.provisional)) notes.push(h("p.km-note", {}, say("openPoint")));
    if (!single) {
      const { ends, room } = endLabels(found, this.trend.box.clientWidth || 400);
      stack([...found.breaks, ...found.events], found.span, this.trend.box.clientWidth || 400, room);
      const signals = { years: found.years, span: found.span, room };
      const rows = { points: found.points, ends, breaks: found.breaks, events: found.events };
      await this.trend.show(say("trendLabel", { item: item.title, area: book.area.title }), rows, signals, TREND.high);
    }
    this.trendNote.replaceChildren(...notes);
  }

  // The two questions that are never mixed: today's area in every year, or the area as it was made up then.
  thenOrNow(book, choice) {
    const ways = [["", say("areaNow")], ["ja", say("areaThen")]];
    const box = select(say("areaWord"), ways, choice.then, (then) => this.app.choose({ then }), "gebied_toen");
    return h("div.km-then", {}, box, h("p.km-note", {}, say(choice.then ? "areaThenNote" : "areaNowNote")));
  }

  // All gemeenten by size: which differ by more than chance and the usual spread. Drawn when it is open.
  async drawFunnel({ book, choice, item }) {
    const told = this.told?.edition ?? null;
    const found = told && book.beside(item, told).funnel;
    this.funnelCard.hidden = !found;
    if (!found || !this.funnelCard.open) return;
    const save = this.app.saveMenu("funnel");
    this.funnelHead.replaceChildren(h("div.km-card-head", {}, h("p.km-subtitle", {}, this.funnelSubtitle(found)), save));
    const { points, curves, centre } = funnelRows(book, item, told, found, choice);
    await this.funnel.show(say("funnelLabel", { item: item.title, area: book.area.title }), { points, curves, centre }, {}, 0);
    this.funnelNote.replaceChildren(h("p", {}, say(`funnel_${found.way}`, { area: book.area.title })), h("p.km-note", {}, say("funnelHow")));
  }

  funnelSubtitle(found) { return say(`funnelOf_${found.kind}`, { year: found.period }); }

  trendSubtitle(book, item, found) {
    const unit = item.sign === "%" ? say("percent") : item.sign === "€" ? `${say("euro")} ${item.unit}` : item.unit || item.sign;
    const start = unit ? unit[0].toUpperCase() + unit.slice(1) : "";
    if (found.then) return `${start}; ${book.area.title} ${say("areaThen")}`;
    return found.members > 1 ? `${start}; ${say(found.alike ? "thinPeers" : "thinLines", { n: found.members })}` : start;
  }

  cardHead(title, subtitle, kind) {
    return [h("div.km-card-head", {}, h("h3", {}, title), this.app.saveMenu(kind)), subtitle ? h("p.km-subtitle", {}, subtitle) : ""];
  }

  tableOf({ book, choice, item, part }) {
    if (!part) return h("p.km-note", {}, "");
    const list = book.units.lists[part.list];
    const remark = part.value.map(() => []);
    for (const [number, units] of Object.entries(part.said)) {
      for (const n of units.length ? units : part.value.keys()) remark[n].push(book.sentence(Number(number)));
    }
    const order = [...part.value.keys()].sort((a, b) => (part.value[b] ?? -Infinity) - (part.value[a] ?? -Infinity));
    const margins = Boolean(part.lower);
    const build = () => {
      const rows = order.map((n) => h("tr", {}, h("th", { scope: "row" }, this.unitButton(book, list, n)),
        h("td.km-number", {}, figure(part.value[n], item)),
        margins ? h("td.km-number", {}, part.lower[n] === null ? "" : `${number(part.lower[n], item.decimals)}–${number(part.upper[n], item.decimals)}`) : "",
        h("td", {}, h("small", {}, remark[n].join(" ")))));
      const heads = [say("name"), item.unit || (item.sign === "%" ? say("percent") : say("figure")), margins ? say("margins") : null, say("remark")];
      return h("div.km-scroll", { tabindex: 0, role: "region", "aria-label": say("table") },
        h("table.km-table", {}, h("thead", {}, h("tr", {}, heads.filter((t) => t !== null).map((t) => h("th", { scope: "col" }, t)))), h("tbody", {}, rows)));
    };
    const level = say(order.length > 1 ? `levels_${choice.level}` : `level_${choice.level}`);
    const open = this.tableOpen ?? false;
    const fold = h("details.km-fold", { open }, h("summary", {}, say("asTable", { n: number(order.length), level })));
    const fill = () => { if (fold.open && fold.children.length === 1) fold.append(build()); };
    fold.addEventListener("toggle", () => { this.tableOpen = fold.open; fill(); });
    fill();
    return fold;
  }

  walkButton() {
    const button = h("button.km-button", { type: "button" }, say("walk"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      const wait = h("p.km-note", { role: "status" }, say("walkWait"));
      this.walk.append(wait);
      const answer = await this.app.ask({ ask: "map", ...this.app.choice });
      if (answer?.html) this.walk.replaceChildren(h("h4", {}, say("walk")), frame(answer.html));
      else { wait.textContent = answer?.sorry ?? say("walkFailed"); button.disabled = false; }
    });
    return button;
  }

  origins(now) {
    const { told } = this;
    const both = told && told.edition !== now.edition;
    const parts = both ? [h("h4", {}, say("originAbove")), this.originOf(told), h("h4", {}, say("originBelow")), this.originOf(now)] : [this.originOf(now)];
    const open = this.originOpen ?? window.innerWidth > 860;
    const fold = h("details.km-card.km-origin", { open }, h("summary", {}, h("h3", {}, say("whence"))), parts);
    fold.addEventListener("toggle", () => { this.originOpen = fold.open; });
    this.origin.replaceChildren(fold);
  }

  originOf({ book, item, edition, at }) {
    const source = book.sources[edition.source];
    const origin = Object.fromEntries(Object.entries(edition.origin).map(([key, n]) => [key, book.sentence(n)]));
    const others = item.editions.filter((e) => e !== edition).map((e) => `${book.sources[e.source].publisher} ${book.sources[e.source].table}`.trim());
    const notes = [origin.notes, ...edition.breaks.map(([year, n]) => `${say("break")} ${year}: ${book.sentence(n)}`)];
    if (at >= 0) notes.push(...book.said(edition.said[at]), ...book.said(edition.nlSaid[at]).map((t) => `${say("country")}: ${t}`));
    const pairs = [
      ["why", item.why],
      ["source", `${source.publisher}, ${source.title}${source.table ? `, ${say("tableWord")} ${source.table}` : ""}`],
      ["kind", say(`method_${source.method}`)],
      ["topic", origin.formula],
      ["periods", edition.periods.join(", ")],
      ["calculated", origin.computed],
      ["areaWord", at >= 0 ? say("division", { year: edition.years[at] }) : ""],
      ["judgement", origin.judged],
      ["mind", notes.filter(Boolean).join(" ")],
      ["otherEditions", others.join("; ")],
      ["fetched", source.accessed],
      ["licence", say(`terms_${source.terms}`, { licence: source.licence })],
    ];
    return h("dl", {}, pairs.filter(([, text]) => text).flatMap(([key, text]) => [h("dt", {}, say(key)), h("dd", {}, text)]));
  }
}

const NONE = [];

function marginsOf(item, edition, at) {
  const [low, high] = [edition.lower[at], edition.upper[at]];
  return low === null || high === null ? "" : `${number(low, item.decimals)}–${number(high, item.decimals)}`;
}

function step(i, n) { return n === 1 ? 2 : Math.round((4 * i) / (n - 1)); }

function classOf(value, breaks) {
  let found = 0;
  while (found < breaks.length && value >= breaks[found]) found++;
  return found;
}

function mapRows(book, item, edition, at, part, list) {
  const value = new Map();
  const lost = new Set(list.lost);
  list.codes.forEach((code, n) => { if (!lost.has(n)) value.set(code, [part.value[n], list.names[n]]); });
  const reference = figure(edition.nl[at], item);
  const period = edition.periods[at];
  const n = part.breaks.length + 1;
  const layer = book.units.geo.layers[list.layer];
  return layer.codes.map((code) => {
    const [own, name] = value.get(code) ?? [null, ""];
    const missing = own === null;
    return {
      code, missing, reference, period,
      fill: missing ? "url(#km-hatch)" : FIGURES.colours.map[step(classOf(own, part.breaks), n)],
      stroke: missing ? FIGURES.colours.border : "white",
      name: book.fullName(code, name || code), label: missing ? say("noFigureShort") : figure(own, item),
    };
  });
}

// Names from large to small, each only where it does not lie over one that is there already.
function fitting(names, scale) {
  const taken = [];
  const found = [];
  for (const [x, y, , name] of [...names].sort((a, b) => b[2] - a[2])) {
    const lines = name.length > 14 && name.includes(" ") ? halves(name) : [name];
    const wide = (Math.max(...lines.map((l) => l.length)) * NAME_PX) / 2;
    const high = (lines.length * 15) / 2;
    const box = [x * scale - wide, y * scale - high, x * scale + wide, y * scale + high];
    if (taken.some((t) => box[0] < t[2] + 3 && t[0] < box[2] + 3 && box[1] < t[3] && t[1] < box[3])) continue;
    taken.push(box);
    found.push({ x, y, name: lines.join("\n") });
  }
  return found;
}

function halves(name) {
  const at = [...name.matchAll(/ /g)].map((m) => m.index).sort((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2))[0];
  return [name.slice(0, at), name.slice(at + 1)];
}

function rankingRows(book, item, edition, at, choice) {
  if (item.sum || at < 0) return null;
  const gemeenten = book.part(item, edition, "GM", at);
  const several = gemeenten && gemeenten.value.filter((v) => v !== null).length > 1;
  const level = several ? "GM" : "WK";
  const part = several ? gemeenten : book.part(item, edition, "WK", at);
  if (!part || part.value.filter((v) => v !== null).length < 2) return null;
  const list = book.units.lists[part.list];
  const reference = figure(edition.nl[at], item);
  const period = edition.periods[at];
  let units = part.value.flatMap((value, n) => (value === null ? [] : [{
    code: list.codes[n], name: level === "GM" ? list.names[n] : book.fullName(list.codes[n], list.names[n]), value,
    label: figure(value, item), role: "unit", reference, period,
  }]));
  units.sort((a, b) => b.value - a.value || a.name.localeCompare(b.name, "nl"));
  const cut = units.length > 24;
  if (cut) units = [...units.slice(0, 8), ...units.slice(-8)];
  const own = { code: book.area.id, name: book.area.title, value: edition.value[at], label: figure(edition.value[at], item), role: "kavel", reference, period };
  const nl = { code: "NL", name: say("country"), value: edition.nl[at], label: reference, role: "nl", reference, period };
  const other = choice.compare === "nl" ? null
    : { ...own, code: choice.compare, name: shortName(book, choice.compare), role: "other", value: edition.others[choice.compare]?.[at] ?? null };
  if (other) other.label = figure(other.value, item);
  const extra = (book.area.kind === "land" ? [nl] : [own, nl, other]).filter((row) => row && row.value !== null);
  const rows = [...units, ...extra].sort((a, b) => b.value - a.value);
  rows.forEach((row, n) => { row.order = n; });
  return { rows, level, cut };
}

function trendRows(book, item, edition, choice) {
  const points = [];
  const segment = (year) => edition.breaks.filter(([from]) => year >= from).length;
  const add = (role, code, name, values, provisional) => {
    values.forEach((value, n) => {
      if (value === null || value === undefined) return;
      const period = edition.periods[n];
      const year = Number(period.slice(0, 4));
      points.push({
        year, value, role, code, name, period, part: `${code}-${segment(year)}`, label: figure(value, item),
        reference: figure(edition.nl[n], item), provisional: Boolean(provisional?.[n]),
      });
    });
  };
  const provisional = edition.status.map((s) => s === "provisional");
  const series = (level) => {
    const found = new Map();
    (book.levels(item, edition)[level]?.periods ?? []).forEach((part, n) => {
      if (!part) return;
      const list = book.units.lists[part.list];
      list.codes.forEach((code, i) => {
        if (!found.has(code)) found.set(code, { name: list.names[i], values: edition.periods.map(() => null) });
        found.get(code).values[n] = part.value[i];
      });
    });
    return found;
  };
  const gemeenten = series("GM");
  const own = book.area.kind !== "land" && gemeenten.size > 1 && gemeenten.size <= MOST_MEMBERS ? gemeenten : new Map();
  const alike = choice.compare === PEERS;
  const names = new Map(book.peers ?? NONE);
  const members = alike ? new Map(Object.entries(book.beside(item, edition).peers ?? {}).map(([code, values]) => [code, { name: names.get(code), values }])) : own;
  for (const [code, one] of members) if (code !== choice.chosen) add("unit", code, one.name, one.values);
  if (book.area.kind !== "land") add("nl", "NL", say("country"), edition.nl);
  const other = choice.compare !== "nl" ? edition.others[choice.compare] : null;
  if (other) add("other", choice.compare, comparedName(book, choice.compare), other);
  add("kavel", book.area.id, book.area.title, choice.then ? edition.then : edition.value, provisional);
  if (choice.chosen) {
    const own = series(choice.chosen.slice(0, 2)).get(choice.chosen);
    if (own) add("chosen", choice.chosen, book.fullName(choice.chosen, own.name), own.values);
  }
  const measured = [...new Set(points.map((p) => p.year))].sort();
  const last = measured.at(-1) ?? 0;
  const breaks = edition.breaks.filter(([year]) => year > measured[0]).map(([year, n]) => ({ year: year - 0.5, at: year, title: `${say("break")} ${year}`, text: book.sentence(n) }));
  const events = book.events.filter((e) => e.year >= (measured[0] ?? 9999));
  const years = [...new Set([...measured, ...breaks.map((b) => b.at), ...events.map((e) => e.year)])].sort();
  const span = years.length ? [years[0], Math.max(years.at(-1), last)] : [2012, 2024];
  breaks.forEach((one, n) => { one.end = breaks[n + 1]?.year ?? span[1] + 0.5; });
  // Between two breaks there may be figures; only what lies behind the last figure is a field of nothing.
  breaks.forEach((one) => { if (points.some((p) => p.year > one.year)) one.end = one.year; });
  const marks = events.map((e) => ({ ...e }));
  return { points, breaks, events: marks, years, span, members: members.size, alike, then: choice.then };
}

function funnelRows(book, item, edition, found, choice) {
  const { codes, names } = book.units.gemeenten[found.list];
  const at = edition.periods.indexOf(found.period);
  const nl = edition.nl[at];
  const reference = figure(nl, item);
  const members = new Set(book.area.members.map(([code]) => code));
  const chosen = choice.chosen ? `GM${choice.chosen.slice(2, 6)}` : "";
  const widest = Math.max(...found.size, found.own[0]);
  const point = (code, name, size, value, role) => ({
    code, name, size, value, role, reference, period: found.period, label: figure(round(value, item.decimals), item), align: size > widest / 4 ? "right" : "left",
  });
  const points = codes.map((code, n) => point(code, names[n], found.size[n], found.value[n], code === chosen ? "chosen" : members.has(code) ? "member" : "unit"));
  points.push(point(book.area.id, book.area.title, ...found.own, "kavel"));
  const [low95, high95, low998, high998] = found.limits;
  const curves = found.grid.map((size, n) => ({ size, low95: low95[n], high95: high95[n], low998: low998[n], high998: high998[n] }));
  return { points, curves, centre: [{ value: nl, name: `${say("country")} ${reference}` }] };
}

function round(value, decimals) { return Number(value.toFixed(decimals)); }

// The words of marks whose words would touch stand one above the other; words of a late mark stand before it.
function stack(marks, span, width, room) {
  const taken = [];
  for (const mark of marks.sort((a, b) => a.year - b.year)) {
    const x = TREND.left + ((mark.year - span[0]) / (span[1] - span[0] || 1)) * (width - TREND.axis - TREND.left - room);
    const wide = mark.title.length * TREND.small + 8;
    const late = x + wide > width - TREND.axis;
    const [from, to] = late ? [x - wide, x] : [x, x + wide];
    let row = 0;
    while (taken.some((t) => t.row === row && from < t.to && t.from < to)) row++;
    taken.push({ row, from, to });
    Object.assign(mark, { row, align: late ? "right" : "left", dx: late ? -4 : 4 });
  }
}

const TREND = { left: 22, axis: 42, high: 240, line: 17, small: 6.6, large: 7.4 }; // px; widths of a character of 13 and 14 px

// Name and figure of each line, right of the last year; those that would lie over each other are moved apart.
function endLabels(found, width) {
  const last = new Map();
  for (const p of found.points) if (p.role !== "unit" && (last.get(p.role)?.year ?? 0) <= p.year) last.set(p.role, p);
  const values = found.points.map((p) => p.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const ends = [...last.values()].sort((a, b) => b.value - a.value).map((one) => {
    const lines = [...(one.name.length > 14 && one.name.includes(" ") ? halves(one.name) : [one.name]), one.label];
    const y = 26 + ((high - one.value) / (high - low || 1)) * (TREND.high - 52);
    return { ...one, name: lines.join("\n"), lines, tall: lines.length * TREND.line + 4, y, at: y };
  });
  const widest = Math.max(...ends.flatMap((one) => one.lines.map((l) => l.length))) * TREND.large + 14;
  const room = Math.min(widest, width * 0.42);
  // Down as far as needed, then up again where that went below the figure.
  ends.forEach((one, n) => {
    const above = ends[n - 1];
    if (above) one.at = Math.max(one.at, above.at + (above.tall + one.tall) / 2);
  });
  let floor = TREND.high;
  for (const one of [...ends].reverse()) {
    one.at = Math.min(one.at, floor - one.tall / 2);
    floor = one.at - one.tall / 2;
  }
  return { ends: ends.map(({ lines, ...one }) => ({ ...one, dy: one.at - one.y - ((lines.length - 1) * TREND.line) / 2 })), room };
}

function frame(html) {
  const box = document.createElement("div");
  box.innerHTML = html; // from kavelmon.maps: a sandboxed frame
  return box;
}
