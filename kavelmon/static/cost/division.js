// Kosten en verdeling, the lower part: a made-up saving divided under one contract or two. The kernel does the sums.
const WAIT_MS = 250; // after the last key in a field
const PARTS = ["rente", "aflossing", "aanbieders", "bekostigers", "fonds"];
const LABELS_PX = 430; // figures that are narrower have no room for names beside the bars, or for those under them in a row

class Division {
  // `ask` puts a question to the kernel; `changed` is called when what was filled in has another answer.
  constructor(doc, ask, forms, changed) {
    Object.assign(this, { doc, ask, changed, forms: [forms[0] ?? {}, forms[1] ?? {}], second: forms.length > 1 });
    this.figures = Object.fromEntries([["steps", "steps"], ["decade", "decade"], ["other", "decade"]].map(([name, kind]) => [name, new Figure(name, kind)]));
    for (const figure of Object.values(this.figures)) figure.onwidth = () => this.draw();
    this.formsBox = h("div.km-forms", {});
    this.faults = h("div", { role: "status", "aria-live": "polite", id: "km-fouten" });
    this.told = h("span.km-hidden", { role: "status" });
    this.divided = h("div", {});
    this.tag = h("span.km-tag", {});
    this.box = h("div.km-panel", {}, h("div.km-width", {}, h("h2", {}, say("fallHead"), " ", this.tag), h("p", {}, say("fallLead")), h("p.km-note", {}, say("fallFixed")),
      h("details.km-fold", { open: innerWidth > 860 }, h("summary", {}, say("fallAssumptions")), this.formsBox), this.told, this.faults, this.divided));
    this.form();
  }

  name(title) { this.tag.textContent = say("fallTag", { area: title }); this.title = title; }
  value(at, name) { return this.forms[at][name] ?? this.doc.example[name]; }
  text(at, name) { const value = this.value(at, name); return typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 2).replace(/(,\d*?)0+$/, "$1") : value; }
  // What was filled in otherwise than in the example, by contract.
  get filled() { return this.forms.slice(0, this.second ? 2 : 1).map((form) => Object.fromEntries(Object.entries(form).filter(([name, value]) => String(value) !== String(this.doc.example[name])))); }

  // The same of what is shown: what cannot be is neither shared nor saved.
  get given() { return this.right ?? this.filled; }

  // Make the form anew and stay where somebody was in it.
  again(said) {
    const { name } = document.activeElement ?? {};
    this.form();
    this.formsBox.querySelector(`[name="${name}"]`)?.focus({ preventScroll: true });
    this.told.textContent = said;
    this.divide();
  }

  form() {
    const { fields, choices } = this.doc;
    const entry = (at, [name, , title, unit]) => {
      const id = `km-${at}-${name}`;
      const given = (event) => { this.forms[at][name] = event.target.value; this.later(); };
      const input = choices[name]
        ? h("select", { id, onchange: given }, Object.entries(choices[name]).map(([key, text]) => h("option", { value: key, selected: key === String(this.value(at, name)) }, text)))
        : h("input", { id, type: "text", inputmode: "decimal", value: this.text(at, name), oninput: given });
      return h("div.km-entry", {}, h("label", { for: id }, title, unit ? h("small", {}, ` ${unit}`) : "", " ", h("small.km-assumed", {}, say("fallAssumption"))), input);
    };
    const groups = [...new Set(fields.map(([, group]) => group))];
    const one = (group, at) => h("fieldset.km-form", {}, h("legend", {}, this.second ? `${group}, ${say(at ? "fallSecond" : "fallFirst")}` : group), fields.filter((field) => field[1] === group).map((field) => entry(at, field)));
    const press = (text, act, attributes = {}) => h("button.km-button", { type: "button", onclick: act, ...attributes }, text);
    this.formsBox.replaceChildren(...groups.map((group) => h(this.second ? "div.km-contracts" : "div", {}, [0, ...(this.second ? [1] : [])].map((at) => one(group, at)))), h("div.km-buttons", {},
      press(say("fallOther"), () => { this.second = !this.second; if (this.second) this.forms[1] = { ...this.forms[0] }; this.again(say(this.second ? "fallAdded" : "fallRemoved")); }, { "aria-pressed": String(this.second), name: "second" }),
      press(say("fallReset"), () => { this.forms = [{}, {}]; this.again(say("fallBack")); }, { name: "reset" }), press(say("fallCsv"), () => this.csv())));
  }

  later() { clearTimeout(this.waiting); this.waiting = setTimeout(() => this.divide(), WAIT_MS); }

  async divide() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const { filled } = this;
    let answers = filled.every((form) => !Object.keys(form).length) && filled.length === 1 ? [this.doc.divided] : null; // the example is worked out already
    if (!answers) {
      const answer = await this.ask?.({ ask: "divide", forms: filled });
      if (turn !== this.turn) return;
      answers = answer?.divided;
      if (!answers) { this.faults.replaceChildren(h("p.km-warn", {}, say("fallGone"))); return; }
    }
    const faults = answers.flatMap((one, at) => (one.faults ?? []).map((text) => (this.second ? `${say(at ? "fallSecond" : "fallFirst")}: ${text}` : text)));
    this.faults.replaceChildren(faults.length ? h("div.km-warn", {}, h("b", {}, say("fallWrong")), faults.map((text) => h("p", {}, text)), h("p", {}, say("fallStays"))) : "");
    this.box.dataset.answered = String(turn);
    this.mark(answers);
    if (faults.length && this.answers) return; // what was right stays
    if (faults.length) answers = [this.doc.divided];
    this.right = faults.length ? [{}] : filled;
    this.answers = answers;
    this.changed();
    await this.shown();
  }

  // Mark the fields that a sentence is about; each begins with the name of its field.
  mark(answers) {
    for (const [at, one] of answers.entries()) for (const [name, , title] of this.doc.fields) {
      const wrong = (one.faults ?? []).some((text) => text.startsWith(title));
      const box = this.formsBox.querySelector(`#km-${at}-${name}`);
      if (wrong) { box?.setAttribute("aria-invalid", "true"); box?.setAttribute("aria-describedby", "km-fouten"); } else { box?.removeAttribute("aria-invalid"); box?.removeAttribute("aria-describedby"); }
    }
  }

  // Which contract a part is of, where there are two.
  of(at) { return this.answers.length > 1 ? ` (${say(at ? "fallSecond" : "fallFirst")})` : ""; }

  async shown() {
    const [first, second] = this.answers;
    const n = first.years.length;
    const named = (kind) => h("span", {}, h("i.km-swatch", { style: `background:${this.doc.colours[kind]}` }), ` ${say(`part_${kind}`)}`);
    const card = (head, ...rest) => h("section.km-card", {}, h("h3", {}, head), ...rest);
    const plain = (value) => number(Math.round(value));
    const bold = (text) => h("b", {}, text);
    const parts = [...PARTS, ...(this.answers.some((one) => one.totals.apart) ? ["apart"] : [])];
    const open = (one) => one.years.at(-1).arrears;
    const over = (year) => Math.max(0, year.saving) - year.divided; // below the limit, or made good for earlier years
    const beside = (kind, values, last = "") => (values.some((v) => Math.abs(v) >= 0.5) ? [[say(`part_${kind}`, { n }), ...values.map(plain), ...(last === "" ? [] : [last])]] : []);
    const total = (one) => one.years.reduce((sum, year) => sum + over(year), 0);
    const shares = second
      ? costTable([say("fallWhere"), say("fallFirst"), say("fallSecond"), say("fallDifference")], [...parts.map((kind) => [named(kind), plain(first.totals[kind]), plain(second.totals[kind]), number(Math.round(second.totals[kind] - first.totals[kind]), 0, true)]), [say("fallTogether"), plain(first.totals.divided), plain(second.totals.divided), number(Math.round(second.totals.divided - first.totals.divided), 0, true)].map(bold),
        ...beside("over", [total(first), total(second)], number(Math.round(total(second) - total(first)), 0, true)), ...beside("open", [open(first), open(second)], number(Math.round(open(second) - open(first)), 0, true))], say("fallTable"))
      : costTable([say("fallWhere"), say("fallYearOne"), say("fallAll", { n })], [...parts.map((kind) => [named(kind), plain(first.years[0][kind]), plain(first.totals[kind])]), [say("fallTogether"), plain(first.years[0].divided), plain(first.totals.divided)].map(bold),
        ...beside("over", [over(first.years[0]), total(first)]), ...(open(first) >= 0.5 ? [[say("part_open", { n }), "", plain(open(first))]] : [])], say("fallTable"));
    const less = (one, at) => costTable([say("fallSaving"), say("fallDebt"), say("fallDivided"), say("fallArrears")], one.whatIf.map((y) => [h("span", {}, y.name, h("small.km-block", {}, plain(y.saving))), plain(y.rente + y.aflossing), plain(y.aanbieders + y.bekostigers + y.fonds + y.apart), plain(y.arrears)]), say("fallIf") + of(at));
    const fund = (one) => { let sum = 0; return one.years.map((y) => (sum += y.fonds)); };
    const funds = this.answers.map(fund);
    const loan = costTable([say("costYear"), ...this.answers.flatMap((_, at) => { const of = second ? ` ${at ? "B" : "A"}` : ""; return [say("fallBalance") + of, say("fallArrears") + of, say("fallFund") + of]; })],
      first.years.map((_, k) => [String(k + 1), ...this.answers.flatMap((one, at) => [plain(one.years[k].balance), plain(one.years[k].arrears), plain(funds[at][k])])]), say("fallLoan"));
    const of = (at) => this.of(at);
    const decade = (at) => card(say("fallDecade", { n }) + of(at), this.figures[at ? "other" : "decade"].box);
    const [moves, arrears] = [first.quality ? h("p.km-note", {}, first.quality) : "", h("p.km-note", {}, say("fallArrearsHow"))];
    const pair = (...cards) => h("div.km-pair", {}, cards);
    const short = this.answers.map((one, at) => card(say("fallIf") + of(at), less(one, at), arrears.cloneNode(true)));
    this.divided.replaceChildren(h("p.km-assumed-line", {}, this.answers.map((one, at) => h("span", {}, second ? h("b", {}, `${say(at ? "fallSecond" : "fallFirst")}: `) : "", `${one.assumed}. `)), second ? h("span", {}, this.apart()) : ""), ...this.notes(),
      ...(second ? [card(`${say("fallTable")} (${say("fallAll", { n })})`, shares), pair(decade(0), decade(1)), pair(...short)] : [pair(card(say("fallYear", { n: 1 }), this.figures.steps.box), decade(0)), pair(card(say("fallTable"), shares, moves), ...short)]),
      h("details.km-fold", {}, h("summary", {}, say("fallLoan")), loan));
    await this.draw();
  }

  // What there is to say of each contract, before its figures.
  notes() { return this.answers.flatMap((one, at) => one.notes.map((text) => h("p.km-remark", {}, this.answers.length > 1 ? `${say(at ? "fallSecond" : "fallFirst")}: ${text}` : text))); }

  // What the second contract has otherwise than the first.
  apart() {
    const shown = (at, name) => this.doc.choices[name]?.[this.value(at, name)] ?? this.text(at, name);
    const other = this.doc.fields.filter(([name]) => shown(0, name) !== shown(1, name)).map(([name, , title]) => `${title.toLowerCase()} ${shown(0, name) || "–"} → ${shown(1, name) || "–"}`);
    return other.length ? say("fallApart", { list: other.join("; ") }) : say("fallSame");
  }

  async draw() {
    if (!this.answers) return;
    const [first, second] = this.answers;
    const [one] = first.years;
    const wide = this.figures.decade.box.clientWidth > LABELS_PX;
    let left = one.divided / 1000;
    const steps = [{ order: 0, name: say("part_alles"), from: 0, to: Math.max(left, 0), kind: "alles", label: number(Math.round(left)) }];
    for (const kind of PARTS) {
      const amount = one[kind] / 1000;
      steps.push({ order: steps.length, name: say(`part_${kind}`).replace(" ", "\n"), from: left - amount, to: left, kind, label: number(Math.round(amount)) });
      left -= amount;
    }
    if (second) await this.decade("other", second, wide);
    else await this.figures.steps.show(say("fallStepsLabel", { list: PARTS.map((k) => `${say(`part_${k}`)} ${euro(one[k])}`).join(", ") }), { steps, ground: [{ value: 0 }] }, { top: Math.max(one.divided / 1000, 1) * 1.12, apart: wide ? 0 : 18 }, 250);
    await this.decade("decade", first, wide);
  }

  // Draw the years of one contract, with names beside the last one where there is room; both have one scale.
  async decade(name, { years }, wide) {
    const parts = years.flatMap((year, k) => PARTS.map((kind, order) => ({ year: k + 1, value: year[kind] / 1e6, kind, order, name: say(`part_${kind}`), label: euro(year[kind]) })));
    // names stand where the parts do in the last of the years that have the most of them
    const held = (year) => PARTS.filter((kind) => year[kind] >= 0.5);
    const most = Math.max(...years.map((year) => held(year).length));
    const shown = years.findLast((year) => held(year).length === most);
    let sum = 0;
    const beside = held(shown).map((kind) => { const value = shown[kind] / 1e6; sum += value; return { value: sum - value / 2, name: say(`part_${kind}`) }; });
    const top = Math.max(...this.answers.flatMap((one) => one.years.map((year) => year.divided))) / 1e6 || 1;
    for (let k = 1; k < beside.length; k++) beside[k].value = Math.max(beside[k].value, beside[k - 1].value + top * 0.075); // those of thin parts move up
    await this.figures[name].show(say("fallDecadeLabel", { n: years.length, of: this.of(name === "other" ? 1 : 0) }), { parts, ends: wide && sum ? beside : [] }, { top, room: wide && sum ? 124 : 4 }, 260);
  }

  csv() {
    if (!this.answers) return;
    const heads = ["contract", "jaar", "besparing", "verdeeld", ...PARTS, "apart", "achterstand", "lening"];
    const rows = this.answers.flatMap((one, at) => one.years.map((y, k) => [at ? "B" : "A", k + 1, ...[y.saving, y.divided, ...PARTS.map((p) => y[p]), y.apart, y.arrears, y.balance].map((v) => v.toFixed(2).replace(".", ","))]));
    const filled = (at, name) => this.given[at]?.[name] ?? this.doc.example[name];
    const assumed = this.answers.map((_, at) => `${at ? "B" : "A"}: ${this.doc.fields.map(([name, , title]) => `${title}: ${this.doc.choices[name]?.[filled(at, name)] ?? String(filled(at, name)).replace(".", ",")}`).join(" | ")}`);
    download("verdeling.csv", table(heads, rows, [say("fallTag", { area: this.title }), say("fallFixed"), ...assumed]), "text/csv;charset=utf-8");
  }
}
