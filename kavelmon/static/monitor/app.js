const NAMED = 30; // so many parts of an area are named
// The page: header, what stands out, domains, profile, linked view, sources. It needs no kernel for any choice but
// another area and the map to walk around in.
class App {
  constructor(box, common, book, link) {
    Object.assign(this, { box, common, book, link, draws: 0 });
    this.kernel = link.ask ? true : false;
  }

  async start(asked) {
    const { choice, lost } = settled(this.book, asked);
    this.choice = choice;
    this.lost = lost;
    this.wish = asked.level ?? "";
    this.say = h("p.km-hidden", { role: "status", "aria-live": "polite" });
    this.root = h("div.km-page", {});
    this.root.append(svg("svg", { width: 0, height: 0, "aria-hidden": "true", style: "position:absolute" }, svg("defs", {}, ...patterns())));
    this.linked = new Linked(this);
    this.upper = h("div.km-width", {});
    this.footer = h("div", {});
    this.root.append(this.upper, this.linked.node, this.footer, this.say);
    this.box.replaceChildren(this.root);
    this.all();
    await this.linked.draw();
  }

  all() {
    this.profileBox = h("section.km-domain", { id: "km-panel", role: "tabpanel", tabindex: -1 });
    this.tabs = h("div.km-tabs", { role: "tablist", "aria-label": say("domains") });
    const unknown = this.lost.length ? h("p.km-warn", { role: "status" }, say("badLink", { names: [...new Set(this.lost)].join(", ") })) : "";
    this.upper.replaceChildren(this.header(), unknown, this.standing(), this.tabs, this.profileBox);
    this.domain();
    this.foot();
  }

  // A choice changes what it has to and keeps the rest.
  choose(changes) {
    const before = this.choice;
    const asked = { ...before, ...changes };
    if (changes.item && changes.item !== before.item) Object.assign(asked, { edition: "", period: this.choice.year, ...changes });
    if (changes.edition) asked.period = changes.period ?? "";
    if (changes.domain && changes.domain !== before.domain && !changes.item) Object.assign(asked, { item: "", edition: "", period: "" });
    if (changes.year !== undefined) asked.period = changes.year;
    // A level that somebody asked for stays asked for; one that an indicator brought along does not.
    if (changes.level) {
      this.wish = changes.level;
      asked.chosen = "";
    }
    asked.level = this.wish;
    this.choice = settled(this.book, asked).choice;
    this.link.address?.(this.choice, this.choice.domain !== before.domain || this.choice.item !== before.item);
    if (this.choice.domain !== before.domain || this.choice.year !== before.year || this.choice.compare !== before.compare) this.domain();
    else if (this.choice.item !== before.item) this.mark();
    if (this.choice.item !== before.item) this.announce();
    return this.linked.draw();
  }

  // The choices of an address that somebody went back or forward to, or wrote.
  restore(asked) {
    if (asked.bad.length || asked.area && asked.area !== this.book.area.id) return this.start(asked);
    const { choice, lost } = settled(this.book, asked);
    if (lost.length) return this.start(asked);
    this.choice = choice;
    this.wish = asked.level ?? "";
    this.domain();
    this.announce();
    return this.linked.draw();
  }

  chooseUnit(code) {
    if (code === this.book.area.id || code === "NL") return;
    this.choice = { ...this.choice, chosen: this.choice.chosen === code ? "" : code };
    this.link.address?.(this.choice);
    const name = this.choice.chosen ? named(this.book, code) : "";
    this.say.textContent = name ? say("unitChosen", { name }) : "";
    const focus = document.activeElement;
    this.linked.draw().then(() => {
      if (focus?.isConnected || !focus?.classList?.contains("km-unit")) return;
      const text = focus.textContent;
      [...this.linked.node.querySelectorAll("button.km-unit")].find((b) => b.textContent === text)?.focus();
    });
  }

  announce() {
    const row = this.rows.find((r) => r.item.id === this.choice.item);
    if (row) this.say.textContent = rowSentence(this.book, { ...row, compare: this.choice.compare });
  }

  header() {
    const { area } = this.book;
    const facts = [];
    if (area.people !== null) facts.push([number(area.people), say("peopleIn", { year: area.peopleYear })]);
    const count = (level) => area.members.filter(([code]) => code.startsWith(level)).length;
    for (const level of ["GM", "WK", "BU"]) if (count(level)) facts.push([number(count(level)), say(count(level) > 1 ? `levels_${level}` : `level_${level}`)]);
    if (area.wijken.length && count("GM") === area.members.length) facts.push([number(area.wijken[0]), say(area.wijken[0] > 1 ? "levels_WK" : "level_WK")]);
    const list = area.members.slice(0, NAMED).map(([, name]) => name);
    if (area.members.length > NAMED) list.push(say("moreMembers", { n: area.members.length - NAMED }));
    const members = list.length > 1 ? `${list.slice(0, -1).join(", ")} ${say("and")} ${list.at(-1)}.` : "";
    const listed = this.book.areas.some((a) => a.id === area.id);
    const others = this.link.go ? [...(listed || area.kind === "netwerk" ? [] : [{ id: area.id, title: area.title }]), ...this.book.areas, ...this.book.networks] : [];
    const buttons = h("div.km-buttons", {});
    if (others.length > 1) {
      const box = select(say("otherArea"), others.map((a) => [a.id, a.title]), area.id, (id) => this.link.go(id), "gebied");
      buttons.append(h("div.km-area", {}, box));
    }
    if (this.link.compose && area.kind !== "land") buttons.append(h("a.km-button", { href: this.link.compose(area) }, say("ownCompose")));
    if (this.link.costs && area.kind !== "land") buttons.append(h("a.km-button", { href: this.link.costs(area) }, say("costsOf")));
    const shared = h("span.km-note", { role: "status" });
    if (this.link.share) {
      buttons.append(h("button.km-button", { type: "button", onclick: async () => {
        const done = await this.link.share();
        shared.textContent = say(done ? "shared" : "copyYourself");
      } }, say("share")));
    }
    buttons.append(h("button.km-button", { type: "button", onclick: () => download(`kavelmon-${slug(area)}.csv`, areaTable(this.book, this.common), "text/csv;charset=utf-8") }, say("csv")), shared);
    const node = h("header.km-header", {},
      h("div", {}, h("p.km-kicker", {}, say(`kind_${area.kind}`)), h("h1", {}, area.title),
        h("dl.km-facts", {}, facts.map(([value, word]) => h("div", {}, h("dt", {}, word), h("dd", {}, value)))),
        area.description ? h("p", {}, area.description) : "",
        members ? h("p.km-members", {}, members) : "", this.lies(), buttons));
    if (area.locator) {
      const map = h("div.km-locator", { "aria-hidden": "true" });
      map.innerHTML = area.locator; // drawn by kavelmon.silhouettes: numbers only
      node.append(map);
    }
    return node;
  }

  // The regions that the area lies in: each is an area that can be opened.
  lies() {
    const { lies } = this.book.area;
    if (!lies?.length) return "";
    const rows = [...new Set(lies.map(([kind]) => kind))].map((kind) => [kind, lies.filter((one) => one[0] === kind).map(([, name, code, share]) => {
      const part = share === null ? name : say("liesPart", { name, share: number(Math.max(1, Math.round(share * 100))) });
      return this.link.go ? h("button.km-link", { type: "button", onclick: () => this.link.go(code) }, part) : part;
    })]);
    const list = (names) => names.flatMap((name, n) => (n ? [n === names.length - 1 ? ` ${say("and")} ` : ", ", name] : [name]));
    return h("details.km-lies", {}, h("summary", {}, say("liesIn")), h("dl", {}, rows.map(([kind, names]) => h("div", {}, h("dt", {}, kind), h("dd", {}, ...list(names))))));
  }

  standing() {
    const { book } = this;
    const cards = book.standouts.map((one) => {
      const item = book.items[one.item];
      const edition = item.editions[one.edition];
      const word = edition.word[one.period];
      const domain = book.domains.find((d) => d.id === item.domain).title;
      const open = () => this.choose({ domain: item.domain, item: item.id, edition: edition.source, period: edition.periods[one.period] }).then(() => this.toLinked());
      return h(`li.km-standout.km-edge-${word}`, {},
        h(`p.km-word.km-${word}`, {}, symbol(word), ` ${domain}: ${say(word)}`),
        h("p.km-big", {}, figure(edition.value[one.period], item), item.unit && item.sign !== "€" && item.sign !== "km" ? h("small", {}, ` ${item.unit}`) : ""),
        h("p", {}, one.text),
        h("button.km-link", { type: "button", onclick: open, "aria-label": `${say("lookInto")}: ${item.title}` }, say("lookInto")));
    });
    if (book.area.kind === "land") return "";
    const body = cards.length ? h("ul.km-standouts", {}, cards) : h("p", {}, say("nothingStandsOut"));
    return h("section.km-standing", { "aria-labelledby": "km-standing" },
      h("div.km-section-head", {}, h("h2", { id: "km-standing" }, say("standsOut")), h("span.km-note", {}, say("comparedWithCountry"))), body);
  }

  domain() {
    const { book, choice } = this;
    const domains = [...(book.kernset.length ? [{ id: "kernset", title: say("kernset"), count: book.kernset.length }] : []), ...book.domains];
    this.tabs.replaceChildren(...domains.map((d) => h("button", {
      type: "button", role: "tab", id: `km-tab-${d.id}`, "aria-selected": String(d.id === choice.domain), "aria-controls": "km-panel",
      tabindex: d.id === choice.domain ? 0 : -1, onclick: () => this.choose({ domain: d.id }),
    }, d.title, h("small", {}, ` ${d.count}`))));
    this.tabs.onkeydown = (event) => {
      const at = domains.findIndex((d) => d.id === choice.domain);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: domains.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = domains[(to + domains.length) % domains.length];
      this.choose({ domain: next.id });
      this.tabs.querySelector("[aria-selected=true]").focus();
    };
    this.profileBox.setAttribute("aria-labelledby", `km-tab-${choice.domain}`);
    this.rows = book.inDomain(choice.domain).map((item) => profileRow(book, item, choice));
    const years = [["", say("newest")], ...book.years(choice.domain).map((y) => [y, say("yearWith", { year: y, n: book.known(choice.domain, y) })])];
    const others = [["nl", say("country")], ...comparable(book)];
    const n = counts(this.rows);
    const tally = h("ul.km-tally", { "aria-label": say("tally") }, [["better", n.better], ["worse", n.worse], ["similar", n.similar]].filter(([, c]) => c)
      .map(([word, c]) => h("li", {}, symbol(word), ` ${c} ${say(word)}`)),
      n.plain ? h("li", {}, symbol("higher"), ` ${n.plain} ${say("unjudged")}`) : "",
      n.none ? h("li", {}, `${n.none} ${say("without")}`) : "");
    const bar = h("div.km-bar", {}, select(say("year"), years, choice.year, (year) => this.choose({ year }), "jaar"));
    if (book.area.kind !== "land") bar.append(select(say("compareWith"), others, choice.compare, (compare) => this.choose({ compare }), "vergelijk"));
    bar.append(tally);
    this.table = profile(book, choice, this.rows, (id) => this.pickRow(id));
    this.table.classList.toggle("km-all", Boolean(this.showAll));
    this.see ??= h("button.km-link.km-see", { type: "button", onclick: (event) => { event.stopPropagation(); this.toLinked(); } }, `${say("seeBelow")} ↓`);
    this.table.querySelector(".km-chosen th")?.append(this.see);
    const calm = this.table.querySelector(".km-row.km-calm");
    const more = calm ? h("p.km-more", {}, h("button.km-button", { type: "button", onclick: (event) => {
      this.showAll = !this.showAll;
      this.table.classList.toggle("km-all", this.showAll);
      event.target.textContent = this.moreText();
    } }, this.moreText())) : "";
    const empty = this.rows.length ? "" : h("div.km-empty", {}, h("p", {}, say("emptyDomain", { domain: domains.find((d) => d.id === choice.domain)?.title ?? "" })));
    const shown = empty ? [empty] : [this.key(), this.table, more, h("div.km-below", {}, this.saveMenu("profile"))];
    this.profileBox.replaceChildren(bar, ...shown, this.alike(), this.lacking(choice.domain));
  }

  moreText() { return this.showAll ? say("showFewer") : say("showAll", { n: this.rows.length }); }

  key() {
    const spread = this.rows.find((row) => row.spread);
    const n = spread ? number(spread.spread[4]) : "";
    const items = h("ul.km-key", {}, h("li", {}, h("i.km-range", {}), say("keyAll", { n })), h("li", {}, h("i.km-middle", {}), say("keyMiddle")),
      h("li", {}, h("i.km-ruler", {}), say("country")),
      this.choice.compare === "nl" ? "" : h("li", {}, h("i.km-ruler.km-members", {}), comparedName(this.book, this.choice.compare)),
      h("li", {}, ["better", "similar", "worse", "higher"].map((w) => symbol(w)), ` ${say("keyOwn", { area: this.book.area.title })}`),
      this.rows.some((row) => row.period && isOld(row.period)) ? h("li", {}, h("span.km-old", {}, say("year").toLowerCase()), say("tagOld")) : "");
    return h("details.km-how", { open: window.innerWidth > 860 }, h("summary", {}, say("howToRead")), items,
      h("div.km-notes", {}, [say("keyNote"), say("keyJudged"), this.firmness(), say("keyCourse"), say("keyKeys")].filter(Boolean).map((text) => h("p.km-note", {}, text))));
  }

  // How many differences stand when all comparisons are allowed for.
  firmness() {
    const judged = this.rows.filter((row) => row.judged);
    const differing = judged.filter((row) => !["similar", "none"].includes(row.word));
    if (!differing.length || this.choice.compare !== "nl") return "";
    const firm = differing.filter((row) => row.item.firm[this.choice.year]);
    return say(firm.length === differing.length ? "firmAll" : "firmSome", { n: judged.length, d: differing.length, f: firm.length });
  }

  mark() {
    for (const row of this.table.querySelectorAll(".km-row")) {
      const chosen = row.dataset.item === this.choice.item;
      row.classList.toggle("km-chosen", chosen);
      const button = row.querySelector("button[aria-pressed]");
      button.setAttribute("aria-pressed", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen) row.querySelector("th").append(this.see);
    }
  }

  pickRow(id) {
    const picked = this.book.pick(this.book.item(id), this.choice.year);
    const drawn = this.choose({ item: id, period: this.choice.year || "" });
    if (window.innerWidth <= 860 && picked) drawn.then(() => this.toLinked()); // after it: nothing moves any more
  }

  toLinked() {
    const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    this.linked.title.scrollIntoView({ behavior: smooth, block: "start" });
    this.linked.title.focus({ preventScroll: true });
  }

  backToList() {
    const button = this.table.querySelector(".km-chosen button");
    button?.scrollIntoView({ block: "center" });
    button?.focus({ preventScroll: true });
  }

  // Which gemeenten are most like the area, and how much.
  alike() {
    const { peers } = this.book;
    if (!peers?.length) return "";
    return h("details.km-fold", {}, h("summary", {}, say("peersWhich", { n: peers.length })), h("p.km-note", {}, say("peersHow")),
      h("ol.km-peers", {}, peers.map(([, name, distance]) => h("li", {}, `${name} (${number(distance, 2)})`))));
  }

  lacking(domain) {
    const found = this.book.domains.find((d) => d.id === domain)?.missing ?? [];
    if (!found.length) return "";
    return h("details.km-fold", {}, h("summary", {}, say("lacking", { n: found.length })),
      h("ul", {}, found.map(([title, note]) => h("li", {}, h("b", {}, title), `: ${note}`))));
  }

  saveMenu(kind) {
    const row = h("div.km-save", {});
    const fold = h("details", {}, h("summary", { "aria-label": say("keepOf", { kind: say(`kind_of_${kind}`) }) }, say("keep")), row);
    const name = () => `kavelmon-${slug(this.book.area)}-${kind === "profile" ? this.choice.domain : this.choice.item}-${say(`file_${kind}`)}`;
    const act = (text, work) => h("button.km-button", { type: "button", onclick: async () => { await work(); fold.open = false; } }, text);
    row.append(
      act("PNG", async () => download(`${name()}.png`, await toPng(await this.picture(kind)), "image/png")),
      act("SVG", async () => download(`${name()}.svg`, (await this.picture(kind)).text, "image/svg+xml")),
      act("CSV", async () => download(`${name()}.csv`, this.tableOf(kind), "text/csv;charset=utf-8")),
    );
    fold.addEventListener("keydown", (event) => { if (event.key === "Escape") { fold.open = false; fold.firstChild.focus(); } });
    return fold;
  }

  tableOf(kind) {
    const { book, common, choice } = this;
    if (kind === "profile") return areaTable(book, common);
    if (kind === "funnel") return funnelTable(book, common, book.item(choice.item), this.linked.told.edition);
    return indicatorTable(book, common, choice, kind);
  }

  async picture(kind) {
    const { book, choice } = this;
    const item = book.item(choice.item);
    const edition = kind === "funnel" ? this.linked.told.edition : item.editions.find((e) => e.source === choice.edition);
    const fonts = await this.link.fonts();
    if (kind === "profile") return this.profilePicture(fonts);
    const part = book.part(item, edition, choice.level, edition.periods.indexOf(choice.period));
    const legend = kind === "map" && part?.classes ? part.classes.map((n, i) => [FIGURES.colours.map[step(i, part.classes.length)], book.sentence(n)]) : null;
    if (legend && this.linked.legend.querySelector(".km-hatched")) legend.push(["url(#km-hatch)", say("noFigureShort")]);
    const drawn = this.linked[kind].svg;
    const head = { map: say("per", { level: say(`level_${choice.level}`), year: choice.period }), ranking: say("ranking"), trend: say("course") }[kind];
    // A funnel is of the newest year, whatever year the map shows.
    const subtitle = kind === "funnel" ? `${this.linked.funnelSubtitle(book.beside(item, edition).funnel)}.`
      : `${head}. ${this.linked.subtitle(item, edition, edition.periods.indexOf(choice.period))}`;
    return picture(drawn, { title: `${item.title}: ${book.area.title}`, subtitle, legend, source: this.sourceOf([edition.source]), fonts });
  }

  async profilePicture(fonts) {
    const head = { order: -1, name: "", value: this.book.area.title, reference: say("country"), word: say("judgement"), x: null, low: null };
    const rows = [head, ...this.rows.map((row, order) => {
      const found = places(row);
      const shapes = { better: "circle", worse: "diamond", similar: "circle", higher: "square", lower: "square", none: "square" };
      const colours = { better: "good", worse: "bad", similar: "same" };
      return {
        order, name: `${row.item.title}${row.period ? `, ${row.period}` : ""}`, value: figure(row.value, row.item), reference: figure(row.reference, row.item), word: row.value === null ? "–" : say(row.word),
        shape: shapes[row.word], colour: FIGURES.colours[colours[row.word] ?? "kavel"],
        fill: row.word === "similar" ? "white" : FIGURES.colours[colours[row.word] ?? "kavel"],
        line: row.word === "similar" ? FIGURES.colours.same : "white",
        x: found?.own ?? null, low: found?.all[0] ?? null, high: found?.all[1] ?? null, q1: found?.middle[0] ?? null, q3: found?.middle[1] ?? null,
      };
    })];
    const hidden = h("div", { style: "position:absolute;left:-9999px;width:900px" });
    document.body.append(hidden);
    const { figure: draw } = await FIGURES.vega();
    const spec = structuredClone(FIGURES.specs.profile);
    for (const data of spec.data ?? []) if (data.name === "rows") data.values = rows;
    const view = await draw(hidden, spec);
    const domain = this.book.domains.find((d) => d.id === this.choice.domain)?.title ?? say("kernset");
    const used = [...new Set(this.rows.map((row) => row.edition?.source).filter(Boolean))];
    const years = this.choice.year || say("newest");
    const made = picture(hidden.querySelector("svg"), { title: `${this.book.area.title}: ${domain}`, subtitle: `${say("year")} ${years}. ${say("pictureKey", { area: this.book.area.title })}`, source: this.sourceOf(used), fonts });
    view.end();
    hidden.remove();
    return made;
  }

  sourceOf(ids) {
    return [...sourceLines(this.book, ids), `${say("licenceOurs", { licence: licenceOf(this.book, ids) })} kavelmon ${this.common.version}, ${this.common.date}.`];
  }

  foot() {
    const { book } = this;
    const shown = this.book.items.flatMap((i) => i.editions.map((e) => e.source));
    const used = [...new Set(shown)];
    const lines = used.map((id) => {
      const s = book.sources[id];
      return h("li", {}, `${s.publisher}, ${s.title}${s.table ? ` (${s.table})` : ""}. ${say("fetched")}: ${s.accessed}. ${say(`terms_${s.terms}`, { licence: s.licence })}`, this.link.failed?.[id] ? h("b", {}, ` ${s.publisher}: ${this.link.failed[id]}`) : "");
    });
    const nc = used.some((id) => book.sources[id].terms === "non_commercial");
    const cite = this.citation();
    this.footer.replaceChildren(h("footer.km-footer", {}, h("div.km-width.km-columns", {},
      h("section", {}, h("h2", {}, say("sourcesHere")), h("details.km-fold", {}, h("summary", {}, say("sourcesCount", { n: used.length })), h("ul", {}, lines)), this.common.left?.length ? h("p", {}, say("leftOut", { names: this.common.left.join("; ") })) : ""),
      h("section", {}, h("h2", {}, say("licence")), h("p", {}, say("licenceOurs", { licence: licenceOf(book, used) })), nc ? h("p", {}, h("b", {}, say("nonCommercial"))) : "", h("p", {}, say("figuresTerms"))),
      h("section", {}, h("h2", {}, say("privacy")), h("p", {}, say("privacyText"))),
      h("section", {}, h("h2", {}, say("cite")), h("p", {}, cite.text), h("details.km-fold", {}, h("summary", {}, "BibTeX"), h("pre", { tabindex: 0 }, cite.bibtex))))));
  }

  citation() {
    const { area } = this.book;
    const year = this.common.date.slice(-4);
    const title = say("profileOf", { area: area.title });
    const version = this.common.version;
    const text = `kavelmon (${year}). ${title}. ${say("versionWord")} ${version}, ${this.common.date}.`;
    const bibtex = `@misc{kavelmon_${slug(area)}_${year},\n  title = {${title}},\n  author = {{kavelmon}},\n  year = {${year}},\n  version = {${version}},\n  note = {${this.common.date}}\n}`;
    return { text, bibtex };
  }

  async ask(message) { return this.link.ask ? this.link.ask(message) : null; }
}

function licenceOf(book, ids) {
  return ids.some((id) => book.sources[id].terms === "non_commercial") ? "CC BY-NC 4.0" : "CC BY 4.0";
}
