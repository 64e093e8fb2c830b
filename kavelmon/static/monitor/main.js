// How the page comes to live: in Voilà and JupyterLab as a widget, in a published file by itself.
const ANSWER_MS = 150_000; // the document of an area that nobody asked for before is made first

async function unpacked(bytes) {
  if (!bytes?.byteLength) return null;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function vegaFrom(element, text) {
  let loading = null;
  return () => {
    loading ??= import(element ? element.href : URL.createObjectURL(new Blob([text()], { type: "text/javascript" })));
    return loading;
  };
}

function prepare(common, vega) {
  setWords(common.texts);
  Object.assign(FIGURES, { specs: common.specs, colours: common.colours, vega });
}

// The address of a served page is its own; in JupyterLab there is none that means something.
function addressing(kind) {
  const clean = () => location.href.split(/[?#]/)[0];
  if (kind === "query") {
    return {
      asked: () => location.search.slice(1),
      keep: (choice, step) => history[step ? "pushState" : "replaceState"](null, "", `${clean()}?${toAddress(choice)}`),
      whole: (choice) => `${clean()}?${toAddress(choice)}`,
    };
  }
  if (kind === "hash") {
    return {
      asked: () => location.hash.slice(1),
      keep: (choice, step) => history[step ? "pushState" : "replaceState"](null, "", `#${toAddress(choice)}`),
      whole: (choice) => `${clean()}#${toAddress(choice)}`,
    };
  }
  return { asked: () => "", keep: null, whole: null };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// The font goes into a picture as data, or a saved picture would have another one.
function fontsFrom(address) {
  let made = null;
  return () => {
    made ??= (async () => {
      try {
        if (!address) return "";
        const blob = await (await fetch(address)).blob();
        const data = await new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result); r.readAsDataURL(blob); });
        return `@font-face{font-family:"Source Sans 3";src:url(${data});font-weight:200 900}`;
      } catch { return ""; }
    })();
    return made;
  };
}

// An area of which the codes are not right: what is wrong with them, and the way to mend it.
function faulty(faults, area) {
  return h("div.km-width", {}, h("h1", {}, say("ownFaulty")), h("div.km-warn", { role: "alert" }, faults.map((text) => h("p", {}, text))),
    h("p", {}, h("a.km-button", { href: `samenstellen.ipynb?${new URLSearchParams({ gebied: area })}` }, say("ownAgain"))));
}

function unknownArea(areas, go) {
  return h("div.km-width", {}, h("h1", {}, say("unknownArea")), h("ul.km-areas", {},
    areas.map((a) => h("li", {}, h("button.km-button", { type: "button", onclick: () => go(a.id) }, a.title), ` ${say(`kind_${a.kind}`)}`))));
}

// Questions to the kernel, each with its own answer; null when none came in time.
function asking(model, patience) {
  const waiting = new Map();
  let number = 0;
  model.on("msg:custom", (content, buffers) => {
    waiting.get(content.number)?.({ ...content, buffers });
    waiting.delete(content.number);
  });
  return (message) => new Promise((done) => {
    const mine = ++number;
    const late = setTimeout(() => { waiting.delete(mine); window.kavelmon?.lost?.(); done(null); }, patience);
    waiting.set(mine, (answer) => { clearTimeout(late); done(answer); });
    model.send({ ...message, number: mine });
  });
}

// Whether an address names an area that somebody put together, or a region, and not a declared one.
const isComposed = (area, common) => /^(GM|WK|BU|GG|ZK|CR|PV|VR)\d/i.test(area) || common.networks.some((one) => one.id === area);

async function render({ model, el }) {
  el.setAttribute("aria-busy", "true");
  const common = await unpacked(model.get("common"));
  prepare(common, vegaFrom(document.getElementById("kavelmon-vega"), () => model.get("vega")));
  const address = addressing(model.get("address"));
  const ask = asking(model, ANSWER_MS);
  let app = null;
  const making = () => h("div.km-width.km-making", { role: "status" }, h("h1", {}, say("ownMaking")), h("p", {}, say("ownMakingHint")));
  // Ask for the document of an area, show it, or say why there is none.
  async function fetchArea(id, choice, step) {
    const before = [...el.childNodes];
    if (isComposed(id, common)) el.replaceChildren(making());
    const answer = await ask({ ask: "area", id });
    if (answer?.buffers?.length) return open(answer.buffers[0], answer.buffers[1], choice, step);
    if (answer?.faults) return el.replaceChildren(faulty(answer.faults, id));
    el.replaceChildren(...(before.length ? before : [h("div.km-width", {}, h("p.km-warn", { role: "alert" }, answer?.sorry ?? say("figureFailed")))]));
    return undefined;
  }
  const link = {
    ask,
    failed: model.get("failed"),
    fonts: fontsFrom(document.getElementById("kavelmon-font")?.href),
    address: address.keep,
    share: address.whole && (() => copied(address.whole(app.choice))),
    costs: address.keep ? (area) => `kosten_en_verdeling.ipynb?${new URLSearchParams(area.kind === "eigen" ? { gebied: area.members.map(([code]) => code).join(","), naam: area.title } : { gebied: area.id })}` : null,
    compose: address.keep ? (area) => `samenstellen.ipynb?${new URLSearchParams({ gebied: area.members.map(([code]) => code).join(","), naam: area.given ?? "" })}` : null,
    go: (id) => fetchArea(id, { ...(app?.choice ?? {}), area: id, title: "", compare: "", chosen: "", edition: "", period: "" }, true),
  };
  async function open(core, units, asked, step) {
    const [first, second] = await Promise.all([unpacked(core), unpacked(units)]);
    if (asked.title && first.area.kind === "eigen") Object.assign(first.area, { title: asked.title, given: asked.title });
    app = new App(el, common, new Book({ ...first, areas: common.areas, networks: common.networks }, second), link);
    const started = app.start(asked);
    document.title = `${first.area.title} – kavelmon`;
    if (step) address.keep?.(app.choice, step);
    await started;
  }
  // Back and forward: the choices of that address, without another step.
  async function goBack() {
    if (!app || toAddress(app.choice) === address.asked()) return;
    const asked = fromAddress(address.asked());
    const id = asked.area ?? model.get("area");
    if (id === app.choice.area) return app.restore(asked);
    await fetchArea(id, asked);
  }
  if (address.keep) addEventListener("popstate", goBack);
  const asked = fromAddress(address.asked());
  const wanted = asked.area ?? "";
  const bad = asked.bad.includes("gebied") || (wanted && !common.areas.some((a) => a.id === wanted) && !isComposed(wanted, common));
  if (bad) el.replaceChildren(unknownArea(common.areas, (id) => link.go(id)));
  else if (wanted && wanted !== model.get("area")) await fetchArea(wanted, asked);
  else await open(model.get("core"), model.get("units"), asked);
  el.removeAttribute("aria-busy");
}

// A published file holds its document as text and has nobody to ask.
async function published(el) {
  const text = (id) => document.getElementById(id).textContent;
  const { common, core, units } = JSON.parse(text("kavelmon-document"));
  prepare(common, vegaFrom(null, () => text("kavelmon-vega-text")));
  const address = addressing("hash");
  const asked = () => {
    const found = fromAddress(address.asked());
    if (found.area && found.area !== core.area.id) found.bad.push(NAMES.area);
    return found;
  };
  const link = {
    fonts: async () => text("kavelmon-font-face"),
    address: address.keep,
    // The address of a file on this machine opens nothing for anybody else.
    share: location.protocol === "file:" ? null : () => copied(address.whole(app.choice)),
  };
  const app = new App(el, common, new Book({ ...core, areas: common.areas }, units), link);
  addEventListener("popstate", () => {
    if (location.hash && !location.hash.includes("=")) return; // a link inside the page
    if (toAddress(app.choice) !== address.asked()) app.restore(asked());
  });
  await app.start(asked());
}

export default { render };
export { published };
