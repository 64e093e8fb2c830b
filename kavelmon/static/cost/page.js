// Kosten en verdeling: the page around both parts, its choices and its address.
const ASK_MS = 60_000;
const FORM_NAMES = ["contract", "contract2"];

class Costs {
  constructor(box, common, doc, link) {
    Object.assign(this, { box, common, doc, link });
    this.area = new CostArea(doc, () => this.keep());
  }

  start(asked) {
    const lost = [...asked.bad];
    this.reference = ["NL", "others"].includes(asked.reference) ? asked.reference : "NL";
    if (asked.reference && this.reference !== asked.reference) lost.push("vergeleken");
    this.note = h("span.km-note", { role: "status" });
    this.asking = h("span.km-note", { role: "status" });
    this.badLink = h("div", {});
    this.division = new Division(this.doc, this.link.ask, asked.forms, () => this.keep());
    this.root = h("div.km-page.km-costs", {}, h("div.km-width", {}, this.badLink, this.area.box), this.division.box, this.foot());
    this.box.replaceChildren(this.root);
    this.lost(lost);
    const first = this.doc.areas[0].id;
    if (asked.area === "" || asked.area in this.doc.of) this.show(asked.area || first);
    else this.open(asked.area, asked.title, first, lost);
    this.division.divide();
  }

  // Open with an area that is not offered: nothing of another one is shown while its cost is worked out.
  async open(id, title, otherwise, lost) {
    this.opening = true; // the address stays as it was until then
    this.division.name(this.doc.of[otherwise].area.title);
    this.area.box.replaceChildren(h("h1", {}, say("costKicker")), h("p", { role: "status" }, say("costBusy")));
    const said = await this.fetch(id, title);
    this.opening = false;
    if (said) this.lost([...lost, "gebied"]);
    this.show(said ? otherwise : id);
    this.keep();
    if (said) this.sorry(said);
  }

  // Ask the kernel for an area; returns why there is none, or nothing.
  async fetch(id, title) {
    if (id in this.doc.of) return "";
    const answer = await this.link.ask?.({ ask: "area", codes: id, title });
    if (answer?.area) this.doc.of[id] = answer.area;
    return answer?.area ? "" : answer?.said ?? answer?.sorry ?? say("figureFailed");
  }

  sorry(text) { this.asking.className = "km-note"; this.asking.replaceChildren(h("span.km-warn", { role: "alert" }, text)); }

  lost(names) { this.badLink.replaceChildren(names.length ? h("p.km-warn", { role: "status" }, say("badLink", { names: [...new Set(names)].join(", ") })) : ""); }

  // Show an area of which the cost is known.
  show(id) {
    this.id = id;
    const known = this.doc.of[id];
    const options = [[say("costKavels"), this.doc.areas.map((a) => [a.id, a.title])], [say("costTowns"), this.doc.towns]];
    if (!options.some(([, list]) => list.some(([key]) => key === id))) options.unshift([say("costOwn"), [[id, known.area.title]]]);
    const box = h("select", { name: "km-area", onchange: (event) => this.go(event.target.value) }, options.map(([label, list]) => h("optgroup", { label }, list.map(([key, text]) => h("option", { value: key, selected: key === id }, text)))));
    const reference = select(say("costReference"), ["NL", "others"].map((r) => [r, say(`costRef_${r}`)]), this.reference, (r) => { this.reference = r; this.show(this.id); this.keep(); this.root.querySelector('[name="km-reference"]').focus(); }, "km-reference");
    const tools = h("div.km-bar", {}, h("label.km-field", {}, h("span", {}, say("costArea")), box), reference, this.asking);
    const monitor = this.link.keep ? h("a.km-button", { href: `kavelmonitor.ipynb?${new URLSearchParams({ gebied: id, ...(this.named(id) ? { naam: known.area.title } : {}) })}` }, say("costMonitor")) : "";
    const buttons = h("div.km-buttons", {}, monitor, this.link.whole ? h("button.km-button", { type: "button", onclick: () => this.share() }, say("share")) : "", h("button.km-button", { type: "button", onclick: () => this.area.csv() }, say("costCsv")), this.note);
    this.division.name(known.area.title);
    if (this.link.keep) document.title = `${known.area.title} – ${say("costKicker")} – kavelmon`;
    this.asking.className = "km-hidden";
    this.asking.textContent = say("costShown", { area: known.area.title, verdict: known.of[this.reference].verdict });
    this.area.show(known, this.reference, tools, buttons).then(() => { this.root.dataset.drawn = "ja"; this.root.dataset.area = id; });
  }

  // Go to an area that somebody chose.
  async go(id) {
    this.asking.className = "km-note";
    this.asking.textContent = id in this.doc.of ? "" : say("costBusy");
    this.area.box.classList.add("km-busy");
    const said = await this.fetch(id, "");
    this.area.box.classList.remove("km-busy");
    this.show(said ? this.id : id);
    this.root.querySelector('[name="km-area"]').focus({ preventScroll: true });
    if (said) this.sorry(said);
    else this.keep(true);
  }

  keep(step = false) {
    if (this.opening) return;
    this.note.textContent = "";
    this.link.keep?.(this.address(), step);
  }

  // Whether an area has a name that its codes do not tell.
  named(id) { return this.doc.of[id].area.kind === "eigen" && !this.doc.towns.some(([code]) => code === id); }

  address() {
    const parts = new URLSearchParams({ gebied: this.id });
    if (this.named(this.id)) parts.set("naam", this.doc.of[this.id].area.title);
    if (this.reference !== "NL") parts.set("vergeleken", this.reference);
    for (const [law, value] of Object.entries(this.area.unit)) if (value.trim()) parts.set(law.toLowerCase(), value.trim());
    this.division.given.forEach((form, at) => { if (Object.keys(form).length || at) parts.set(FORM_NAMES[at], Object.entries(form).map(([name, value]) => `${name}:${value}`).join("~")); });
    return parts.toString();
  }

  async share() { this.note.textContent = say((await copied(this.link.whole(this.address()))) ? "shared" : "copyYourself"); }

  foot() {
    const lines = Object.values(this.doc.source).map((s) => h("li", {}, `${s.publisher}, ${s.title}. ${say(`terms_${s.terms}`, { licence: s.licence })}`));
    return h("footer.km-footer", {}, h("div.km-width.km-columns", {}, h("section", {}, h("h2", {}, say("sourcesHere")), h("ul", {}, lines)), h("section", {}, h("h2", {}, say("licence")), h("p", {}, say("licenceOurs", { licence: "CC BY-NC 4.0" })), h("p", {}, h("b", {}, say("nonCommercial")))),
      h("section", {}, h("h2", {}, say("privacy")), h("p", {}, say("privacyText"))), h("section", {}, h("h2", {}, say("cite")), h("p", {}, `kavelmon (${this.common.date.slice(-4)}). ${say("costKicker")}. ${say("versionWord")} ${this.common.version}, ${this.common.date}.`))));
  }
}

// The contracts of an address, as far as its fields are known; names what is not.
function contractsOf(given, doc, bad) {
  const names = doc.fields.map(([name]) => name);
  const forms = [];
  for (const key of FORM_NAMES) {
    if (given.get(key) === null) continue;
    const pairs = given.get(key).split("~").filter(Boolean).map((pair) => [pair.slice(0, pair.indexOf(":")), pair.slice(pair.indexOf(":") + 1)]);
    const right = ([name, value]) => names.includes(name) && value.length < 25 && (!doc.choices[name] || value in doc.choices[name]);
    if (!pairs.every(right)) bad.push(key);
    forms[FORM_NAMES.indexOf(key)] = Object.fromEntries(pairs.filter(right));
  }
  return forms.length > 1 ? [forms[0] ?? {}, forms[1]] : forms;
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
    const given = new URLSearchParams(served ? location.search.slice(1) : "");
    const asked = { bad: [], area: given.get("gebied") ?? "", title: given.get("naam") ?? "", reference: given.get("vergeleken") ?? "" };
    asked.forms = contractsOf(given, doc, asked.bad);
    const page = new Costs(el, common, doc, link);
    for (const law of ["Wmo", "Jeugdwet"]) if (given.get(law.toLowerCase())) page.area.unit[law] = given.get(law.toLowerCase()).slice(0, 20);
    page.start(asked);
    if (served) addEventListener("popstate", () => location.reload());
    el.removeAttribute("aria-busy");
  },
};
export { costs };
