// What Voilà calls while it makes the page, what a visitor sees until the figures are there, and when the server is lost.
window.kavelmon = {
  // Say that the page has no kernel any more; once is enough. A widget that gets no answer may call it too.
  lost() {
    if (document.querySelector(".kavelmon-lost")) return;
    if (document.querySelector(".kavelmon-unseen")) { this.fail(); return; } // nothing to see yet
    const banner = document.getElementById("kavelmon-lost").content.firstElementChild.cloneNode(true);
    banner.querySelector("button").addEventListener("click", () => location.reload());
    document.querySelector(".kavelmon-skip").after(banner);
    // What has the focus is not scrolled to where the banner is.
    const room = () => { document.documentElement.style.scrollPaddingTop = `${banner.offsetHeight}px`; };
    new ResizeObserver(room).observe(banner);
  },
  load() {
    const loading = document.getElementById("kavelmon-loading");
    const cells = document.getElementById("kavelmon-cells");
    const say = (text) => { loading.firstElementChild.textContent = text; };
    const timers = [
      setTimeout(() => { say("Cijfers laden…"); loading.lastElementChild.hidden = false; }, 300),
      setTimeout(() => say("Dit duurt langer dan normaal."), 10_000),
      setTimeout(() => this.fail(), 90_000),
    ];
    this.fail = () => {
      if (loading.querySelector(".kavelmon-failure")) return;
      timers.forEach(clearTimeout);
      loading.replaceChildren(document.getElementById("kavelmon-failure").content.cloneNode(true));
    };
    // Voilà puts every output in the place of its description, and a widget says "Loading" until it has its parts.
    const pending = 'script[type="application/vnd.voila.cell-output+json"], .lm-Panel.jp-OutputArea-output:not(:has(*))';
    let unfinished = `${pending}, .lm-Widget:empty, [aria-busy=true]`;
    let complete = false;
    const look = () => {
      if (!complete || cells.querySelector(unfinished)) return;
      watch.disconnect();
      timers.forEach(clearTimeout);
      keep("again", null);
      loading.remove();
      cells.classList.remove("kavelmon-unseen");
      cells.querySelectorAll(".jp-OutputArea-output").forEach((box, n) => { // the keyboard has to get at a wide table
        if (box.scrollWidth <= box.clientWidth || getComputedStyle(box).overflowX !== "auto") return;
        const label = `Uitkomst ${n + 1}, schuift opzij`;
        for (const [name, value] of Object.entries({ tabindex: 0, role: "region", "aria-label": label })) box.setAttribute(name, value);
      });
    };
    // On a busy server Jupyter's widgets sometimes give a page up ("widget model not found"), and sometimes say nothing
    // of it: the page is asked for once more.
    const complain = console.error;
    console.error = (...said) => {
      complain(...said);
      if (said.some((one) => String(one?.message ?? one).includes("widget model not found"))) again();
    };
    const again = () => {
      if (!cells.classList.contains("kavelmon-unseen") || kept("again")) return;
      keep("again", "1");
      location.reload();
    };
    const watch = new MutationObserver(look);
    watch.observe(cells, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
    window.voila_finish = () => {
      // Voilà's own settings come with the kernel, after those that its front end began with; that keeps what it has read.
      document.getElementById("jupyter-config-data").remove();
      document.body.dataset.kernelId = settings().kernelId;
      complete = true;
      timers.push(setTimeout(again, Math.max(15_000, 3 * performance.now())));
      timers.push(setTimeout(() => { unfinished = pending; look(); }, 10_000)); // a figure that never comes stops nothing
      look();
    };
    // Any list of pages comes with the cookie without which a page that closes may not end its kernel.
    fetch(`${document.body.dataset.baseUrl}tree`, { cache: "no-store" }).catch(() => {});
  },
};
// What is to be remembered while a page is loaded again; a browser that keeps nothing loses nothing else.
const kept = (name) => { try { return sessionStorage.getItem(`kavelmon-${name}`); } catch { return "1"; } };
const keep = (name, value) => {
  try {
    if (value === null) sessionStorage.removeItem(`kavelmon-${name}`);
    else sessionStorage.setItem(`kavelmon-${name}`, value);
  } catch { /* not allowed here */ }
};

window.voila_process = () => {};
window.voila_heartbeat = () => {};

const settings = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");

// The answer to whether the kernel of this page is there: 404 when it is not, 0 when there was no answer.
const ASK_EVERY = 5000;
const ask = async () => {
  const { baseUrl, kernelId } = settings();
  if (!kernelId) return 200;
  const options = { cache: "no-store", signal: AbortSignal.timeout(ASK_EVERY) };
  const answer = await fetch(`${baseUrl}api/kernels/${kernelId}`, options).catch(() => null);
  return answer ? answer.status : 0;
};
let leaving = -Infinity; // Voilà ends the kernel just before a page goes; one that stays after all is lost
window.addEventListener("beforeunload", () => { leaving = performance.now(); });
let missed = 0;
const asking = setInterval(async () => {
  const goes = () => document.hidden || performance.now() - leaving < 10_000;
  if (goes()) return;
  const status = await ask();
  if (goes()) return;
  missed = status === 0 || status >= 500 ? missed + 1 : 0;
  if (status !== 404 && missed < 3) return;
  clearInterval(asking);
  window.kavelmon.lost();
}, ASK_EVERY);

// A page that comes back, from the Back button or from a phone that slept, may have lost its kernel.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", async () => {
  if (document.hidden || document.querySelector(".kavelmon-lost")) return;
  if (await ask() === 404) location.reload();
});
