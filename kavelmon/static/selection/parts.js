// Pieces of the page Kavelselectie: each function makes one part from the document and what is chosen.
const FEW_PEOPLE = 1000; // in a wijk with fewer an estimate says little
const DRIVES = 0.25; // points; less is hardly anything
const percent = (value) => (value === null || value === undefined || Number.isNaN(value) ? "–" : `${number(value)}${NBSP}%`);
const placeOf = (n) => number(n, 0);

// The chance to be among the first, from hundredths on: a smaller one is no zero.
function chance(value, signs = ["<", ">"]) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value > 0 && value < 1) return `${signs[0]}${NBSP}1${NBSP}%`;
  return value > 99 && value < 100 ? `${signs[1]}${NBSP}99${NBSP}%` : percent(value);
}

function wijkName(doc, n) {
  const town = doc.towns[doc.town[n]];
  return doc.names[n] === town ? town : `${doc.names[n]} (${town})`;
}

// A bar from 0 to 100 with the middle marked; nothing where there is no score.
function scoreBar(score, { faint = false } = {}) {
  if (score === null || score === undefined || Number.isNaN(score)) return h("span.km-note", {}, say("selNone0"));
  return h(`span.km-score${faint ? ".km-faint" : ""}`, { "aria-hidden": "true" }, h("i", { style: `width:${score.toFixed(1)}%` }), h("b", {}));
}

function groupRows(doc, scores) {
  return h("table.km-groups", {}, h("caption.km-hidden", {}, say("selGroups")), h("tbody", {}, doc.groups.map((g, at) => {
    const score = g.scores ? scores[at] : null;
    return h("tr", {}, h("th", { scope: "row" }, g.title, g.inherited ? h("small", {}, ` ${say("selInherited")}`) : ""),
      h("td", {}, g.scores ? scoreBar(score) : h("span.km-note", {}, say("selNoFigures"))), h("td.km-number", {}, g.scores ? number(score, 0) : ""));
  })));
}

// What must be known of a wijk before its place is believed.
function cautions(page, n) {
  const { doc, weights } = page;
  const found = [];
  if (doc.people[n] < FEW_PEOPLE) found.push(say("selSmall"));
  if (doc.indicators.some((i) => i.scores[n] === null && weights[i.group] > 0)) found.push(say("selGaps"));
  return found.length ? h("small.km-caution", {}, ` ${found.join(", ")}`) : "";
}

function listRow(page, n) {
  const { doc, scores, sure } = page;
  const rank = scores.rank[n];
  return h("tr", { class: n === page.chosen ? "km-chosen" : null },
    h("td.km-number", {}, rank ? placeOf(rank) : "–"),
    h("th", { scope: "row" }, h("button.km-unit", { type: "button", "aria-pressed": String(n === page.chosen), onclick: () => page.pick(n, true) }, doc.names[n]), " ", h("small", {}, doc.towns[doc.town[n]]), cautions(page, n)),
    h("td.km-number", {}, rank ? number(scores.total[n], 1) : say("selNoScore")),
    h("td.km-number.km-range-cell", {}, rank && sure ? `${placeOf(sure.low[n])}–${placeOf(sure.high[n])}` : "–"),
    h("td.km-number.km-wide", {}, rank && sure ? chance(sure.top[n]) : "–"),
    h("td.km-number.km-wide", {}, number(doc.people[n])));
}

function wijkList(page, numbers, shown, more) {
  if (!page.enough) return h("p.km-empty", {}, say("selNeeds"));
  if (!numbers.length) return h("p.km-empty", {}, say("selNothing"));
  const heads = [["selPlace"], ["selName"], ["selScore"], ["selInterval"], ["selChance", { n: page.doc.first }], ["selPeople"]];
  const head = h("thead", {}, h("tr", {}, heads.map(([key, values], at) => h(at === 1 ? "th" : at > 3 ? "th.km-number.km-wide" : "th.km-number", { scope: "col" }, say(key, values)))));
  const part = numbers.slice(0, shown);
  return h("div", {}, h("div.km-scroll", { tabindex: 0, role: "region", "aria-label": say("selListHead") },
    h("table.km-table.km-wijken", {}, head, h("tbody", {}, part.map((n) => listRow(page, n))))),
    h("p.km-note", {}, say("selShown", { n: number(part.length), all: number(numbers.length) })),
    part.length < numbers.length ? h("button.km-button", { type: "button", onclick: more }, say("selMore")) : "");
}

function driver(doc, n, k, points) {
  const i = doc.indicators[k];
  return h("li", {}, h("span", {}, h("b", {}, i.title), `: ${figure(i.values[n], i)}${i.unit ? ` ${i.unit}` : ""}`,
    h("small", {}, ` ${say("country")} ${figure(i.national, i)} · ${i.period}${i.inherited ? ` · ${say("selInherited")}` : ""}`)),
    h("span.km-number", {}, say("selPoints", { n: number(points, 1, true) })));
}

// What lifts one wijk and what sinks it, under the weights of now.
function card(page, n) {
  const { doc, scores, sure, weights } = page;
  const rank = scores.rank[n];
  const groups = doc.groups.map((g) => g.scores?.[n] ?? null);
  const parts = contributions(doc, weights, n).map((points, k) => [k, points]).filter(([, points]) => points !== null);
  const lifts = parts.filter(([, p]) => p >= DRIVES).sort((a, b) => b[1] - a[1]).slice(0, 4);
  const sinks = parts.filter(([, p]) => p <= -DRIVES).sort((a, b) => a[1] - b[1]).slice(0, 4);
  const shown = new Set([...lifts, ...sinks].map(([k]) => k));
  const rest = parts.filter(([k]) => !shown.has(k)).reduce((sum, [, p]) => sum + p, 0);
  const lacking = doc.indicators.filter((i) => i.scores[n] === null && weights[i.group] > 0).map((i) => i.title.toLowerCase());
  const [low, high] = limits(doc, weights, n);
  const said = [];
  if (rank) {
    said.push(say("selPlaceOf", { rank: placeOf(rank), all: number(scores.order.length), score: number(scores.total[n], 1) }));
    if (sure && sure.low[n] !== null) said.push(say("selCertain", { low: placeOf(sure.low[n]), high: placeOf(sure.high[n]), top: chance(sure.top[n], [say("selLess"), say("selOver")]), n: doc.first }));
  } else if (!doc.people[n]) said.push(say("selEmpty"));
  else said.push(say("selNone", { known: groups.filter((s, g) => s !== null && weights[g] > 0).length, least: doc.least }));
  const moved = page.plain && rank && doc.moved[n] !== null ? h("p.km-note", {}, say("selMoved", { n: placeOf(doc.moved[n]) })) : "";
  const figures = h("details.km-fold", {}, h("summary", {}, say("selAllFigures")), h("div.km-scroll", { tabindex: 0, role: "region", "aria-label": say("selAllFigures") }, h("table.km-table", {},
    h("thead", {}, h("tr", {}, [say("indicator"), say("selValue"), say("country"), say("selPlaceScore"), say("selPeriod")].map((t, at) => h(at ? "th.km-number" : "th", { scope: "col" }, t)))),
    h("tbody", {}, doc.indicators.map((i) => h("tr", {}, h("th", { scope: "row" }, i.title, i.inherited ? h("small", {}, ` ${say("selInherited")}`) : ""),
      h("td.km-number", {}, figure(i.values[n], i)), h("td.km-number", {}, figure(i.national, i)), h("td.km-number", {}, number(i.scores[n], 0)), h("td.km-number", {}, i.period)))))));
  const side = (title, list) => (list.length ? h("div", {}, h("h4", {}, title), h("ul.km-drivers", {}, list.map(([k, points]) => driver(doc, n, k, points)))) : "");
  const compose = page.link.compose && doc.same[n] ? h("a.km-button", { href: page.link.compose(doc.codes[n]) }, say("selCompose")) : "";
  return h("section.km-card.km-wijk-card", { "aria-labelledby": "km-wijk" },
    h("h3.km-select", { id: "km-wijk", tabindex: -1 }, wijkName(doc, n)),
    h("p.km-note", {}, `${number(doc.people[n])} ${say("selPeople")} · ${doc.codes[n]}`),
    said.map((text) => h("p", {}, text)),
    lacking.length && doc.people[n] ? h("p.km-warn", {}, say("selLimits", { names: lacking.join(", "), low: number(low, 1), high: number(high, 1) }), doc.same[n] ? "" : ` ${say("selOther", { year: doc.year })}`) : "",
    groupRows(doc, groups), h("p.km-note", {}, say("selMiddle")), h("div.km-two-sides", {}, side(say("selLifts"), lifts), side(say("selSinks"), sinks)),
    parts.length ? h("p.km-note", {}, say("selRest", { n: number(rest, 1, true) })) : "", moved, figures,
    h("div.km-buttons", {}, page.compareButton({ wijk: doc.codes[n] }), compose, h("button.km-button", { type: "button", onclick: () => page.backToList() }, say("selBack"))));
}

// Up to four wijken and areas side by side.
function comparison(page) {
  const { doc, scores, sure } = page;
  const things = page.compared.map((key) => page.thing(key)).filter(Boolean);
  if (!things.length) return h("p.km-note", {}, say("selCompareHint"));
  const head = h("tr", {}, h("td", {}), things.map((t) => h("th", { scope: "col" }, t.title, h("br"), h("button.km-link", { type: "button", onclick: () => page.toggle(t.key) }, say("selInCompare")))));
  const row = (title, cells) => h("tr", {}, h("th", { scope: "row" }, title), cells.map((cell) => h("td", {}, cell)));
  const barred = (score) => h("span.km-barred", {}, scoreBar(score), h("span.km-number", {}, number(score, 0)));
  const body = [
    row(say("selScore"), things.map((t) => h("b", {}, number(t.total, 1)))),
    row(say("selPlace"), things.map((t) => (t.area ? say("selPlaceOfArea", { n: chance(t.stands) }) : scores.rank[t.n] ? placeOf(scores.rank[t.n]) : "–"))),
    row(say("selInterval"), things.map((t) => (!t.area && sure && scores.rank[t.n] ? `${placeOf(sure.low[t.n])}–${placeOf(sure.high[t.n])}` : "–"))),
    row(say("selPeople"), things.map((t) => number(t.people))),
    ...doc.groups.map((g, at) => row(g.title, things.map((t) => (g.scores ? barred(t.groups[at]) : h("span.km-note", {}, say("selNoFigures")))))),
  ];
  return h("div.km-scroll.km-whole", { tabindex: 0, role: "region", "aria-label": say("selCompareHead") }, h("table.km-table.km-compared", {}, h("thead", {}, head), h("tbody", {}, body)));
}

const FIELDS = ["kansrijk", "waarom", "gemist", "niet"];

function fieldOf(doc, area, stands) {
  if (area.kind === "own" || Number.isNaN(stands)) return ""; // nothing is said of what is not known, or of one's own
  const high = stands >= doc.threshold;
  return area.kind === "nominated" ? (high ? "kansrijk" : "waarom") : high ? "gemist" : "niet";
}

function areasPart(page) {
  const { doc } = page;
  const all = page.areas();
  const names = (field) => all.filter((a) => a.field === field);
  const box = (field) => h(`section.km-field-${field}`, {}, h("h3", {}, say(`selFour_${field}`)), h("p.km-note", {}, say(`selFourHow_${field}`)),
    h("ul", {}, names(field).map((a) => h("li", {}, a.title, h("small", {}, ` ${number(a.people)} ${say("selPeople")}`))), names(field).length ? "" : h("li.km-note", {}, say("selFourNone"))));
  const heads = ["selArea", "selPeopleOf", "selScore", "selAgainstWijken", "selAgainstAreas", ""];
  const kind = (a) => say(`selKind_${a.kind}`);
  const rows = all.map((a) => h("tr", {}, h("th", { scope: "row" }, h("button.km-unit", { type: "button", onclick: () => page.showUnits(a) }, a.title), h("small", {}, ` ${kind(a)}`), h("br"),
    h("small", {}, say("selParts", { n: number(a.units.length), towns: a.towns.length > 4 ? `${a.towns.slice(0, 3).join(", ")} ${say("selMoreTowns", { n: a.towns.length - 3 })}` : a.towns.join(", ") })), a.left.map((t) => h("p.km-note", {}, t))),
    ...[number(a.people), number(a.total, 1), chance(a.above), h("b", {}, chance(a.stands))].map((cell, at) => h("td.km-number", { "data-label": say(heads[at + 1], { year: doc.year }) }, cell)), h("td", {}, page.compareButton({ gebied: a.title }))));
  return h("section", {}, h("h2", { id: "km-gebieden" }, say("selAreasHead")), h("p", {}, say("selAreasLead", { n: number(doc.peers) })),
    h("div.km-four", {}, FIELDS.map(box)), h("p.km-note", {}, say("selFourRule", { n: doc.threshold })),
    h("div.km-scroll.km-whole", { tabindex: 0, role: "region", "aria-label": say("selAreasHead") }, h("table.km-table.km-areas-table", {}, h("thead", {}, h("tr", {}, heads.map((k, at) => h(at && at < 5 ? "th.km-number" : at ? "td" : "th", { scope: at < 5 ? "col" : null }, k ? say(k, { year: doc.year }) : "")))), h("tbody", {}, rows))),
    doc.unplaced.length ? h("p.km-note", {}, say("selUnplaced", { names: doc.unplaced.join("; "), year: doc.year })) : "", h("p.km-note", {}, say("selSearchNote")), page.link.compose ? h("p", {}, h("a", { href: page.link.compose("") }, say("selAnother"))) : "");
}

function funnelPart(doc) {
  const { states, dates, example } = doc.traject;
  const last = dates.at(-1);
  if (!last) return "";
  const used = states.map((_, at) => at).filter((at) => dates.some(([, counts]) => counts[at] > 0));
  // the number that is furthest on its way, and who is still before that
  const furthest = (counts) => counts.slice(0, -1).findLastIndex((n) => n > 0);
  const steps = dates.map(([date, counts]) => {
    const far = furthest(counts);
    const before = used.filter((at) => at < far && counts[at] > 0).map((at) => `${counts[at]} ${states[at][1]}`);
    const gone = counts.at(-1) ? [`${counts.at(-1)} ${states.at(-1)[1]}`] : [];
    return h("li", {}, h("b", {}, number(counts[far] ?? 0)), h("span", {}, states[far]?.[1] ?? ""), h("small", {}, [date, ...before, ...gone].join(" · ")));
  });
  const table = h("table.km-table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("selDate")), used.map((at) => h("th.km-number", { scope: "col" }, states[at][1])))),
    h("tbody", {}, dates.map(([date, counts]) => h("tr", {}, h("th", { scope: "row" }, date), used.map((at) => h("td.km-number", {}, number(counts[at])))))));
  return h("section", {}, h("h2", {}, say("selFunnelHead")), h("p", {}, say("selFunnelLead")),
    h(`div${example ? ".km-example" : ""}`, {}, example ? h("p.km-tag", {}, say("selExample")) : "", h("ol.km-steps", {}, steps), example ? h("p.km-note", {}, say("selExampleHow")) : "",
      h("details.km-fold", {}, h("summary", {}, say("selFunnelTable")), h("div.km-scroll", { tabindex: 0, role: "region", "aria-label": say("selFunnelHead") }, table))));
}

function criteriaPart(doc) {
  const titles = new Map(doc.indicators.map((i) => [i.id, i]));
  const cell = (c) => {
    if (c.same) return say("selSameAs", { code: c.same });
    const figures = c.indicators.filter((id) => titles.has(id)).map((id) => { const i = titles.get(id); return h("li", {}, i.title, h("small", {}, ` ${say(i.direction === "higher" ? "selHigher" : "selLower")}${NBSP}·${NBSP}${i.confidence}`)); });
    return [figures.length ? h("ul", {}, figures) : "", c.ask ? h("p", {}, say("selPeopleJudge", { ask: c.ask })) : "", c.missing.length ? h("p.km-note", {}, say("selMissing", { names: c.missing.join("; ") })) : ""];
  };
  const rows = doc.criteria.map((c) => h("tr", {}, h("th", { scope: "row" }, h("b", {}, `${c.code} `), c.short, h("small.km-said", {}, c.text)), h("td", {}, cell(c)), h("td", {}, c.note)));
  return h("section", {}, h("h2", {}, say("selCriteriaHead")), h("p", {}, say("selCriteriaLead")),
    h("details.km-fold", {}, h("summary", {}, say("selCriteriaOpen", { n: doc.criteria.length })), h("p.km-note", {}, say("selConfidence")),
      h("table.km-table.km-criteria", {}, h("thead", {}, h("tr", {}, ["selCriterion", "selMeasuredBy", "selRemark"].map((k) => h("th", { scope: "col" }, say(k))))), h("tbody", {}, rows))));
}

function coveragePart(doc, influence) {
  const rows = doc.indicators.map((i) => h("tr", {}, h("th", { scope: "row" }, i.title, i.inherited ? h("small", {}, ` ${say("selInherited")}`) : ""), h("td", {}, doc.groups[i.group].title), h("td.km-number", {}, i.period),
    h("td.km-number", {}, `${number(i.known)} ${say("selOf")} ${number(doc.codes.length)}`), h("td", {}, doc.sources[i.source].publisher)));
  const named = new Map(doc.indicators.map((i) => [i.id, i.title]));
  return h("section", {}, h("h2", {}, say("selCoverageHead")),
    doc.doubles.map((d) => h("p.km-warn", {}, say("selDoubles", { a: named.get(d.indicator), b: named.get(d.other), r: number(d.pearson, 2) }))),
    influence,
    h("p", {}, say("selScales", { n: doc.first, z: number(doc.scales.z[0], 2), zTop: doc.scales.z[1], minmax: number(doc.scales.minmax[0], 2), minmaxTop: doc.scales.minmax[1] })),
    h("details.km-fold", {}, h("summary", {}, say("selCoverageOpen", { n: doc.indicators.length })), h("div.km-scroll", { tabindex: 0, role: "region", "aria-label": say("selCoverageHead") },
      h("table.km-table", {}, h("thead", {}, h("tr", {}, ["indicator", "selGroup", "selPeriod", "selKnown", "selSource"].map((k, at) => h(at === 2 || at === 3 ? "th.km-number" : "th", { scope: "col" }, say(k))))), h("tbody", {}, rows)))));
}

function sourcesFoot(doc, common) {
  const lines = Object.values(doc.sources).map((s) => h("li", {}, `${s.publisher}, ${s.title}${s.table ? ` (${s.table})` : ""}. ${say(`terms_${s.terms}`, { licence: s.licence })}`));
  const nc = Object.values(doc.sources).some((s) => s.terms === "non_commercial");
  return h("footer.km-footer", {}, h("div.km-width.km-columns", {},
    h("section", {}, h("h2", {}, say("sourcesHere")), h("details.km-fold", {}, h("summary", {}, say("sourcesCount", { n: lines.length })), h("ul", {}, lines)), h("p.km-note", {}, say("borders", { year: doc.shapes.year }))),
    h("section", {}, h("h2", {}, say("licence")), h("p", {}, say("licenceOurs", { licence: nc ? "CC BY-NC 4.0" : "CC BY 4.0" })), nc ? h("p", {}, h("b", {}, say("nonCommercial"))) : "", h("p", {}, say("figuresTerms"))),
    h("section", {}, h("h2", {}, say("privacy")), h("p", {}, say("privacyText"))),
    h("section", {}, h("h2", {}, say("cite")), h("p", {}, `kavelmon (${common.date.slice(-4)}). ${say("selKicker")}. ${say("versionWord")} ${common.version}, ${common.date}.`))));
}
