// The explorable "noise": the stationary variance of the iterate against momentum, at equal and at matched step.
// Formulas and limits of stability come from firstorder.js. Units: λ = 1 and σ = 1, so variances are in σ²/λ².
(function () {
  "use strict";

  var kit = firstorder.kit;
  var METHODS = ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov"];
  var BETA_MAX = 0.99, POINTS = 198;

  // ---- numbers --------------------------------------------------------------------------------

  // The step of a method. Equal: the same number for all, η for the EMA form. Matched: the same reach α/(1 − β),
  // which is η itself in the EMA form.
  function stepOf(name, now, beta) {
    var reach = name === "heavy_ball" || name === "nesterov";
    return now.step === "matched" && reach ? (1 - beta) * now.a : now.a;
  }

  // The variance, or NaN where the method is unstable.
  function variance(name, now, beta) {
    var method = firstorder.methods[name], lr = stepOf(name, now, beta);
    if (lr >= method.limit(beta)) { return NaN; }
    return method.variance(1, method.hyper.length === 1 ? [lr] : [lr, beta], now.rho);
  }

  function curve(name, now) {
    var points = [];
    for (var i = 0; i <= POINTS; i += 1) {
      var beta = BETA_MAX * i / POINTS;
      points.push([beta, variance(name, now, beta)]);
    }
    return points;
  }

  // ---- words ----------------------------------------------------------------------------------

  function orNull(x) { return isFinite(x) ? x : null; }

  function amplified(factor) { return factor === null ? "unstable" : kit.number(factor, 3) + " times"; }

  function inWords(state, now) {
    return "the variance of gradient descent, at " + now.step + " step and β = " + now.beta + ". Nesterov: " +
      amplified(state.methods[3].amplification) + ". " +
      (now.rho ? "The noise is correlated, ρ = " + kit.correlation(now.rho) + "." : "The noise is white.");
  }

  function draw(chart, state, curves, now) {
    var values = [];
    curves.forEach(function (points) { points.forEach(function (p) { values.push(p[1]); }); });
    var stable = state.methods.filter(function (m) { return m.variance !== null; });
    chart.draw({
      x: [0, 1], y: kit.decades(values), rules: [{ x: now.beta }],
      lines: curves.map(function (points, i) { return { points: points, series: i }; }),
      marks: stable.map(function (m) { return { at: [now.beta, m.variance], series: kit.SERIES[m.method] }; }),
      told: "Stationary variance against β at " + now.step + " step, a = " + kit.number(now.a, 3) + ", ρ = " +
        now.rho + ". At β = " + now.beta + ": " + state.methods.map(function (m) {
          return firstorder.methods[m.method].title + " " + (m.variance === null ? "unstable" : kit.number(m.variance, 3));
        }).join(", ") + ", in σ²/λ².",
    });
  }

  // ---- together -------------------------------------------------------------------------------

  function build(stage) {
    var data = stage.data;
    var initial = { a: Number(data.a), beta: Number(data.beta), rho: Number(data.rho), step: data.step };
    var now = Object.assign({}, initial);
    function set(key, convert) { return function (value) { now[key] = convert(value); redraw(); }; }
    function same(value) { return value; }
    // Three digits, so that the number shown is the number used.
    function power(exponent) { return Number(Math.pow(10, exponent).toPrecision(3)); }
    var radios = kit.choice(stage, "radio", "step", "Step size of the methods with momentum",
      [["equal", "Equal: α"], ["matched", "Matched: (1 − β) α"]], set("step", same));
    var a = kit.slider(stage, "a", "Step a = αλ (log scale)", [-2, Math.log10(1.9), 0.01], set("a", power));
    var beta = kit.slider(stage, "beta", "Momentum β", [0, BETA_MAX, 0.01], set("beta", same));
    var rho = kit.slider(stage, "rho", "Noise correlation ρ", [-0.9, 0.9, 0.05], set("rho", same));
    var reset = kit.button("Reset", function () { now = Object.assign({}, initial); redraw(); });
    var verdict = kit.verdict(stage);
    var table = kit.table("At the chosen β", ["method", "step", "variance", "× GD"]);
    var chart = kit.chart({ id: stage.id + "-chart", height: 250,
      x: { log: false, label: "momentum β" }, y: { log: true, label: "variance in σ²/λ² (log scale)" } });
    var panels = kit.html("div", "ex-panels ex-wide-first");
    panels.append(kit.panel("Stationary variance of the iterate", chart.svg), table.node);
    stage.live.append(radios.node, kit.controls(a.node, beta.node, rho.node, reset), verdict.node, panels, verdict.spoken);

    function state() {
      var descent = variance("gradient_descent", now, now.beta);
      return Object.assign({}, now, { methods: METHODS.map(function (name) {
        var value = variance(name, now, now.beta);
        return { method: name, lr: stepOf(name, now, now.beta), variance: orNull(value), amplification: orNull(value / descent) };
      }) });
    }

    function redraw() {
      var s = state();
      radios.show(now.step);
      a.show(Math.log10(now.a), kit.digits(now.a, 3));
      beta.show(now.beta, String(now.beta));
      rho.show(now.rho, kit.correlation(now.rho));
      draw(chart, s, METHODS.map(function (name) { return curve(name, now); }), now);
      table.set(s.methods.map(function (m) {
        var stable = m.variance !== null;
        return [[kit.SERIES[m.method], firstorder.methods[m.method].title], kit.number(m.lr, 3),
          stable ? kit.number(m.variance, 3) : "unstable", stable ? kit.number(m.amplification, 3) : ""];
      }));
      var ball = s.methods[1].amplification;
      verdict.set("Heavy ball: " + amplified(ball), ball === null ? "at " + now.step + " step and β = " + now.beta + "." : inWords(s, now));
    }

    redraw();
    return { state: state };
  }

  kit.component("noise", build);
})();
