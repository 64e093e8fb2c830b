// Totals and ranks of all wijken under some weights; the same sums as kavelmon/selection/scores.py, on the same figures.
const TIE = 1e-9;

class Scores {
  constructor(doc) {
    this.n = doc.codes.length;
    this.least = doc.least;
    this.groups = doc.groups.map((g) => (g.scores ? Float64Array.from(g.scores, (v) => v ?? NaN) : null));
    this.total = new Float64Array(this.n);
    this.rank = new Int32Array(this.n);
    this.order = [];
  }

  // Whether weights can give a total at all: enough groups that have figures count.
  static enough(doc, weights) { return weights.filter((w, g) => w > 0 && doc.groups[g].scores).length >= doc.least; }

  weigh(weights) {
    const counting = this.groups.map((scores, g) => [scores, weights[g]]).filter(([scores, w]) => scores && w > 0);
    const order = [];
    for (let n = 0; n < this.n; n++) {
      this.total[n] = totalOf(counting.map(([scores, w]) => [scores[n], w]), this.least);
      this.rank[n] = 0;
      if (!Number.isNaN(this.total[n])) order.push(n);
    }
    order.sort((a, b) => this.total[b] - this.total[a] || a - b);
    order.forEach((n, at) => {
      const before = order[at - 1];
      this.rank[n] = at && this.total[before] - this.total[n] <= TIE ? this.rank[before] : at + 1;
    });
    this.order = order.sort((a, b) => this.rank[a] - this.rank[b] || a - b); // equal ones by code
  }
}

// The weighted mean of pairs (score, weight) that are known; NaN when there are fewer than `least`.
function totalOf(pairs, least) {
  let [sum, weight, known] = [0, 0, 0];
  for (const [score, w] of pairs) {
    if (score === null || Number.isNaN(score) || !(w > 0)) continue;
    sum += score * w;
    weight += w;
    known += 1;
  }
  return known >= least ? sum / weight : NaN;
}

// The percentage of some totals below one, and half of those equal to it.
function standing(total, others) {
  const known = others.filter((v) => !Number.isNaN(v));
  if (Number.isNaN(total) || !known.length) return NaN;
  const below = known.filter((v) => v < total - TIE).length;
  const equal = known.filter((v) => Math.abs(v - total) <= TIE).length;
  return (100 * (below + equal / 2)) / known.length;
}

// The share of the differences between totals that comes from each group that counts: [group, share], largest first.
function influence(doc, weights) {
  const counting = doc.groups.map((g, at) => [at, g.scores, weights[at]]).filter(([, scores, w]) => scores && w > 0);
  const whole = doc.codes.map((_, n) => n).filter((n) => counting.every(([, scores]) => scores[n] !== null));
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const totals = whole.map((n) => counting.reduce((sum, [, scores, w]) => sum + w * scores[n], 0));
  const middle = mean(totals);
  const spread = totals.reduce((sum, t) => sum + (t - middle) ** 2, 0);
  const shares = counting.map(([at, scores, w]) => {
    const own = mean(whole.map((n) => scores[n]));
    return [at, whole.reduce((sum, n, k) => sum + w * (scores[n] - own) * (totals[k] - middle), 0) / spread];
  });
  return shares.sort((a, b) => b[1] - a[1]);
}

// The contribution of each indicator to the total of one wijk: points above or below the middle.
function contributions(doc, weights, n) {
  const known = doc.indicators.map((i) => i.scores[n] !== null);
  const inside = doc.groups.map((_, g) => doc.indicators.reduce((sum, i, k) => sum + (i.group === g && known[k] ? i.weight : 0), 0));
  const counts = doc.groups.map((g, at) => (g.scores && g.scores[n] !== null ? weights[at] : 0));
  const all = counts.reduce((a, b) => a + b, 0);
  return doc.indicators.map((i, k) => (known[k] && all > 0 ? (counts[i.group] / all) * (i.weight / inside[i.group]) * (i.scores[n] - 50) : null));
}

// The lowest and highest total of one wijk, whatever its missing figures are.
function limits(doc, weights, n) {
  return [0, 100].map((extreme) => {
    const groups = doc.groups.map((_, g) => {
      const mine = doc.indicators.filter((i) => i.group === g);
      const weight = mine.reduce((sum, i) => sum + i.weight, 0);
      return weight ? mine.reduce((sum, i) => sum + i.weight * (i.scores[n] ?? extreme), 0) / weight : NaN;
    });
    return totalOf(groups.map((s, g) => [s, weights[g]]), 1);
  });
}
