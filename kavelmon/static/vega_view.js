// The front end of kavelmon.vega.VegaView; vegaEmbed comes with the bundle, the locales from Python.
const SORRY = "Deze figuur kan niet worden getoond. De cijfers staan in de tabel.";
const loader = {
  // Everything a figure needs is in its spec: a page makes no requests of its own.
  load: async () => { throw new Error("a figure loads nothing from outside"); },
  sanitize: async (uri) => ({ href: uri }),
};

// A file that is passed on lets no text become code: there Vega reads its expressions, a bit slower.
const ast = Boolean(document.getElementById("kavelmon-vega-text"));

function report(model, error) {
  if (model.get("error") !== error) {
    model.set("error", error);
    model.save_changes();
  }
}

// Vega only logs what goes wrong while it draws. Its class of views, needed to hear it, is reachable through a view only.
const { view: first } = await vegaEmbed(document.createElement("div"), { marks: [] }, { actions: false, ast });
class View extends first.constructor {
  error(reason) {
    this.failure ??= reason;
    return this;
  }
  warn(message, ...rest) {
    return message === "Loading failed" ? this.error(rest.at(-1)) : super.warn(message, ...rest);
  }
}
first.finalize();

// Draw a Vega or Vega-Lite spec in a box, and return its view; what goes wrong while it draws is thrown.
export async function figure(box, spec) {
  const { view, finalize } = await vegaEmbed(box, spec, {
    actions: false,
    ast,
    logLevel: 1, // an empty data set is no fault
    renderer: "svg",
    formatLocale: FORMAT_LOCALE,
    timeFormatLocale: TIME_FORMAT_LOCALE,
    loader,
    viewClass: View,
  });
  if (!view.failure) return Object.assign(view, { end: finalize });
  finalize();
  throw view.failure;
}

function render({ model, el }) {
  let width = 0;
  let turn = 0;
  let shown = null; // { box, finalize }
  Object.assign(el.style, { position: "relative", minWidth: 0, width: el.style.width || "100%" });
  el.setAttribute("aria-busy", "true");

  function relabel() {
    if (shown?.box.getAttribute("role") !== "img") return;
    shown.box.setAttribute("aria-label", model.get("label") || "Figuur");
  }

  function show(box, finalize) {
    box.removeAttribute("style");
    shown?.finalize();
    shown?.box.remove();
    shown = { box, finalize };
    relabel();
    el.removeAttribute("aria-busy");
  }

  async function redraw() {
    if (!width) return; // not on the page yet, or in a tab that is closed
    const mine = ++turn;
    const spec = model.get("spec");
    const box = document.createElement("div");
    let finalize = () => {};
    let error = "";
    // The new figure is made on top of the old one, unseen: the page keeps its height and nothing flickers.
    box.style.cssText = "position:absolute;inset:0;visibility:hidden";
    el.append(box);
    try {
      if (Object.keys(spec).length) {
        finalize = (await figure(box, structuredClone(spec))).end;
        box.removeAttribute("aria-roledescription");
        box.setAttribute("role", "img");
      }
    } catch (reason) {
      error = String(reason?.message ?? reason);
      box.replaceChildren(SORRY);
      box.className = "kavelmon-failure";
      for (const name of ["role", "aria-label", "aria-roledescription"]) box.removeAttribute(name);
    }
    if (mine === turn) {
      show(box, finalize);
      report(model, error);
    } else {
      finalize();
      box.remove();
    }
  }

  const sizes = new ResizeObserver(() => {
    if (!el.clientWidth || el.clientWidth === width) return;
    const first = !width;
    width = el.clientWidth;
    if (first) redraw();
    else window.dispatchEvent(new Event("resize")); // the only moment at which Vega looks at its width
  });
  sizes.observe(el);
  model.on("change:spec", redraw);
  model.on("change:label", relabel);
  return () => {
    turn++;
    sizes.disconnect();
    model.off("change:spec", redraw);
    model.off("change:label", relabel);
    shown?.finalize();
  };
}

export default { render };
