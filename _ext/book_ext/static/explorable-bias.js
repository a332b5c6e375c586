// The explorable "bias": how far off is Adam's step without bias correction?
// (m/√s) / (m̂/√ŝ) = (1 − β₁ᵗ) · 1/√(1 − β₂ᵗ), both factors from firstorder.js.
(function () {
  "use strict";

  var kit = firstorder.kit;
  var LAST = 100000; // end of the axis of t
  var OFF = 0.05;

  // ---- numbers --------------------------------------------------------------------------------

  function first(beta1, t) { return firstorder.formulas.biasFirst(beta1, t); }
  function second(beta2, t) { return firstorder.formulas.biasSecond(beta2, t); }
  function ratio(now, t) { return first(now.beta1, t) * second(now.beta2, t); }

  // Whole steps, about evenly spaced on a logarithmic axis.
  function grid() {
    var steps = [];
    for (var i = 0; i <= 250; i += 1) {
      var t = Math.round(Math.pow(LAST, i / 250));
      if (t !== steps[steps.length - 1]) { steps.push(t); }
    }
    return steps;
  }

  // The first t >= from at which `over`, false before and true after, is true.
  function bisect(from, over) {
    var low = from, high = from;
    if (over(from)) { return from; }
    while (!over(high)) { low = high; high *= 2; }
    while (high - low > 1) {
      var middle = Math.floor((low + high) / 2);
      if (over(middle)) { high = middle; } else { low = middle; }
    }
    return high;
  }

  // The ratio rises and then falls to 1 if β₁ < β₂; otherwise it rises to 1 and has no largest value.
  function peakOf(now) {
    if (now.beta1 >= now.beta2) { return null; }
    var t = bisect(1, function (k) { return ratio(now, k + 1) <= ratio(now, k); });
    return { t: t, ratio: ratio(now, t) };
  }

  // The last step whose ratio is more than 5 % from 1, or 0: behind the peak if that is too high, else before it.
  function lastOff(now, peak) {
    if (peak && peak.ratio > 1 + OFF) {
      return bisect(peak.t, function (t) { return ratio(now, t) <= 1 + OFF; }) - 1;
    }
    return bisect(1, function (t) { return ratio(now, t) >= 1 - OFF; }) - 1;
  }

  // Two digits of 1 − β, so that the number shown is the number used.
  function fromSlider(exponent) {
    return Number((1 - Number(Math.pow(10, -exponent).toPrecision(2))).toFixed(6));
  }

  // ---- words ----------------------------------------------------------------------------------

  function percent(ratio) {
    if (Math.abs(ratio - 1) < 1e-9) { return "of the right length"; }
    return kit.number(ratio > 1 ? ratio : 1 / ratio, 3) + " times too " + (ratio > 1 ? "long" : "short");
  }

  function inWords(state) {
    var end = state.last ? " It is off by more than 5 % up to step " + kit.count(state.last) + "."
      : " It is never off by more than 5 %.";
    if (!state.peak) { return "Without correction the step is never too long." + end; }
    if (state.peak.t === 1) { return "Without correction the first step is the worst." + end; }
    return "Without correction the longest step is step " + kit.count(state.peak.t) + ", " +
      percent(state.peak.ratio) + "." + end;
  }

  function draw(chart, state, series, now) {
    var lines = [
      { points: series.map(function (p) { return [p[0], first(now.beta1, p[0])]; }), series: 2 },
      { points: series.map(function (p) { return [p[0], second(now.beta2, p[0])]; }), series: 3 },
      { points: series, series: 1 },
    ];
    var heights = lines.map(function (line) { return line.points[0][1]; }).concat(state.peak ? state.peak.ratio : 1, 1.05, 0.95);
    var marks = [{ at: [1, state.first], series: 1 }];
    if (state.peak) {
      marks.push({ at: [state.peak.t, state.peak.ratio], series: 1, text: "peak " + kit.number(state.peak.ratio, 3) });
    }
    chart.draw({
      x: [1, LAST], y: kit.decades(heights), band: [1 - OFF, 1 + OFF], lines: lines, marks: marks,
      rules: [{ y: 1 }].concat(state.last ? [{ x: state.last, text: "step " + kit.count(state.last) }] : []),
      told: "Ratio of the uncorrected to the corrected step against the step number, for β₁ = " + now.beta1 +
        " and β₂ = " + now.beta2 + ": " + kit.number(state.first, 4) + " at step 1" +
        (state.peak ? ", largest at step " + state.peak.t + " with " + kit.number(state.peak.ratio, 4) : ", rising to 1") +
        (state.last ? ", within 5 % of 1 after step " + state.last + "." : ", always within 5 % of 1."),
    });
  }

  // ---- together -------------------------------------------------------------------------------

  function build(stage) {
    var initial = { beta1: Number(stage.data.beta1), beta2: Number(stage.data.beta2) };
    var now = Object.assign({}, initial), steps = grid();
    function control(key, text, limits) {
      return kit.slider(stage, key, text, limits, function (value) { now[key] = fromSlider(value); redraw(); });
    }
    var beta1 = control("beta1", "β₁ (log scale of 1 − β₁)", [0, 3, 0.05]);
    var beta2 = control("beta2", "β₂ (log scale of 1 − β₂)", [0.3, 4, 0.05]);
    var reset = kit.button("Reset", function () { now = Object.assign({}, initial); redraw(); });
    var verdict = kit.verdict(stage), table = kit.table("Uncorrected step over corrected step", ["step", "t", "ratio"]);
    var chart = kit.chart({ id: stage.id + "-chart", height: 250,
      x: { log: true, label: "step t (log scale)" }, y: { log: true, label: "ratio (log scale)" } });
    var panels = kit.html("div", "ex-panels ex-wide-first"), side = kit.html("div");
    side.append(kit.legend([[1, "ratio = product of the two"], [2, "m / m̂ = 1 − β₁ᵗ"], [3, "√ŝ / √s = 1/√(1 − β₂ᵗ)"]]), table.node);
    panels.append(kit.panel("Ratio of steps; shaded: within 5 % of 1", chart.svg), side);
    stage.live.append(kit.controls(beta1.node, beta2.node, reset), verdict.node, panels, verdict.spoken);

    function state() {
      var peak = peakOf(now);
      return { beta1: now.beta1, beta2: now.beta2, first: ratio(now, 1), peak: peak, last: lastOff(now, peak),
        series: steps.map(function (t) { return [t, ratio(now, t)]; }) };
    }

    function redraw() {
      var s = state();
      beta1.show(-Math.log10(1 - now.beta1), String(now.beta1));
      beta2.show(-Math.log10(1 - now.beta2), String(now.beta2));
      draw(chart, s, s.series, now);
      table.set([
        ["first", "1", kit.number(s.first, 4)],
        ["longest", s.peak ? kit.count(s.peak.t) : "none", s.peak ? kit.number(s.peak.ratio, 4) : "→ 1"],
        ["last off by > 5 %", s.last ? kit.count(s.last) : "none", s.last ? kit.number(ratio(now, s.last), 4) : ""],
      ]);
      verdict.set("First step " + percent(s.first) + ".", inWords(s));
    }

    redraw();
    return { state: state };
  }

  kit.component("bias", build);
})();
