// How the page comes to live: in Voilà and JupyterLab as a widget, in a published file by itself.
const ANSWER_MS = 20_000;

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

function unknownArea(areas, go) {
  return h("div.km-width", {}, h("h1", {}, say("unknownArea")), h("ul.km-areas", {},
    areas.map((a) => h("li", {}, h("button.km-button", { type: "button", onclick: () => go(a.id) }, a.title), ` ${say(`kind_${a.kind}`)}`))));
}

async function render({ model, el }) {
  el.setAttribute("aria-busy", "true");
  const common = await unpacked(model.get("common"));
  prepare(common, vegaFrom(document.getElementById("kavelmon-vega"), () => model.get("vega")));
  const address = addressing(model.get("address"));
  const waiting = new Map();
  let number = 0;
  model.on("msg:custom", (content, buffers) => {
    waiting.get(content.number)?.({ ...content, buffers });
    waiting.delete(content.number);
  });
  const ask = (message) => new Promise((done) => {
    const mine = ++number;
    const late = setTimeout(() => { waiting.delete(mine); window.kavelmon?.lost?.(); done(null); }, ANSWER_MS);
    waiting.set(mine, (answer) => { clearTimeout(late); done(answer); });
    model.send({ ...message, number: mine });
  });
  let app = null;
  const link = {
    ask,
    failed: model.get("failed"),
    fonts: fontsFrom(document.getElementById("kavelmon-font")?.href),
    address: address.keep,
    share: address.whole && (() => copied(address.whole(app.choice))),
    go: async (id) => {
      const answer = await ask({ ask: "area", id });
      if (answer?.buffers) await open(answer.buffers[0], answer.buffers[1], { ...(app?.choice ?? {}), area: id, compare: "", chosen: "", edition: "", period: "" }, true);
    },
  };
  async function open(core, units, asked, step) {
    const [first, second] = await Promise.all([unpacked(core), unpacked(units)]);
    app = new App(el, common, new Book({ ...first, areas: common.areas }, second), link);
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
    const answer = await ask({ ask: "area", id });
    if (answer?.buffers) await open(answer.buffers[0], answer.buffers[1], asked);
  }
  if (address.keep) addEventListener("popstate", goBack);
  const asked = fromAddress(address.asked());
  const wanted = asked.area ?? "";
  const bad = asked.bad.includes("gebied") || (wanted && !common.areas.some((a) => a.id === wanted));
  if (bad) el.replaceChildren(unknownArea(common.areas, (id) => link.go(id)));
  else if (wanted && wanted !== model.get("area")) {
    const answer = await ask({ ask: "area", id: wanted });
    if (answer?.buffers) await open(answer.buffers[0], answer.buffers[1], asked);
  } else await open(model.get("core"), model.get("units"), asked);
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
