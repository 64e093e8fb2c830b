// What a visitor chooses, timed inside the page: until the event that a draw is complete, and until that is painted.
(() => {
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  async function act(work) {
    const begin = performance.now();
    if (work) {
      const drawn = new Promise((done) => document.addEventListener("kavelmon-drawn", done, { once: true }));
      work();
      await drawn;
    }
    const ready = performance.now();
    await frames();
    const found = [ready - begin, performance.now() - begin];
    await new Promise((done) => setTimeout(done, 150)); // a change of width draws once more
    return found;
  }
  const box = (name) => document.querySelector(`.km-panel select[name=${name}]`);
  const values = (name) => [...(box(name)?.options ?? [])].map((option) => option.value);
  const pick = (name, value) => act(() => {
    box(name).value = value;
    box(name).dispatchEvent(new Event("change", { bubbles: true }));
  });

  window.measured = {
    // Two frames in which nothing is drawn.
    async nothing(most) {
      const found = [];
      while (found.length < most) found.push(await act(null));
      return found;
    },
    // A click on the row of each of these indicators, as far as their wijken are shown then.
    async items(asked) {
      const found = [];
      for (const [domain, id] of asked) {
        const tab = document.getElementById(`km-tab-${domain}`);
        if (tab.getAttribute("aria-selected") !== "true") await act(() => tab.click());
        if (box("niveau")?.value !== "WK" && values("niveau").includes("WK")) await pick("niveau", "WK");
        const row = document.querySelector(`tr.km-row[data-item="${id}"]`);
        if (!row || row.classList.contains("km-chosen")) continue;
        const spent = await act(() => row.click());
        if (box("niveau")?.value === "WK" && document.querySelector(".km-map-card .mark-shape path")) found.push(spent);
      }
      return found;
    },
    // Another year or another level, in turns.
    async picks([name, most]) {
      const found = [];
      for (let n = 0; n < most; n++) {
        const others = values(name).filter((value) => value !== box(name).value && value !== "BU");
        if (!others.length) break;
        found.push(await pick(name, others[n % others.length]));
      }
      return found;
    },
  };
})();
