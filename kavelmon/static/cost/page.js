// Kosten en verdeling: actual against expected cost with its verdict, and a made-up saving divided under one or two contracts.
const ASK_MS = 30_000;
const WAIT_MS = 250; // after the last key in a field
const PARTS = ["rente", "aflossing", "aanbieders", "bekostigers", "fonds"];
const million = (value, decimals = 1, sign = false) => number(value, decimals, sign);
const euro = (value) => (value === null || value === undefined ? "–" : `${value < 0 ? "−" : ""}€${NBSP}${number(Math.abs(Math.round(value)))}`);
const inMillions = (value) => `${value < 0 ? "−" : ""}€${NBSP}${number(Math.abs(value) / 1e6, 1)} mln`;

class Costs {
  constructor(box, common, doc, link) {
    Object.assign(this, { box, common, doc, link });
    this.figures = Object.fromEntries(["cost", "others", "steps", "decade"].map((name) => [name, new Figure(name, name)]));
    for (const figure of [this.figures.cost, this.figures.others]) figure.onwidth = () => this.chart();
    for (const figure of [this.figures.steps, this.figures.decade]) figure.onwidth = () => this.bars();
    this.second = false;
  }

  start(asked) {
    const { doc } = this;
    const lost = [...asked.bad];
    this.area = doc.areas.some((a) => a.id === asked.area) ? asked.area : doc.areas[0].id;
    if (asked.area && this.area !== asked.area) lost.push("gebied");
    this.reference = ["NL", "others"].includes(asked.reference) ? asked.reference : "NL";
    if (asked.reference && this.reference !== asked.reference) lost.push("vergeleken");
    this.forms = [{}, {}];
    this.note = h("span.km-note", { role: "status" });
    this.upper = h("div", {});
    this.faults = h("div", { role: "status", "aria-live": "polite" });
    this.divided = h("div", {});
    const areas = select(say("costArea"), doc.areas.map((a) => [a.id, a.title]), this.area, (id) => { this.area = id; this.all(); this.keep(true); }, "km-area");
    const reference = select(say("costReference"), ["NL", "others"].map((r) => [r, say(`costRef_${r}`)]), this.reference, (r) => { this.reference = r; this.all(); this.keep(); }, "km-reference");
    this.bar = h("div.km-bar", {}, areas, reference);
    this.panel = h("div.km-panel", {}, h("div.km-width", {}, h("h2", {}, say("fallHead"), " ", this.tag = h("span.km-tag", {})), h("p", {}, say("fallLead")), h("p.km-note", {}, say("fallFixed")),
      this.formsBox = h("div.km-forms", {}), this.faults, this.divided));
    this.root = h("div.km-page.km-costs", {}, h("div.km-width", {}, lost.length ? h("p.km-warn", { role: "status" }, say("badLink", { names: [...new Set(lost)].join(", ") })) : "", this.upper), this.panel, this.foot());
    this.box.replaceChildren(this.root);
    this.form();
    this.all();
    this.divide();
  }

  get of() { return this.doc.of[this.area].of[this.reference]; }
  get title() { return this.doc.of[this.area].area.title; }

  all() {
    const found = this.of;
    const { years, start } = found;
    const last = years.at(-1);
    this.tag.textContent = say("fallTag", { area: this.title });
    const verdict = h(`section.km-verdict-box.km-kind-${found.kind}`, { "aria-labelledby": "km-oordeel" }, h("div", {}, h("p.km-word", {}, say("costAsk")), h("h2", { id: "km-oordeel" }, found.verdict), found.whatIf ? h("p", {}, found.whatIf) : "", found.text.split(/(?<=[.:])\s(?=[A-Z])/).slice(1).filter((t) => !t.startsWith("Toetsen")).map((t) => h("p", {}, t))),
      h("dl.km-checks", {}, found.checks.map(([name, state, text]) => h("div", {}, h("dt", {}, h("b", { class: `km-state-${state.length}` }, state), h("small", {}, name)), h("dd", {}, text)))));
    const sums = h("dl.km-sums", {}, [["costActual", found.sum.actual], ["costExpected", found.sum.expected], ["costDifference", found.sum.difference]].map(([key, value]) => h("div", {}, h("dt", {}, say(key, { verdict: found.verdict.toLowerCase() })), h("dd", {}, inMillions(value)))));
    const card = (name, head, how) => h("section.km-card", {}, h("h3", {}, head), h("p.km-subtitle", {}, how), this.figures[name].box);
    this.upper.replaceChildren(h("header", {}, h("p.km-kicker", {}, say("costKicker")), h("h1", {}, this.title), h("p.km-lead", {}, say("costScope", { first: years[0], last })), h("p", {}, say("costFirst", this.doc.first)), this.bar), verdict,
      h("div.km-section-head", {}, h("h2", {}, say("costHead")), h("small", {}, say("costSum", { first: start, last }))), sums,
      h("div.km-pair", {}, card("cost", say("costChart"), say("costChartHow")), card("others", say("costOthers"), say("costOthersHow", { n: number(found.others.length) }))),
      h("details.km-fold", {}, h("summary", {}, say("costByYear")), this.yearTable()), h("p.km-note", {}, found.least),
      h("section", {}, h("h2", {}, say("costPre")), h("p", {}, say("costPreHow")), this.preTable()), h("section", {}, h("h2", {}, say("costMethods")), this.methodTable(), h("p.km-note", {}, found.span)),
      h("section", {}, h("h2", {}, say("costLaws")), this.lawTable(), h("p.km-note", {}, `${say("costGroups")}: ${this.doc.of[this.area].groups}`)),
      h("details.km-fold", {}, h("summary", {}, say("costNotes")), h("ul", {}, found.notes.map((t) => h("li", {}, t)))),
      h("div.km-buttons", {}, this.link.whole ? h("button.km-button", { type: "button", onclick: () => this.share() }, say("share")) : "", h("button.km-button", { type: "button", onclick: () => this.csv() }, say("costCsv")), this.note));
    this.chart();
  }

  async chart() {
    const found = this.of;
    const { years, start } = found;
    const last = years.at(-1);
    const band = years.map((year, k) => ({ year, low: found.band[0][k], high: found.band[1][k] }));
    const line = (role, values, name) => years.map((year, k) => ({ year, value: values[k], role, name, label: `€${NBSP}${million(values[k])} mln` }));
    const [a, e] = [found.actual.at(-1), found.expected.at(-1)];
    const apart = Math.abs(a - e) < (Math.max(...found.band[1]) - Math.min(...found.actual)) * 0.13;
    const ends = [["actual", a, say("costActual")], ["expected", e, say("costExpectedShort")]].map(([role, value, name]) => ({ role, value, name: `${million(value)}\n${name}`, dy: apart ? ((role === "actual") === a < e ? 20 : -20) : 0 }));
    const since = [{ year: start - 0.5, end: last }];
    await this.figures.cost.show(say("costChartLabel", { area: this.title }), { band, lines: [...line("expected", found.expected, say("costExpected")), ...line("actual", found.actual, say("costActual"))], ends, start: since }, { years }, 280);
    const others = found.others.flatMap((row, part) => years.map((year, k) => ({ year, value: row[k], part })));
    const top = Math.max(...others.map((o) => o.value), ...found.share);
    const low = Math.min(...others.map((o) => o.value), ...found.share);
    const lines = years.map((year, k) => ({ year, value: found.share[k], name: this.title, label: `${number(found.share[k], 1, true)}${NBSP}%` }));
    await this.figures.others.show(say("costOthersLabel", { area: this.title, n: number(found.others.length) }), { others, zero: [{ value: 0 }], lines, ends: [{ value: found.share.at(-1), name: `${this.title.split(" ")[0]}\n${number(found.share.at(-1), 1, true)}${NBSP}%` }], start: since,
      said: [{ value: top * 0.92, text: say("costLess") }, { value: low * 0.92, text: say("costMore") }] }, { years }, 280);
    this.root.dataset.drawn = "ja";
  }

  table(heads, rows, label) {
    return h("div.km-scroll.km-whole", { tabindex: 0, role: "region", "aria-label": label }, h("table.km-table", {}, h("thead", {}, h("tr", {}, heads.map((t, k) => h(k ? "th.km-number" : "th", { scope: "col" }, t)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, k) => (k ? h("td.km-number", {}, cell) : h("th", { scope: "row" }, cell))))))));
  }

  p(value) { return value === null ? "–" : number(value, value < 0.2 ? 3 : 2); }
  part(value) { return `${number(100 * value, 1, true)}${NBSP}%`; }

  yearTable() {
    return this.table([say("costYear"), say("costExpected"), say("costActual"), say("costDifferenceShort"), say("costShare"), say("costP")],
      this.of.byYear.map(([year, e, a, d, share, p]) => [String(year), euro(e), euro(a), euro(d), this.part(share), this.p(p)]), say("costHead"));
  }

  preTable() {
    return this.table([say("costPreOf"), say("costDifferenceShort"), say("costShare"), say("costP"), say("costHolds")],
      this.of.pre_periods.map(([first, last, d, share, p, holds, flagged]) => [h("span", {}, `${first}–${last}`, flagged ? h("small", {}, ` ${say("costBreak")}`) : ""), euro(d), this.part(share), this.p(p), say(holds ? "costYes" : "costNo")]), say("costPre"));
  }

  methodTable() {
    return this.table([say("costMethod"), say("costDifferenceShort"), say("costShare"), say("costP"), say("costPayable")],
      this.of.methods.map(([name, d, share, p, payable]) => [name, euro(d), this.part(share), this.p(p), say(payable ? "costYes" : "costNo")]), say("costMethods"));
  }

  lawTable() {
    const rows = [["Zvw", say("costKnown")], ...this.doc.of[this.area].laws.map(([law, why]) => [law, say("costUnknown", { why })])];
    return h("dl.km-laws", {}, rows.map(([law, text]) => h("div", {}, h("dt", {}, law), h("dd", {}, text))));
  }

  form() {
    const { fields, choices, example } = this.doc;
    const one = (at) => h("fieldset.km-form", {}, h("legend", {}, this.second ? say(at ? "fallSecond" : "fallFirst") : say("fallAssumptions")), fields.map(([name, title, unit]) => {
      const id = `km-${at}-${name}`;
      const value = String(this.forms[at][name] ?? example[name]);
      const given = (event) => { this.forms[at][name] = event.target.value; this.later(); };
      const input = choices[name]
        ? h("select", { id, onchange: given }, Object.entries(choices[name]).map(([key, text]) => h("option", { value: key, selected: key === value }, text)))
        : h("input", { id, type: "text", inputmode: "decimal", value: value.includes(".") ? value.replace(".", ",") : value, oninput: given });
      return h("div.km-entry", {}, h("label", { for: id }, title, unit ? h("small", {}, ` ${unit}`) : "", " ", h("small.km-assumed", {}, say("fallAssumption"))), input);
    }));
    this.formsBox.replaceChildren(...[0, ...(this.second ? [1] : [])].map(one), h("div.km-buttons", {},
      h("button.km-button", { type: "button", "aria-pressed": String(this.second), onclick: () => { this.second = !this.second; if (this.second) this.forms[1] = { ...this.forms[0] }; this.form(); this.divide(); } }, say("fallOther")),
      h("button.km-button", { type: "button", onclick: () => { this.forms = [{}, {}]; this.form(); this.divide(); } }, say("fallReset")),
      h("button.km-button", { type: "button", onclick: () => this.csvDivided() }, say("fallCsv"))));
  }

  later() { clearTimeout(this.waiting); this.waiting = setTimeout(() => this.divide(), WAIT_MS); }

  async divide() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const forms = this.forms.slice(0, this.second ? 2 : 1).map((form) => ({ ...this.doc.example, ...form }));
    let answers = turn === 1 ? [this.doc.divided] : null; // the example is worked out already
    if (!answers) {
      const answer = await this.link.ask?.({ ask: "divide", forms });
      if (turn !== this.turn) return;
      answers = answer?.divided;
      if (!answers) { this.faults.replaceChildren(h("p.km-warn", {}, say("fallGone"))); return; }
    }
    const faults = answers.flatMap((one, at) => (one.faults ?? []).map((text) => (this.second ? `${say(at ? "fallSecond" : "fallFirst")}: ${text}` : text)));
    this.faults.replaceChildren(faults.length ? h("div.km-warn", {}, h("b", {}, say("fallWrong")), faults.map((text) => h("p", {}, text))) : "");
    this.root.dataset.answered = String(turn);
    if (faults.length) return; // what was right stays
    this.answers = answers;
    this.shown();
  }

  shown() {
    const [first, second] = this.answers;
    const n = first.years.length;
    const swatch = (kind) => h("i.km-swatch", { style: `background:${this.doc.colours[kind]}` });
    const named = (kind) => h("span", {}, swatch(kind), ` ${say(`part_${kind}`)}`);
    const card = (name, head) => h("section.km-card", {}, h("h3", {}, head), this.figures[name].box);
    const shares = second
      ? this.table([say("fallWhere"), say("fallFirst"), say("fallSecond"), say("fallDifference")], [...PARTS.map((kind) => [named(kind), euro(first.totals[kind]), euro(second.totals[kind]), euro(second.totals[kind] - first.totals[kind])]), [say("fallTogether"), euro(first.totals.divided), euro(second.totals.divided), euro(second.totals.divided - first.totals.divided)]], say("fallTable"))
      : this.table([say("fallWhere"), say("fallYearOne"), say("fallAll", { n })], [...PARTS.map((kind) => [named(kind), euro(first.years[0][kind]), euro(first.totals[kind])]), [say("fallTogether"), euro(first.years[0].divided), euro(first.totals.divided)]], say("fallTable"));
    const less = this.table([say("fallSaving"), say("part_rente"), say("part_aflossing"), say("fallDivided"), say("fallArrears")], first.whatIf.map((y) => [euro(y.saving), euro(y.rente), euro(y.aflossing), euro(y.aanbieders + y.bekostigers + y.fonds + y.apart), euro(y.arrears)]), say("fallIf"));
    let fund = 0;
    const loan = this.table([say("costYear"), say("fallBalance"), say("fallArrears"), say("fallFund")], first.years.map((y, k) => [String(k + 1), euro(y.balance), euro(y.arrears), euro((fund += y.fonds))]), say("fallLoan"));
    this.divided.replaceChildren(h("div.km-pair", {}, card("steps", say("fallYear", { n: 1 })), card("decade", say("fallDecade", { n }))),
      h("div.km-pair", {}, h("section.km-card", {}, h("h3", {}, second ? `${say("fallTable")} (${say("fallAll", { n })})` : say("fallTable")), shares), h("section.km-card", {}, h("h3", {}, say("fallIf")), less, h("p.km-note", {}, say("fallArrearsHow")))),
      h("details.km-fold", {}, h("summary", {}, say("fallLoan")), loan), ...first.notes.map((text) => h("p.km-note", {}, text)));
    this.bars();
  }

  async bars() {
    if (!this.answers) return;
    const { years } = this.answers[0];
    const one = years[0];
    const steps = [{ order: 0, name: say("part_alles"), from: 0, to: Math.max(one.divided, 0) / 1000, kind: "alles" }];
    let left = one.divided / 1000;
    for (const kind of PARTS) {
      const amount = one[kind] / 1000;
      steps.push({ order: steps.length, name: say(`part_${kind}`).replace(" ", "\n"), from: left - amount, to: left, kind, amount });
      left -= amount;
    }
    for (const step of steps) step.label = number(Math.round(step.amount ?? step.to));
    await this.figures.steps.show(say("fallStepsLabel", { list: PARTS.map((k) => `${say(`part_${k}`)} ${euro(one[k])}`).join(", ") }), { steps }, {}, 240);
    const parts = years.flatMap((year, k) => PARTS.map((kind, order) => ({ year: k + 1, value: year[kind] / 1e6, kind, order, name: say(`part_${kind}`), label: euro(year[kind]) })));
    await this.figures.decade.show(say("fallDecadeLabel", { n: years.length }), { parts }, {}, 260);
  }

  keep(step = false) {
    this.note.textContent = "";
    this.link.keep?.(this.address(), step);
  }

  address() {
    const parts = new URLSearchParams({ gebied: this.area });
    if (this.reference !== "NL") parts.set("vergeleken", this.reference);
    return parts.toString();
  }

  async share() { this.note.textContent = say((await copied(this.link.whole(this.address()))) ? "shared" : "copyYourself"); }

  csv() {
    const found = this.of;
    const plain = (v, d) => (v === null ? "" : v.toFixed(d).replace(".", ","));
    const rows = [...found.byYear.map(([year, e, a, d, s, p]) => ["jaar", year, "", plain(e, 2), plain(a, 2), plain(d, 2), plain(100 * s, 2), plain(p, 4)]), ...found.pre_periods.map(([f, l, d, s, p]) => ["jaren vooraf", `${f}-${l}`, "", "", "", plain(d, 2), plain(100 * s, 2), plain(p, 4)]), ...found.methods.map(([name, d, s, p]) => ["methode", name, "", "", "", plain(d, 2), plain(100 * s, 2), plain(p, 4)])];
    const remarks = [`${this.title}: ${found.verdict}`, found.text, ...found.notes, ...sourceLines({ sources: this.doc.source }, Object.keys(this.doc.source))];
    download(`kosten_${this.area}.csv`, table(["soort", "wat", "", "verwacht_euro", "werkelijk_euro", "verschil_euro", "verschil_procent", "p"], rows, remarks), "text/csv;charset=utf-8");
  }

  csvDivided() {
    if (!this.answers) return;
    const heads = ["contract", "jaar", "besparing", "verdeeld", ...PARTS, "apart", "achterstand", "lening"];
    const rows = this.answers.flatMap((one, at) => one.years.map((y, k) => [at ? "B" : "A", k + 1, ...[y.saving, y.divided, ...PARTS.map((p) => y[p]), y.apart, y.arrears, y.balance].map((v) => v.toFixed(2).replace(".", ","))]));
    const assumed = this.forms.slice(0, this.answers.length).map((form, at) => `${at ? "B" : "A"}: ${this.doc.fields.map(([name, title]) => `${title} ${form[name] ?? this.doc.example[name]}`).join("; ")}`);
    download("verdeling.csv", table(heads, rows, [say("fallTag", { area: this.title }), say("fallFixed"), ...assumed]), "text/csv;charset=utf-8");
  }

  foot() {
    const lines = Object.values(this.doc.source).map((s) => h("li", {}, `${s.publisher}, ${s.title}. ${say(`terms_${s.terms}`, { licence: s.licence })}`));
    return h("footer.km-footer", {}, h("div.km-width.km-columns", {}, h("section", {}, h("h2", {}, say("sourcesHere")), h("ul", {}, lines)), h("section", {}, h("h2", {}, say("licence")), h("p", {}, say("licenceOurs", { licence: "CC BY-NC 4.0" })), h("p", {}, h("b", {}, say("nonCommercial")))),
      h("section", {}, h("h2", {}, say("privacy")), h("p", {}, say("privacyText"))), h("section", {}, h("h2", {}, say("cite")), h("p", {}, `kavelmon (${this.common.date.slice(-4)}). ${say("costKicker")}. ${say("versionWord")} ${this.common.version}, ${this.common.date}.`))));
  }
}

const costs = {
  async render({ model, el }) {
    el.setAttribute("aria-busy", "true");
    const [common, doc] = await Promise.all([unpacked(model.get("common")), unpacked(model.get("cost"))]);
    prepare(common, vegaFrom(document.getElementById("kavelmon-vega"), () => model.get("vega")));
    setWords({ ...common.texts, ...doc.texts });
    FIGURES.specs = { ...FIGURES.specs, ...doc.specs };
    const served = model.get("address") === "query";
    const clean = location.href.split(/[?#]/)[0];
    const link = {
      ask: asking(model, ASK_MS),
      keep: served ? (text, step) => history[step ? "pushState" : "replaceState"](null, "", `${clean}?${text}`) : null,
      whole: served ? (text) => `${clean}?${text}` : null,
    };
    const given = new URLSearchParams(served ? location.search.slice(1, 500) : "");
    const asked = { bad: [], area: given.get("gebied") ?? "", reference: given.get("vergeleken") ?? "" };
    const page = new Costs(el, common, doc, link);
    page.start(asked);
    if (served) addEventListener("popstate", () => location.reload());
    el.removeAttribute("aria-busy");
  },
};
export { costs };
