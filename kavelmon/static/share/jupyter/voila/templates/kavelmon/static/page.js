// What Voilà calls while it makes the page, and what a visitor sees until the figures are there.
window.kavelmon = {
  load() {
    const loading = document.getElementById("kavelmon-loading");
    const cells = document.getElementById("kavelmon-cells");
    const say = (text) => { loading.firstElementChild.textContent = text; };
    const timers = [
      setTimeout(() => { say("Cijfers laden…"); loading.lastElementChild.hidden = false; }, 300),
      setTimeout(() => say("Dit duurt langer dan normaal."), 10_000),
      setTimeout(() => {
        loading.replaceChildren(document.getElementById("kavelmon-failure").content.cloneNode(true));
      }, 90_000),
    ];
    // Voilà puts every output in the place of its description, and a widget says "Loading" until it has its parts.
    const pending = 'script[type="application/vnd.voila.cell-output+json"], .lm-Panel.jp-OutputArea-output:not(:has(*))';
    let unfinished = `${pending}, .lm-Widget:empty, [aria-busy=true]`;
    let complete = false;
    const look = () => {
      if (!complete || cells.querySelector(unfinished)) return;
      watch.disconnect();
      timers.forEach(clearTimeout);
      loading.remove();
      cells.classList.remove("kavelmon-unseen");
    };
    const watch = new MutationObserver(look);
    watch.observe(cells, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
    window.voila_finish = () => {
      complete = true;
      timers.push(setTimeout(() => { unfinished = pending; look(); }, 10_000)); // a figure that never comes stops nothing
      look();
    };
    // Any list of pages comes with the cookie without which a page that closes may not end its kernel.
    fetch(`${document.body.dataset.baseUrl}tree`, { cache: "no-store" }).catch(() => {});
  },
};
window.voila_process = () => {};
window.voila_heartbeat = () => {};

// A page that comes back, from the Back button or from a phone that slept, may have lost its kernel.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", async () => {
  const config = document.getElementById("jupyter-config-data");
  if (document.hidden || !config) return;
  const { baseUrl, kernelId } = JSON.parse(config.textContent);
  const answer = await fetch(`${baseUrl}api/kernels/${kernelId}`).catch(() => null);
  if (answer?.status === 404) location.reload();
});
