const PALE = 0.25; // of a colour, what is left of it outside the filters

// A colour (#RRGGBB) nearly white; it still covers what lies beneath.
function paled(colour) {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((v) => Math.round(255 - (255 - v) * PALE)).join(" ")})`;
}

// The map of all wijken on a canvas: some three thousand shapes that take another colour at once.
class WijkMap {
  constructor(doc, colours, choose) {
    Object.assign(this, { doc, colours, choose });
    const { size, paths, boxes, towns } = doc.shapes;
    this.size = size;
    this.shapes = paths.map((d) => (d ? new Path2D(d) : null));
    this.towns = new Path2D(towns);
    this.boxes = boxes;
    this.frame = [0, 0, ...size];
    this.canvas = h("canvas", { role: "img", tabindex: 0 });
    this.tip = h("p.km-tip", { hidden: true, "aria-hidden": "true" });
    const tool = (text, label, act) => h("button.km-button", { type: "button", "aria-label": label, onclick: act }, text);
    const tools = h("div.km-tools", {}, tool("+", say("ownCloser"), () => this.zoom(0.5)), tool("−", say("ownFurther"), () => this.zoom(2)),
      tool(say("ownCountry"), say("ownCountry"), () => this.look([0, 0, ...size])));
    this.node = h("div.km-map-box.km-wijkmap", {}, this.canvas, this.tip, tools);
    this.fills = new Array(paths.length).fill("");
    this.dim = null;
    this.follow();
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.canvas);
  }

  // What is drawn: a colour per wijk, the chosen one, the ones with a ring, and which ones the filters leave.
  paint({ fills, chosen, rings, dim, label }) {
    Object.assign(this, { fills, chosen, rings, dim });
    this.canvas.setAttribute("aria-label", label);
    this.draw();
  }

  get scale() { return this.canvas.clientWidth / this.frame[2]; }

  draw() {
    const width = this.canvas.clientWidth;
    if (!width) return;
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    const height = Math.round(width * (this.size[1] / this.size[0]));
    if (this.canvas.width !== Math.round(width * dense)) {
      this.canvas.width = Math.round(width * dense);
      this.canvas.height = Math.round(height * dense);
    }
    const paper = this.canvas.getContext("2d");
    const [x, y] = this.frame;
    const scale = this.scale * dense;
    paper.setTransform(1, 0, 0, 1, 0, 0);
    paper.clearRect(0, 0, this.canvas.width, this.canvas.height);
    paper.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
    const there = this.boxes.map((box) => box && box[2] > x && box[0] < x + this.frame[2] && box[3] > y && box[1] < y + this.frame[3]);
    paper.fillStyle = this.hatch(paper);
    paper.fill(this.towns, "evenodd");
    const fill = (n, pale) => {
      if (!this.fills[n]) return;
      paper.fillStyle = pale ? paled(this.fills[n]) : this.fills[n];
      paper.fill(this.shapes[n], "evenodd");
    };
    const full = [];
    for (let n = 0; n < this.shapes.length; n++) {
      if (!there[n] || !this.shapes[n]) continue;
      if (this.dim && !this.dim[n]) fill(n, true);
      else full.push(n);
    }
    full.forEach((n) => fill(n));
    if (this.frame[2] < this.size[0] * 0.6) { // borders of wijken, when there is room for them
      paper.strokeStyle = "white";
      paper.lineWidth = 0.6 / this.scale;
      for (const n of full) paper.stroke(this.shapes[n]);
    }
    paper.strokeStyle = this.colours.border;
    paper.lineWidth = (this.frame[2] < this.size[0] * 0.6 ? 1.1 : 0.4) / this.scale;
    paper.stroke(this.towns);
    for (const n of this.rings ?? []) this.ring(paper, n, 4.5, this.colours.ink, "white");
    if (this.chosen >= 0 && this.shapes[this.chosen]) {
      paper.strokeStyle = this.colours.select;
      paper.lineWidth = 2.5 / this.scale;
      paper.stroke(this.shapes[this.chosen]);
      this.ring(paper, this.chosen, 7, this.colours.select, "white");
    }
  }

  // The country beneath is hatched: what is not covered has no score.
  hatch(paper) {
    const tile = document.createElement("canvas");
    tile.width = 8;
    tile.height = 8;
    const brush = tile.getContext("2d");
    brush.fillStyle = this.colours.none;
    brush.fillRect(0, 0, 8, 8);
    brush.strokeStyle = this.colours.hatch;
    brush.lineWidth = 1.5;
    for (const from of [-8, 0, 8]) { brush.moveTo(from, 8); brush.lineTo(from + 8, 0); }
    brush.stroke();
    const pattern = paper.createPattern(tile, "repeat");
    pattern.setTransform(paper.getTransform().inverse().multiply(new DOMMatrix([1, 0, 0, 1, 0, 0])));
    return pattern;
  }

  ring(paper, n, radius, colour, edge) {
    const box = this.boxes[n];
    if (!box) return;
    paper.beginPath();
    paper.arc((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, radius / this.scale, 0, 2 * Math.PI);
    paper.strokeStyle = edge;
    paper.lineWidth = 4 / this.scale;
    paper.stroke();
    paper.strokeStyle = colour;
    paper.lineWidth = 1.6 / this.scale;
    paper.stroke();
  }

  look([x, y, width, height]) {
    const [most, high] = this.size;
    const w = Math.min(most, Math.max(width, most / 40));
    const tall = w * (high / most);
    const cx = Math.min(Math.max(x + (width - w) / 2, -w / 2), most - w / 2);
    const cy = Math.min(Math.max(y + (height - tall) / 2, -tall / 2), high - tall / 2);
    this.frame = w === most ? [0, 0, most, high] : [cx, cy, w, tall];
    this.canvas.classList.toggle("km-near", w < most);
    this.draw();
  }

  zoom(by) {
    const [x, y, w, tall] = this.frame;
    this.look([x + (w - w * by) / 2, y + (tall - tall * by) / 2, w * by, tall * by]);
  }

  // Some wijken in view, with room around them; all of the country when there are none with a shape.
  show(numbers) {
    const boxes = numbers.map((n) => this.boxes[n]).filter(Boolean);
    if (!boxes.length) return this.look([0, 0, ...this.size]);
    const [w, n, e, s] = [0, 1, 2, 3].map((k) => Math[k < 2 ? "min" : "max"](...boxes.map((box) => box[k])));
    const ratio = this.size[1] / this.size[0];
    const width = Math.max((e - w) * 1.15, ((s - n) * 1.15) / ratio, this.size[0] / 12);
    return this.look([(w + e) / 2 - width / 2, (n + s) / 2 - (width * ratio) / 2, width, width * ratio]);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = this.frame[0] + (event.clientX - box.left) / this.scale;
    const y = this.frame[1] + (event.clientY - box.top) / this.scale;
    const paper = this.canvas.getContext("2d");
    paper.setTransform(1, 0, 0, 1, 0, 0);
    return this.boxes.findIndex((b, n) => b && x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3] && paper.isPointInPath(this.shapes[n], x, y, "evenodd"));
  }

  follow() {
    let from = null;
    let moved = false;
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (e) => { from = { x: e.clientX, y: e.clientY, frame: this.frame }; moved = false; });
    canvas.addEventListener("pointermove", (e) => {
      if (!from) return this.hover(e);
      if (this.frame[2] === this.size[0]) return undefined; // the whole country needs no moving about
      if (Math.hypot(e.clientX - from.x, e.clientY - from.y) < 5 && !moved) return undefined;
      moved = true;
      const [x, y, w, tall] = from.frame;
      return this.look([x - (e.clientX - from.x) / this.scale, y - (e.clientY - from.y) / this.scale, w, tall]);
    });
    const end = () => { from = null; };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => { end(); this.tip.hidden = true; });
    canvas.addEventListener("click", (e) => { const n = moved ? -1 : this.at(e); if (n >= 0) this.choose(n); });
    canvas.addEventListener("keydown", (e) => {
      const [x, y, w, tall] = this.frame;
      const step = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, -0.2], ArrowDown: [0, 0.2] }[e.key];
      if (e.key === "+" || e.key === "=") this.zoom(0.5);
      else if (e.key === "-") this.zoom(2);
      else if (step && w < this.size[0]) this.look([x + step[0] * w, y + step[1] * tall, w, tall]);
      else return;
      e.preventDefault();
    });
  }

  hover(event) {
    const n = event.pointerType === "touch" ? -1 : this.at(event);
    this.tip.hidden = n < 0;
    if (n < 0) return;
    this.tip.textContent = this.tell(n);
    const box = this.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    this.tip.style.left = `${Math.min(x + 12, box.width - 200)}px`;
    this.tip.style.top = `${event.clientY - box.top + 14}px`;
  }
}
