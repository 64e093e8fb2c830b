// What can be taken away: a table with its source lines, and a picture that names its title, source and licence.
const EDGE = 24;

function download(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// The name of an area as a piece of a file name.
function slug(area) {
  return area.kind === "eigen" ? area.title.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "") || "eigen" : area.id;
}

function sourceLines(book, sources) {
  return sources.map((id) => {
    const s = book.sources[id];
    const named = `${s.publisher}, ${s.title}${s.table ? ` (${s.table})` : ""}`;
    return `${say("source")}: ${named}. ${say(`terms_${s.terms}`, { licence: s.licence })}`;
  });
}

// Semicolons and decimal commas, as Dutch spreadsheets read them; the lines before the table begin with #.
function table(heads, rows, remarks) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    const text = String(value);
    const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text; // a spreadsheet would run it
    return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [...remarks.map((text) => `# ${text.replace(/[\r\n]+/g, " ")}`), heads.join(";"), ...rows.map((row) => row.map(cell).join(";"))];
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

const HEADS = ["gebied", "code", "niveau", "domein", "indicator", "jaar", "cijfer", "eenheid", "ondergrens", "bovengrens", "nederland", "status", "opmerking", "bron", "tabel", "licentie"];

function unitOf(item) { return [item.sign === "€" ? "euro" : item.sign, item.unit].filter(Boolean).join(" "); }

function recordOf(book, item, edition, at, place, value, lower, upper, remarks, status) {
  const source = book.sources[edition.source];
  const plain = (v) => (v === null || v === undefined ? "" : v.toFixed(item.decimals).replace(".", ","));
  return [place.name, place.code, place.level, item.domain, item.title, edition.periods[at], plain(value), unitOf(item), plain(lower), plain(upper),
    plain(edition.nl[at]), status, remarks.join(" "), source.publisher, source.table, source.licence];
}

const STATUS = { ok: "bekend", provisional: "voorlopig", suppressed: "onderdrukt", missing: "ontbreekt", not_asked: "niet gevraagd", impossible: "kan niet voorkomen" };

// Every figure of the area itself, of all domains and years.
function areaTable(book, common) {
  const place = { name: book.area.title, code: book.area.id, level: "gebied" };
  const rows = [];
  for (const item of book.items) {
    for (const edition of item.editions) {
      edition.periods.forEach((_, at) => {
        rows.push(recordOf(book, item, edition, at, place, edition.value[at], edition.lower[at], edition.upper[at], book.said(edition.said[at]), STATUS[edition.status[at]]));
      });
    }
  }
  const used = [...new Set(book.items.flatMap((i) => i.editions.map((e) => e.source)))];
  return table(HEADS, rows, [`${say("profileOf", { area: book.area.title })} – kavelmon ${common.version}`, say("roundedAsShown"), ...sourceLines(book, used)]);
}

// The units of the chosen indicator, level and period; or its whole course.
function indicatorTable(book, common, choice, kind) {
  const item = book.item(choice.item);
  const edition = item.editions.find((e) => e.source === choice.edition);
  const rows = [];
  const own = { name: book.area.title, code: book.area.id, level: "gebied" };
  const asked = kind === "trend" ? edition.periods.map((_, at) => at) : [edition.periods.indexOf(choice.period)].filter((at) => at >= 0);
  for (const at of asked) {
    rows.push(recordOf(book, item, edition, at, own, edition.value[at], edition.lower[at], edition.upper[at], book.said(edition.said[at]), STATUS[edition.status[at]]));
    if (kind === "trend" && edition.then) {
      const then = { ...own, name: `${own.name} (${say("areaThen")})` };
      rows.push(recordOf(book, item, edition, at, then, edition.then[at], null, null, [say("areaThenNote")], edition.then[at] === null ? STATUS.missing : STATUS.ok));
    }
    const part = book.part(item, edition, kind === "map" ? choice.level : "GM", at);
    if (!part) continue;
    const list = book.units.lists[part.list];
    list.codes.forEach((code, n) => {
      const remarks = Object.entries(part.said).filter(([, units]) => !units.length || units.includes(n)).map(([text]) => book.sentence(Number(text)));
      const place = { name: list.names[n], code, level: LEVEL_NAMES[list.level] };
      const status = part.value[n] === null ? (part.hidden?.includes(n) ? STATUS.suppressed : STATUS.missing) : STATUS[edition.status[at]];
      rows.push(recordOf(book, item, edition, at, place, part.value[n], part.lower?.[n] ?? null, part.upper?.[n] ?? null, remarks, status));
    });
  }
  return table(HEADS, rows, [`${item.title}, ${book.area.title} – kavelmon ${common.version}`, say("roundedAsShown"), ...sourceLines(book, [edition.source])]);
}

// The points of a funnel, with the size that chance depends on; of all gemeenten of the country.
function funnelTable(book, common, item, edition) {
  const found = book.beside(item, edition).funnel;
  const { codes, names } = book.units.gemeenten[found.list];
  const plain = (v, digits) => v.toFixed(digits).replace(".", ",");
  const row = (name, code, size, value) => [name, code, item.title, found.period, plain(value, item.decimals), unitOf(item), size];
  const rows = codes.map((code, n) => row(names[n], code, found.size[n], found.value[n]));
  rows.unshift(row(book.area.title, book.area.id, found.own[0], found.own[1]));
  const heads = ["gebied", "code", "indicator", "jaar", "cijfer", "eenheid", "omvang"];
  return table(heads, rows, [`${item.title}, ${say("funnel")} – kavelmon ${common.version}`, say("roundedAsShown"), ...sourceLines(book, [edition.source])]);
}

function wrap(text, width, size) {
  const most = Math.floor(width / (size * 0.5));
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length + 1 > most) lines.push("");
    lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
}

// One picture: title, subtitle, legend, the figure as it is drawn, and where it comes from.
function picture(drawn, { title, subtitle, legend, source, fonts }) {
  const inner = drawn.cloneNode(true);
  const wide = Number(drawn.getAttribute("width"));
  const high = Number(drawn.getAttribute("height"));
  const width = Math.max(wide, 360) + 2 * EDGE;
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, viewBox: "0 0 0 0", "font-family": '"Source Sans 3", "Segoe UI", system-ui, Arial, sans-serif' });
  root.append(svg("defs", {}, ...patterns()));
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = fonts;
  root.append(style, svg("rect", { width: "100%", height: "100%", fill: "white" }));
  let y = EDGE + 14;
  const write = (text, size, weight, colour) => {
    for (const line of wrap(text, width - 2 * EDGE, size)) {
      const node = svg("text", { x: EDGE, y, "font-size": size, "font-weight": weight, fill: colour });
      node.textContent = line;
      root.append(node);
      y += Math.round(size * 1.4);
    }
  };
  write(title, 19, 650, FIGURES.colours.ink);
  if (subtitle) write(subtitle, 14, 400, FIGURES.colours.ink2);
  if (legend?.length) {
    const block = (width - 2 * EDGE) / Math.max(legend.length, 5);
    legend.forEach(([fill, text], n) => {
      root.append(svg("rect", { x: EDGE + n * block, y: y - 8, width: block - 2, height: 12, fill }));
      const node = svg("text", { x: EDGE + n * block, y: y + 18, "font-size": 12, fill: FIGURES.colours.ink2 });
      node.textContent = text;
      root.append(node);
    });
    y += 34;
  }
  inner.setAttribute("x", EDGE);
  inner.setAttribute("y", y);
  root.append(inner);
  y += high + 24;
  for (const line of source) write(line, 12, 400, FIGURES.colours.ink2);
  const height = y + EDGE - 14;
  root.setAttribute("height", height);
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

async function toPng({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = h("canvas", { width: Math.round(width * 2), height: Math.round(height * 2) });
  const brush = canvas.getContext("2d");
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function patterns() {
  const stripes = (id, ground, line) => svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 6, height: 6, fill: ground }), svg("rect", { width: 1.4, height: 6, fill: line }));
  return [stripes("km-hatch", FIGURES.colours.none, FIGURES.colours.hatch), stripes("km-break", "#FFFFFF", FIGURES.colours.rule)];
}
