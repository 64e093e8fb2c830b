// The profile: each indicator one row, the Netherlands one line through all of them, right is "gunstiger".
function profileRow(book, item, choice) {
  const picked = book.pick(item, choice.year);
  if (!picked) return { item, value: null, reference: null, word: "none", note: say("noFigureIn", { year: choice.year }) };
  const { edition, at } = picked;
  const other = choice.compare !== "nl" ? edition.others[choice.compare]?.[at] ?? null : edition.nl[at];
  const value = edition.value[at];
  let word = edition.word[at];
  let judged = edition.judged[at];
  if (choice.compare !== "nl") [word, judged] = edition.against[choice.compare]?.[at] ?? ["none", 0];
  if (!edition.comparable) word = "none";
  const notes = book.said(edition.said[at]);
  return {
    item, edition, at, value, asked: choice.year, reference: other, nl: edition.nl[at], word, judged,
    spread: edition.spread[at] ?? null,
    note: value === null ? notes[0] ?? say("noFigure") : "",
    remarks: value === null ? [] : notes,
    period: edition.periods[at],
    people: book.sentence(edition.people[at]),
  };
}

// Places on the spine in per cent of its width: the Netherlands at 50, one scale inside a row.
function places(row) {
  const { value, nl, spread, item } = row;
  if (nl === null || nl === undefined || !spread) return null;
  const [low, q1, q3, high] = spread;
  const half = Math.max(high - nl, nl - low, value === null ? 0 : Math.abs(value - nl)) || 1;
  const side = item.better === "lower" ? -1 : 1;
  const at = (v) => 50 + (side * (v - nl) / half) * 49;
  const pair = (a, b) => [Math.min(at(a), at(b)), Math.max(at(a), at(b))];
  const own = value === null ? null : at(value);
  const other = row.reference !== null && row.reference !== nl ? Math.max(1, Math.min(99, at(row.reference))) : null;
  return { all: pair(low, high), middle: pair(q1, q3), own, other };
}

function spine(row) {
  const found = places(row);
  if (!found) return h("span.km-note", {}, row.item.apart);
  const bar = (name, [from, to]) => h(`i.${name}`, { style: `left:${from.toFixed(2)}%;width:${(to - from).toFixed(2)}%` });
  const box = h("span.km-spine", { "aria-hidden": "true" }, bar("km-range", found.all), bar("km-middle", found.middle), h("i.km-ruler"));
  if (found.other !== null) box.append(h("i.km-other", { style: `left:${found.other.toFixed(2)}%` }));
  if (found.own !== null) {
    const word = row.word === "none" ? "higher" : row.word;
    const mark = h("i.km-mark", { style: `left:${found.own.toFixed(2)}%` }, symbol(word, 18));
    box.append(mark);
  }
  return box;
}

function verdict(row) {
  if (row.word === "none" || row.value === null) return h("span.km-word", {}, "–");
  return h(`span.km-word.km-${row.word}`, {}, symbol(row.word), ` ${say(row.word)}`);
}

// The figure may be of a survey that was held once; its course is then that of the edition with a series.
function longest(row) {
  const points = (edition) => edition.value.filter((v) => v !== null).length;
  if (!row.edition || points(row.edition) > 1) return row.edition;
  return row.item.editions.find((edition) => points(edition) > 1) ?? row.edition;
}

// Points on measured years; a line never runs over a break.
function sparkline(book, row) {
  const { item } = row;
  const edition = longest(row);
  if (!edition) return "";
  const years = edition.periods.map((p) => Number(p.slice(0, 4)));
  const known = edition.value.flatMap((v, n) => (v === null ? [] : [n]));
  if (!known.length) return "";
  if (known.length === 1) return h("span.km-note", {}, say("only", { year: edition.periods[known[0]] }));
  const shown = edition.value.concat(edition.nl).filter((v) => v !== null);
  let [low, high] = [Math.min(...shown), Math.max(...shown)];
  const least = item.sign === "%" ? 3 : Math.abs(high + low) * 0.05;
  if (high - low < least) [low, high] = [(high + low - least) / 2, (high + low + least) / 2];
  const span = years.at(-1) - years[0] || 1;
  const at = (n, v) => [(4 + ((years[n] - years[0]) / span) * 94).toFixed(1), (30 - ((v - low) / (high - low || 1)) * 26).toFixed(1)];
  const lines = (values, colour, width) => {
    const parts = [[]];
    let before = 0;
    values.forEach((v, n) => {
      const segment = edition.breaks.filter(([year]) => years[n] >= year).length;
      if (v === null) return;
      if (segment !== before) parts.push([]);
      before = segment;
      parts.at(-1).push(at(n, v).join(","));
    });
    return parts.filter((p) => p.length > 1).map((p) =>
      svg("polyline", { points: p.join(" "), fill: "none", stroke: colour, "stroke-width": width, "stroke-linejoin": "round" }));
  };
  const last = known.at(-1);
  const [cx, cy] = at(last, edition.value[last]);
  const source = book.sources[edition.source];
  const title = svg("title");
  title.textContent = say("courseOf", { source: `${source.publisher} ${source.table}`.trim() });
  return svg("svg", { viewBox: "0 0 104 34", width: 104, height: 34, "aria-hidden": "true", class: "km-spark" }, title,
    ...lines(edition.nl, "var(--nl)", 1.5), ...lines(edition.value, "var(--kavel)", 2),
    svg("circle", { cx, cy, r: 3.5, fill: "var(--kavel)" }));
}

function counts(rows) {
  const found = { better: 0, worse: 0, similar: 0, plain: 0, none: 0 };
  for (const row of rows) {
    if (row.value === null || row.word === "none") found.none++;
    else if (row.word in found) found[row.word]++;
    else found.plain++;
  }
  return found;
}

function rowSentence(book, row) {
  const name = row.item.title;
  if (row.value === null) return `${name}: ${say("noValue")}. ${row.note}`;
  const parts = [`${book.area.title} ${figure(row.value, row.item)}`, `${referenceName(book, row)} ${figure(row.reference, row.item)}`];
  return `${say("chosenNow", { name })} ${parts.join(", ")}${row.word === "none" ? "" : `, ${say(row.word)}`}.`;
}

function referenceName(book, row) {
  return comparedName(book, row.compare ?? "nl");
}

function profile(book, choice, rows, choose) {
  const compared = shortName(book, choice.compare);
  const alike = book.peers?.length && choice.compare !== PEERS;
  const heads = [[say("indicator")], [book.area.title], [compared], ...(alike ? [[say("peersShort"), "km-peer"]] : []), [say("year"), "km-when"], [null, "km-where"], [say("judgement"), "km-said"], ...(book.newest ? [] : [[say("course"), "km-course"]])];
  const scale = h("span.km-scale", {}, h("span", {}, `◂ ${say("worse")}`), h("b", {}, say("country")), h("span", {}, `${say("better")} ▸`));
  const head = h("tr", { role: "row" }, heads.map(([text, name]) => h(name ? `th.${name}` : "th", { role: "columnheader", scope: "col" }, text ?? scale)));
  const body = [];
  let group = null;
  const isCalm = (row) => !["better", "worse"].includes(row.word);
  const allCalm = rows.every(isCalm);
  const members = (name) => rows.filter((row) => row.item.group === name);
  for (const row of rows) {
    if (row.item.group !== group) {
      group = row.item.group;
      const question = book.domains.find((d) => d.id === row.item.domain)?.groups.find(([title]) => title === group)?.[1] ?? "";
      const open = members(group).some((r) => r.item.better === "none");
      const notes = [question, open ? say("rightIsHigher") : ""].filter(Boolean).join(" ");
      const calm = !allCalm && members(group).every(isCalm);
      body.push(h(`tr.km-group${calm ? ".km-calm" : ""}`, { role: "row" },
        h("th", { role: "rowheader", scope: "rowgroup", colspan: heads.length }, h("span", {}, group), notes ? h("small", {}, notes) : "")));
    }
    const chosen = row.item.id === choice.item;
    const unit = row.item.unit && !row.item.title.toLowerCase().includes(row.item.unit.toLowerCase()) ? h("small", {}, row.item.unit) : "";
    const button = h("button", { type: "button", "aria-pressed": String(chosen), "data-item": row.item.id, tabindex: chosen ? 0 : -1 }, row.item.title);
    const cells = [
      h("td.km-own", { role: "cell" }, h("b", {}, figure(row.value, row.item))),
      h("td.km-nl", { role: "cell" }, h("span.km-label", {}, `${compared} `), figure(row.reference, row.item)),
      ...(alike ? [h("td.km-nl.km-peer", { role: "cell" }, figure(row.edition?.others[PEERS]?.[row.at] ?? null, row.item))] : []),
      h(`td.km-year${row.period && isOld(row.period) ? ".km-old" : ""}`, { role: "cell" }, row.period ?? ""),
      h("td.km-line", { role: "cell" }, row.value === null && row.note ? h("span.km-note", {}, row.note) : spine(row)),
      h("td.km-verdict", { role: "cell" }, verdict(row)),
      ...(book.newest ? [] : [h("td.km-course", { role: "cell" }, sparkline(book, row))]),
    ];
    const tags = remarkTags(book, row);
    body.push(h(`tr.km-row${chosen ? ".km-chosen" : ""}${!allCalm && isCalm(row) ? ".km-calm" : ""}`,
      { role: "row", "data-item": row.item.id, "data-edition": row.edition?.source, "data-period": row.period, onclick: () => choose(row.item.id) },
      h("th", { role: "rowheader", scope: "row" }, button, unit, tags.length ? h("small.km-tags", {}, tags.join(" · ")) : ""), cells));
  }
  const rowsBox = h("tbody", { role: "rowgroup" }, body);
  rowsBox.addEventListener("keydown", (event) => {
    const buttons = [...rowsBox.querySelectorAll("button[aria-pressed]")].filter((b) => b.offsetParent);
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, to))].focus();
  });
  const caption = h("caption.km-hidden", {}, say("profileOf", { area: book.area.title }));
  return h("table.km-profile", { role: "table" }, caption, h("thead", { role: "rowgroup" }, head), rowsBox);
}

function remarkTags(book, row) {
  if (row.value === null || !row.edition) return [];
  const found = [];
  if (row.edition.status[row.at] === "provisional") found.push(say("tagProvisional"));
  if (row.remarks.some((r) => r.startsWith(say("coveredWord")))) found.push(say("tagPart"));
  const later = row.item.editions.flatMap((e) => e.periods.filter((p, n) => e.value[n] !== null && p > row.period));
  if (later.length && !row.asked) found.push(say("tagNewer", { year: later.sort().at(-1) }));
  return found;
}

function isOld(period) {
  return new Date().getFullYear() - Number(period.slice(-4)) > 3;
}
