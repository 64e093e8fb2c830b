// Kosten en verdeling, the upper part: what care in an area cost, what was expected, and whether a difference can be chance.
const NAMES_PX = 96; // right of the last year, for the names of the lines
const euro = (value) => (value === null || value === undefined ? "–" : `${value < 0 ? "−" : ""}€${NBSP}${number(Math.abs(Math.round(value)))}`);
const inMillions = (value) => (value === null ? "–" : `${value < 0 ? "−" : ""}€${NBSP}${number(Math.abs(value) / 1e6, 1)} mln`);
const inPercent = (value) => `${number(100 * value, 1, true)}${NBSP}%`;
const inChance = (value) => (value === null ? "–" : value < 0.001 ? `< ${number(0.001, 3)}` : number(value, value < 0.2 ? 3 : 2));
const yesOrNo = (value) => (value === null ? "–" : say(value ? "costYes" : "costNo"));

// A table in a box of its own that scrolls where it is too wide; cells of `small` are left out on a phone.
function costTable(heads, rows, label, small = []) {
  const name = (tag, k) => `${tag}${k ? ".km-number" : ""}${small.includes(k) ? ".km-wide-only" : ""}`;
  return h("div.km-scroll.km-whole", { tabindex: 0, role: "region", "aria-label": label }, h("table.km-table", {}, h("thead", {}, h("tr", {}, heads.map((text, k) => h(name("th", k), { scope: "col" }, text)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, k) => (k ? h(name("td", k), {}, cell) : h("th", { scope: "row" }, cell))))))));
}

class CostArea {
  constructor(doc, changed) {
    Object.assign(this, { doc, changed });
    this.unit = {}; // what somebody filled in for one person under a law, by law
    this.amounts = {}; // and what that comes to, EUR
    this.figures = Object.fromEntries(["cost", "others"].map((name) => [name, new Figure(name, name)]));
    for (const figure of Object.values(this.figures)) figure.onwidth = () => this.draw();
    this.box = h("div", {});
  }

  // Show one area beside one reference; `tools` goes under the lead, `buttons` at the end.
  show(known, reference, tools, buttons) {
    Object.assign(this, { known, found: known.of[reference], title: known.area.title });
    const { found } = this;
    const { years } = found;
    const [first, last] = years ? [years[0], years.at(-1)] : found.pre;
    this.box.replaceChildren(h("header", {}, h("p.km-kicker", {}, say("costKicker")), h("h1", {}, this.title), h("p.km-lead", {}, say(years ? "costScope" : "costScopeEarly", { first, last })), h("p", {}, say("costFirst", this.doc.first)), tools),
      this.verdict(), ...(years ? [this.course(), this.how()] : []), this.least(), ...(found.pre_periods ? [this.periods(), this.methods(), this.groups()] : []), this.laws(), this.notes(), buttons);
    return this.draw();
  }

  verdict() {
    const { found } = this;
    const states = [say("stateGood"), say("stateEdge")];
    return h(`section.km-verdict-box.km-kind-${found.kind}`, { "aria-labelledby": "km-oordeel" },
      h("div", {}, h("p.km-word", {}, say("costAsk")), h("h2", { id: "km-oordeel" }, found.verdict), [found.whatIf, ...found.said].filter(Boolean).map((text) => h("p", {}, text))),
      found.checks.length ? h("dl.km-checks", {}, found.checks.map(([name, state, text]) => h("div", {}, h("dt", {}, h(`b.km-state-${["good", "edge", "bad"][states.includes(state) ? states.indexOf(state) : 2]}`, {}, state), h("small", {}, name)), h("dd", {}, text)))) : "");
  }

  course() {
    const { found } = this;
    const [actual, expected] = [found.actual.at(-1) * 1e6, found.expected.at(-1) * 1e6]; // of the year that the verdict is of
    const difference = expected - actual;
    const plain = ["lower", "higher"].includes(found.kind); // then the verdict says which way
    const kind = plain ? found.verdict.toLowerCase() : say(difference < 0 ? "costHigher" : "costLower", { verdict: found.verdict.toLowerCase() });
    const sums = [[say("costActual"), actual], [say("costExpected"), expected], ...(found.others ? [[kind, Math.abs(difference)]] : [])]; // of an approximation it is that of the gemeente
    const card = (name, head, how) => h("section.km-card", {}, h("h3", {}, head), h("p.km-subtitle", {}, how), this.figures[name].box);
    const { others, number: n } = found;
    return h("section", {}, h("div.km-section-head", {}, h("h2", {}, say("costHead")), h("small", {}, say("costSum", { last: found.years.at(-1) }))),
      h("dl.km-sums", {}, sums.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, inMillions(value))))),
      h(others ? "div.km-pair" : "div", {}, card("cost", say("costChart"), say(others ? "costChartHow" : "costChartAxis")),
        others ? card("others", say("costOthers"), say(others.length < n ? "costOthersSome" : "costOthersHow", { n: number(n), k: number(others.length) })) : ""),
      h("details.km-fold", {}, h("summary", {}, say("costByYear")), this.byYear()));
  }

  how() { return h("div.km-expected", {}, this.found.how.map((text) => h("p", {}, text))); }

  least() {
    return this.found.least ? h("section", {}, h("h2", {}, say("costLeast")), h("p", {}, this.found.least), h("p", {}, this.found.luck), h("p.km-note", {}, say("costLeastHow"))) : "";
  }

  // Every year that is drawn: expected, actual, difference, share and p; a p only since the start.
  years() {
    const { found } = this;
    const judged = new Map((found.byYear ?? []).map((row) => [row[0], row]));
    return found.years.map((year, k) => {
      const [e, a] = [1e6 * found.expected[k], 1e6 * found.actual[k]];
      return judged.get(year) ?? [year, e, a, e - a, (e - a) / e, null];
    });
  }

  byYear() {
    const all = Boolean(this.found.byYear); // of an approximation a difference says nothing
    const some = (row) => (all ? row : row.slice(0, 3));
    return costTable(some([say("costYear"), say("costExpectedShort"), say("costActual"), say("costDifferenceShort"), say("costShare"), say("costP")]),
      [...this.years().map(([year, e, a, d, share, p]) => some([String(year), euro(e), euro(a), euro(d), inPercent(share), inChance(p)])), ...this.together(some)], say("costHead"), all ? [1, 2] : []);
  }

  // The years since the start in one row, where there are more of them.
  together(some) {
    const { start, sum, years } = this.found;
    if (start >= years.at(-1)) return [];
    return [some([say("costTogether", { first: start, last: years.at(-1) }), euro(sum.expected), euro(sum.actual), euro(sum.difference), inPercent(sum.difference / sum.expected), ""])];
  }

  periods() {
    const rows = this.found.pre_periods.map(([first, last, d, share, p, holds, flagged]) => [h("span", {}, h("span.km-nowrap", {}, `${first}–${last}`), flagged ? h("small", {}, ` ${say("costBreak")}`) : ""), inMillions(d), inPercent(share), inChance(p), yesOrNo(holds)]);
    return h("section", {}, h("h2", {}, say("costPre")), h("p", {}, say("costPreHow")), costTable([say("costPreOf"), say("costDifferenceShort"), say("costShare"), say("costP"), say("costHolds")], rows, say("costPre"), [2]));
  }

  methods() {
    const rows = this.found.methods.map(([name, d, share, p, payable]) => [name, inMillions(d), inPercent(share), inChance(p), say(payable ? "costYes" : "costNo")]);
    return h("section", {}, h("h2", {}, say("costMethods")), costTable([say("costMethod"), say("costDifferenceShort"), say("costShare"), say("costP"), say("costPayable")], rows, say("costMethods"), [2]), h("p.km-note", {}, this.found.span));
  }

  groups() {
    const { groups } = this.found;
    if (!groups.length) return h("section", {}, h("h2", {}, say("costGroups")), h("p", {}, say("costNoCells")));
    const rows = groups.map(([name, [first, last], d, share, p]) => [name, `${first}–${last}`, inMillions(d), inPercent(share), inChance(p)]);
    return h("section", {}, h("h2", {}, say("costGroups")), h("p", {}, say("costGroupsHow")), costTable([say("costGroup"), say("costPreOf"), say("costDifferenceShort"), say("costShare"), say("costP")], rows, say("costGroups"), [1]));
  }

  // Of each law what is known: cost, or people of whom somebody can say what one of them costs.
  laws() {
    this.amounts = {};
    const counted = (law, year, people) => {
      const id = `km-eenheid-${law}`;
      const out = h("b", { "aria-live": "polite" });
      const tell = (text) => {
        delete this.amounts[law];
        const value = Number(text.trim().replace(/\.(?=\d{3}(\D|$))/g, "").replace(",", "."));
        if (text.trim() !== "" && Number.isFinite(value) && value >= 0) this.amounts[law] = people * value;
        out.textContent = text.trim() === "" ? "" : Number.isFinite(value) && value >= 0 ? say("costCounted", { amount: inMillions(people * value) }) : say("costNoNumber");
      };
      const field = h("input", { id, type: "text", inputmode: "decimal", value: this.unit[law] ?? "", oninput: (event) => { this.unit[law] = event.target.value; tell(event.target.value); this.changed(); } });
      tell(this.unit[law] ?? "");
      return h("div.km-per-head", {}, h("span", {}, say("costPeople", { n: number(Math.round(people)), year })), h("label", { for: id }, say("costUnit", { law }), " ", h("small.km-assumed", {}, say("fallAssumption"))), field, out);
    };
    const rows = this.known.laws.map(([law, basis, year, people, cost, note, source]) => h("div", {}, h("dt", {}, law), h("dd", {}, cost === null ? "" : h("b", {}, say("costInYear", { amount: inMillions(cost), year })), h("p", {}, note, source ? h("small", {}, ` ${say("source")}: ${source}.`) : ""), basis === "counted" ? counted(law, year, people) : "")));
    return h("section", {}, h("h2", {}, say("costLaws")), h("dl.km-laws", {}, rows));
  }

  notes() { return h("details.km-fold", {}, h("summary", {}, say("costNotes")), h("ul", {}, this.found.notes.map((text) => h("li", {}, text)))); }

  async draw() {
    const { found, title } = this;
    if (!found?.years) return;
    const { years, start, band } = found;
    const last = years.at(-1);
    const since = [{ year: start - 0.5, end: last }];
    const line = (role, values, name) => years.map((year, k) => ({ year, value: values[k], role, name, label: `€${NBSP}${number(values[k], 1)} mln` }));
    const [a, e] = [found.actual.at(-1), found.expected.at(-1)];
    const low = Math.min(...found.actual, ...found.expected, ...(band?.[0] ?? []));
    const high = Math.max(...found.actual, ...found.expected, ...(band?.[1] ?? []));
    const near = Math.abs(a - e) < (high - low) * 0.15; // then their names would cover each other
    const ends = [["actual", a, say("costActual")], ["expected", e, say("costExpectedShort")]].map(([role, value, name]) => ({ role, value, name: `${number(value, 1)}\n${name}`, dy: near ? ((role === "actual") === a < e ? 20 : -20) : 0 }));
    await this.figures.cost.show(say("costChartLabel", { area: title }), { band: band ? years.map((year, k) => ({ year, low: band[0][k], high: band[1][k] })) : [], lines: [...line("expected", found.expected, say("costExpected")), ...line("actual", found.actual, say("costActual"))], ends, start: since }, { years }, 280);
    if (!found.others) return;
    const others = found.others.flatMap((row, part) => years.map((year, k) => ({ year, value: row[k], part })));
    const all = [...others.map((o) => o.value), ...found.share];
    const [top, bottom] = [Math.max(...all), Math.min(...all)];
    const own = years.map((year, k) => ({ year, value: found.share[k], name: title, label: `${number(found.share[k], 1, true)}${NBSP}%` }));
    const short = title.length > 11 ? say("costThis") : title;
    await this.figures.others.show(say("costOthersLabel", { area: title, n: number(found.number) }), { others, zero: [{ value: 0 }], lines: own, start: since, ends: [{ value: found.share.at(-1), name: `${short}\n${number(found.share.at(-1), 1, true)}${NBSP}%` }],
      said: [{ value: top + (top - bottom) * 0.09, text: say("costLess") }, { value: bottom - (top - bottom) * 0.09, text: say("costMore") }] }, { years }, 280);
  }

  csv() {
    const { found } = this;
    const plain = (value, decimals) => (value === null || value === undefined ? "" : value.toFixed(decimals).replace(".", ","));
    const cells = (kind, what, expected, actual, difference, share, p) => [kind, what, plain(expected, 2), plain(actual, 2), plain(difference, 2), plain(share === null ? null : 100 * share, 2), plain(p, 4)];
    const rows = [...(found.years ? this.years() : []).map(([year, e, a, ...rest]) => cells("jaar", year, e, a, ...(found.byYear ? rest : [null, null, null]))), ...(found.pre_periods ?? []).map(([first, last, d, s, p]) => cells("jaren vooraf", `${first}-${last}`, null, null, d, s, p)),
      ...(found.methods ?? []).map(([name, d, s, p]) => cells("methode", name, null, null, d, s, p)), ...(found.groups ?? []).map(([name, , d, s, p]) => cells("zorgsoort", name, null, null, d, s, p)), ...this.known.laws.map(([law, , year, people, cost]) => cells("wet", `${law} ${people ? say("costPeople", { n: number(Math.round(people)), year }) : year ?? ""}`.trim(), null, cost, null, null, null)),
      ...this.known.laws.filter(([law]) => this.amounts[law] !== undefined).map(([law, , year, people]) => cells("geraamd", `${law} ${year}: ${number(Math.round(people))} × ${this.unit[law]} (${say("fallAssumption")})`, null, this.amounts[law], null, null, null))];
    const said = [`${this.title}: ${found.verdict}`, found.whatIf, ...found.said, ...found.checks.map(([name, state, text]) => `${name}: ${state}. ${text}`), found.least, ...found.notes, ...this.known.laws.filter((row) => row[6]).map((row) => `${row[0]}: ${row[5]} ${say("source")}: ${row[6]}.`)].filter(Boolean);
    download(`kosten_${this.title.toLowerCase().replace(/[^a-z0-9]+/g, "_")}.csv`, table(["soort", "wat", "verwacht_euro", "werkelijk_euro", "verschil_euro", "verschil_procent", "p"], rows, [...said, ...sourceLines({ sources: this.doc.source }, Object.keys(this.doc.source))]), "text/csv;charset=utf-8");
  }
}
