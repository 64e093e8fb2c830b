// What is chosen, what the document says of it, and the address that opens the same view.
const NAMES = {
  area: "gebied", domain: "domein", item: "indicator", edition: "uitgave", level: "niveau", period: "periode",
  year: "jaar", compare: "vergelijk", chosen: "deel", title: "naam", then: "gebied_toen",
};
const LEVEL_NAMES = { GM: "gemeente", WK: "wijk", BU: "buurt" };
const PEERS = "vergelijkbaar";
const LONGEST = 80; // of a choice in an address; what is longer is no choice of ours
const CODES = 40_000; // of an address: every wijk of the country fits
const TITLE = 60; // of the name that somebody gave one

// Return the choices in an address; a value that cannot be one of ours is left out and counted.
function fromAddress(text) {
  const found = { bad: [] };
  const asked = new URLSearchParams(text.slice(0, CODES));
  if (text.length > CODES) found.bad.push("adres");
  for (const [key, name] of Object.entries(NAMES)) {
    const value = asked.get(name);
    if (value === null || value === "") continue;
    if (key === "title") found.title = value.replace(/\p{C}/gu, "").slice(0, TITLE);
    else if (key === "area" ? !/^[\w,+ -]+$/.test(value) : value.length > LONGEST || !/^[\w-]+$/.test(value)) found.bad.push(name);
    else found[key] = value;
  }
  const level = Object.entries(LEVEL_NAMES).find(([, name]) => name === found.level);
  if (found.level) found.level = level ? level[0] : (found.bad.push("niveau"), "");
  return found;
}

function toAddress(choice) {
  const parts = new URLSearchParams();
  for (const [key, name] of Object.entries(NAMES)) {
    const value = key === "level" ? LEVEL_NAMES[choice.level] : choice[key];
    const plain = (key === "compare" && value === "nl") || (key === "edition" && value === choice.first);
    if (value && !plain) parts.set(name, value);
  }
  return parts.toString().replaceAll("%2C", ",");
}

class Book {
  constructor(core, units) {
    const { said, ...rest } = core;
    Object.assign(this, rest);
    this.sentences = said;
    this.units = units;
    this.index = new Map(core.items.map((item, n) => [item.id, n]));
    this.features = new Map();
  }

  said(numbers) { return numbers.map((n) => this.sentence(n)); }
  sentence(n) { return n === null || n === undefined ? "" : this.sentences[n]; }
  item(id) { return this.items[this.index.get(id)]; }
  inDomain(id) { return id === "kernset" ? this.kernset.map((k) => this.item(k)) : this.items.filter((i) => i.domain === id); }
  levels(item, edition) { return this.units?.items[this.index.get(item.id)][item.editions.indexOf(edition)] ?? {}; }

  // Of one edition what is not of the area itself: figures of its peers, and the funnel plot.
  beside(item, edition) { return this.units?.beside[this.index.get(item.id)][item.editions.indexOf(edition)] ?? {}; }

  // The edition and period that stand for an indicator: newest, or of one year; null when there is none of that year.
  pick(item, year) {
    const found = item.pick[year || ""];
    return found ? { edition: item.editions[found[0]], at: found[1] } : null;
  }

  years(domain) {
    const all = new Set();
    for (const item of this.inDomain(domain)) for (const year of Object.keys(item.pick)) if (year) all.add(year);
    return [...all].sort().reverse();
  }

  // How many indicators have a figure of the area in a year.
  known(domain, year) {
    const has = (item) => { const found = this.pick(item, year); return found && found.edition.value[found.at] !== null; };
    return this.inDomain(domain).filter(has).length;
  }

  part(item, edition, level, at) { return this.levels(item, edition)[level]?.periods[at] ?? null; }

  // The name of a unit with that of its gemeente: "Wijk 07" tells nobody where it lies.
  fullName(code, name) {
    if (code.startsWith("GM")) return name;
    const town = this.towns.get(`GM${code.slice(2, 6)}`);
    return town && town !== name ? `${name} (${town})` : name;
  }

  get towns() {
    if (!this._towns) {
      this._towns = new Map(this.area.members);
      for (const list of this.units?.lists ?? []) {
        if (list.level === "GM") list.codes.forEach((code, n) => this._towns.has(code) || this._towns.set(code, list.names[n]));
      }
    }
    return this._towns;
  }

  // Points on the map: interventions and provisions that have a place on it.
  get sites() {
    this._sites ??= this.units.sites.filter((one) => one.at.length).map((one) => ({ x: one.at[0], y: one.at[1], title: one.title, text: one.text }));
    return this._sites;
  }

  // GeoJSON features of one layer: whole numbers and steps become rings.
  layer(name) {
    if (!this.features.has(name)) {
      const { codes, rings } = this.units.geo.layers[name];
      this.features.set(name, codes.map((code, n) => ({
        type: "Feature", code, geometry: { type: "MultiPolygon", coordinates: rings[n].map((p) => p.map(ring)) },
      })));
    }
    return this.features.get(name);
  }
}

function ring(flat) {
  let [x, y] = flat;
  const found = [[x, y]];
  for (let n = 2; n < flat.length; n += 2) found.push([(x += flat[n]), (y += flat[n + 1])]);
  const [first, last] = [found[0], found.at(-1)];
  if (first[0] !== last[0] || first[1] !== last[1]) found.push(first);
  return found;
}

// Return choices that all hold together, and what of the asked ones could not be kept.
function settled(book, asked) {
  const lost = [...(asked.bad ?? [])];
  const choice = { area: book.area.id, title: book.area.given ?? "" };
  let item = asked.item ? book.item(asked.item) : null;
  if (asked.item && !item) lost.push("indicator");
  const domains = [...(book.kernset.length ? ["kernset"] : []), ...book.domains.map((d) => d.id)];
  choice.domain = domains.includes(asked.domain) ? asked.domain : item?.domain ?? domains[0];
  if (asked.domain && !domains.includes(asked.domain)) lost.push("domein");
  const inside = book.inDomain(choice.domain);
  if (item && !inside.includes(item)) choice.domain = item.domain;
  if (!item) {
    const standing = book.standouts.map((s) => book.items[s.item]).find((i) => inside.includes(i));
    item = standing ?? inside[0];
  }
  choice.item = item?.id ?? "";
  const years = book.years(choice.domain);
  choice.year = years.includes(asked.year) ? asked.year : "";
  if (asked.year && !choice.year) lost.push("jaar");
  const others = comparable(book).map(([id]) => id);
  choice.compare = others.includes(asked.compare) ? asked.compare : "nl";
  if (asked.compare && asked.compare !== "nl" && choice.compare === "nl") lost.push("vergelijk");
  if (!item) return { choice, lost };
  const edition = item.editions.find((e) => e.source === asked.edition) ?? item.editions[shownFirst(book, item)];
  if (asked.edition && edition.source !== asked.edition) lost.push("uitgave");
  choice.edition = edition.source;
  choice.first = item.editions[shownFirst(book, item)].source;
  const levels = Object.keys(book.levels(item, edition));
  const small = levels.includes("WK") && book.area.kind !== "land" ? "WK" : levels[0] ?? "";
  choice.level = levels.includes(asked.level) ? asked.level : small;
  if (asked.level && levels.length && choice.level !== asked.level) lost.push("niveau");
  const periods = periodsOf(book, item, edition, choice.level);
  choice.period = periods.includes(asked.period) ? asked.period : periods.includes(choice.year) ? choice.year : periods[0] ?? edition.periods.at(-1) ?? "";
  if (asked.period && choice.period !== asked.period) lost.push("periode");
  choice.then = asked.then && edition.then ? "ja" : "";
  choice.chosen = asked.chosen && named(book, asked.chosen) ? asked.chosen : "";
  return { choice, lost };
}

// What an area can be compared with, besides the Netherlands: gemeenten like it, and the other areas.
function comparable(book) {
  const declared = book.areas.filter((a) => a.id !== book.area.id && a.kind !== "land").map((a) => [a.id, a.title]);
  const others = [...(book.regional ?? []).filter(([id]) => !declared.some(([one]) => one === id)), ...declared];
  return book.peers?.length ? [[PEERS, say("peers")], ...others] : others;
}

// A name for where there is little room.
function shortName(book, id) { return id === PEERS ? say("peersShort") : comparedName(book, id); }

function comparedName(book, id) { return id === "nl" ? say("country") : comparable(book).find(([one]) => one === id)?.[1] ?? ""; }

// The first declared edition opens: of modelled topics that is the one with wijken. Its period must have a figure.
function shownFirst(book, item) {
  const known = item.editions.findIndex((e) => e.value.some((v) => v !== null) || Object.keys(book.levels(item, e)).length);
  return Math.max(known, 0);
}

function periodsOf(book, item, edition, level) {
  const inside = book.levels(item, edition)[level]?.periods;
  const known = edition.periods.filter((_, n) => (inside ? inside[n] : edition.value[n] !== null));
  return known.sort().reverse();
}

function named(book, code) {
  for (const list of book.units?.lists ?? []) {
    const n = list.codes.indexOf(code);
    if (n >= 0) return book.fullName(code, list.names[n]);
  }
  return "";
}
