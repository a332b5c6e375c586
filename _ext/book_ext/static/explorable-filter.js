// The explorable "filter": momentum as a filter of gradient noise. The memory of the EMA form (m) and of heavy
// ball (−v/α, the sum) is fed with noise alone. Steps, gains, variances and the noise come from firstorder.js.
(function () {
  "use strict";

  var kit = firstorder.kit, formulas = firstorder.formulas;
  var NAMES = ["heavy_ball_ema", "heavy_ball"];
  var WARM = 700, SHOWN = 300; // steps before the series, so that the start is forgotten, and steps of the series
  var DRAWS = 50, OMEGA = [0.01, Math.PI], POINTS = 160;

  // ---- numbers --------------------------------------------------------------------------------

  function hyper(beta) { return [1, beta]; } // α = 1: the velocity in units of −α

  // Draw number 1, 2, …: stretches of one stream that do not overlap. Variance 1, correlation ρ.
  function noise(draw, rho) {
    var s = 1, total = WARM + SHOWN, series = [];
    for (var skip = 0; skip < (draw - 1) * total; skip += 1) { s = formulas.lehmer(s); }
    for (var k = 0; k < total; k += 1) {
      s = formulas.lehmer(s);
      series.push(k ? formulas.ar1(series[k - 1], formulas.uniform(s), rho) : formulas.uniform(s));
    }
    return series;
  }

  // The memory after each gradient; heavy ball's velocity points against the gradient, its sum along it.
  function filtered(name, gradients, beta) {
    var method = firstorder.methods[name], state = [0], sign = name === "heavy_ball" ? -1 : 1;
    return gradients.map(function (g, k) {
      state = method.step(0, g, state, k + 1, hyper(beta))[1];
      return sign * state[0];
    });
  }

  function gain(name, beta, omega) { return firstorder.methods[name].memoryGain(omega, hyper(beta)); }

  // Amplitude of the noise at ω, 1 for white noise: white noise through a filter of its own.
  function spectrum(rho, omega) { return Math.sqrt((1 - rho) * (1 + rho)) * gain("heavy_ball", rho, omega); }

  function power(series) { return series.reduce(function (sum, x) { return sum + x * x; }, 0); }

  function overOmega(f) {
    var points = [];
    for (var i = 0; i <= POINTS; i += 1) {
      var omega = OMEGA[0] * Math.pow(OMEGA[1] / OMEGA[0], i / POINTS);
      points.push([omega, f(omega)]);
    }
    return points;
  }

  function stateOf(now) {
    var all = noise(now.draw, now.rho), out = filtered(now.method, all, now.beta).slice(WARM), input = all.slice(WARM);
    var cutoff = now.beta > 0 ? formulas.cutoff(now.beta) : NaN;
    return Object.assign({}, now, {
      input: input, output: out, cutoff: isNaN(cutoff) ? null : cutoff,
      measured: power(out) / power(input),
      exact: firstorder.methods[now.method].memoryVariance(hyper(now.beta), now.rho),
      gain: overOmega(function (omega) { return gain(now.method, now.beta, omega); }),
    });
  }

  // ---- drawing --------------------------------------------------------------------------------

  function cutoffWords(s) {
    return s.cutoff === null ? "no cut-off" : "cut-off " + kit.number(s.cutoff, 3);
  }

  function drawGain(chart, s) {
    var other = NAMES[1 - NAMES.indexOf(s.method)];
    var lines = [
      { points: overOmega(function (omega) { return spectrum(s.rho, omega); }), series: 0 },
      { points: overOmega(function (omega) { return gain(other, s.beta, omega); }), series: 3, style: "quiet" },
      { points: s.gain, series: 1 },
    ];
    var values = [].concat.apply([], lines.map(function (l) { return l.points.map(function (p) { return p[1]; }); }));
    chart.draw({
      x: OMEGA, y: kit.decades(values), lines: lines,
      rules: s.cutoff === null ? [] : [{ x: s.cutoff }],
      marks: s.cutoff === null ? [] : [
        { at: [s.cutoff, gain(s.method, s.beta, s.cutoff)], series: 1, text: cutoffWords(s) }],
      told: "Gain of the " + title(s) + " against frequency at β = " + s.beta + ": " +
        kit.number(gain(s.method, s.beta, 0), 3) + " for a constant gradient, " +
        kit.number(gain(s.method, s.beta, Math.PI), 3) + " for one that changes sign every step, " + cutoffWords(s) + ".",
    });
  }

  function drawSeries(chart, s) {
    function points(values) { return values.map(function (v, k) { return [k + 1, v]; }); }
    var top = Math.max.apply(null, s.input.concat(s.output).map(Math.abs));
    var unit = Math.pow(10, Math.floor(Math.log10(top))), high = Math.ceil(top / unit) * unit;
    chart.draw({
      x: [0, SHOWN], y: [-high, high], rules: [{ y: 0 }],
      lines: [{ points: points(s.input), series: 0, style: "quiet" }, { points: points(s.output), series: 1 }],
      told: SHOWN + " steps of noise with correlation ρ = " + s.rho + " and what the " + title(s) +
        " makes of it: its variance over that of the noise is " + kit.number(s.measured, 3) + ".",
    });
  }

  function title(s) { return s.method === "heavy_ball" ? "heavy ball" : "EMA form"; }

  function rows(s) {
    return [
      ["cut-off, radians per step", s.cutoff === null ? "none" : kit.number(s.cutoff, 4)],
      ["period there, steps", s.cutoff === null ? "none" : kit.number(2 * Math.PI / s.cutoff, 3)],
      ["variance out / in, this series", kit.number(s.measured, 3)],
      ["variance out / in, exact", kit.number(s.exact, 3)],
    ];
  }

  // ---- together -------------------------------------------------------------------------------

  function build(stage) {
    var data = stage.data;
    var initial = { method: data.method, beta: Number(data.beta), rho: Number(data.rho), draw: Number(data.draw) };
    var now = Object.assign({}, initial);
    function set(key) { return function (value) { now[key] = value; redraw(); }; }
    var radios = kit.choice(stage, "radio", "method", "Memory of the gradient", [
      ["heavy_ball_ema", "Average m (EMA form)"], ["heavy_ball", "Sum −v/α (heavy ball)"]], set("method"));
    var beta = kit.slider(stage, "beta", "Momentum β", [0, 0.99, 0.01], set("beta"));
    var rho = kit.slider(stage, "rho", "Noise correlation ρ", [-0.9, 0.9, 0.05], set("rho"));
    var another = kit.button("Other noise", function () { now.draw = now.draw % DRAWS + 1; redraw(); });
    var reset = kit.button("Reset", function () { now = Object.assign({}, initial); redraw(); });
    var buttons = kit.html("div", "ex-buttons"), verdict = kit.verdict(stage);
    buttons.append(another, reset);
    var table = kit.table("Numbers", ["quantity", "value"]);
    var response = kit.chart({ id: stage.id + "-gain", height: 236,
      x: { log: true, label: "frequency ω, radians per step" }, y: { log: true, label: "gain |H(ω)|" } });
    var series = kit.chart({ id: stage.id + "-series", height: 236,
      x: { log: false, label: "step" }, y: { log: false, label: "gradient noise and its memory" } });
    var panels = kit.html("div", "ex-panels");
    panels.append(kit.panel("Gain against frequency", response.svg), kit.panel("Noise in, memory out", series.svg));
    stage.live.append(radios.node, kit.controls(beta.node, rho.node, buttons), verdict.node, panels,
      kit.legend([[1, "the chosen memory"], [3, "the other one"], [0, "the noise (left: its spectrum)"]]), table.node, verdict.spoken);

    function redraw() {
      var s = stateOf(now);
      radios.show(now.method);
      beta.show(now.beta, String(now.beta));
      rho.show(now.rho, kit.correlation(now.rho));
      drawGain(response, s);
      drawSeries(series, s);
      table.set(rows(s));
      verdict.set(title(s).replace("h", "H") + ": variance × " + kit.number(s.exact, 3), "for noise with this correlation. " +
        "In this series of " + SHOWN + " steps: × " + kit.number(s.measured, 3) + ".");
    }

    redraw();
    return { state: function () { return stateOf(now); } };
  }

  kit.component("filter", build);
})();
