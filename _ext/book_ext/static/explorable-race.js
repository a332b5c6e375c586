// The explorable "race": five methods on ½(κ x² + y²), their paths and their distance from the minimum.
// Four share step size and momentum, the fifth has Polyak's optimum. Every step comes from firstorder.js.
(function () {
  "use strict";

  var kit = firstorder.kit;
  var FIELD = ["gradient_descent", "heavy_ball", "heavy_ball_ema", "nesterov", "polyak"];
  var LAST = 4000, TARGET = 0.01;

  // ---- numbers --------------------------------------------------------------------------------

  function methodOf(name) { return firstorder.methods[name === "polyak" ? "heavy_ball" : name]; }

  function title(name) { return name === "polyak" ? "Heavy ball, optimal pair" : firstorder.methods[name].title; }

  // μ = 1 and L = κ; a = αL.
  function hyperOf(name, now) {
    if (name === "polyak") { return firstorder.formulas.polyak(1, now.kappa).slice(0, 2); }
    return methodOf(name).hyper.map(function (key) { return key === "lr" ? now.a / now.kappa : now.beta; });
  }

  function run(name, now, start) {
    var method = methodOf(name), hyper = hyperOf(name, now), curvatures = [now.kappa, 1];
    var points = kit.trajectory(method, curvatures, start, hyper, LAST);
    var distance = points.map(function (p) { return Math.hypot(p[0], p[1]); });
    var first = distance.findIndex(function (d) { return d <= TARGET; });
    var outside = distance.findLastIndex(function (d) { return !(d <= TARGET); });
    return {
      method: name, hyper: hyper, points: points, distance: distance,
      first: first < 0 ? null : first,
      stays: outside === LAST ? null : outside + 1,
      rate: Math.max.apply(null, curvatures.map(function (lam) {
        return firstorder.spectralRadius(method.matrix(lam, hyper));
      })),
    };
  }

  // A whole number of steps that shows every arrival, at least 60.
  function horizon(runs) {
    var need = Math.max.apply(null, runs.map(function (r) { return (r.stays || 0) * 1.1; }).concat(60));
    return [60, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, LAST].find(function (n) { return n >= need; }) || LAST;
  }

  // The first steps of a run; of one that diverges only those near the start, which the eye can follow.
  function beginning(r, start, steps) {
    var points = r.points.slice(0, steps + 1), far = 4 * Math.max(Math.abs(start[0]), Math.abs(start[1]), 1e-3);
    if (r.rate < 1) { return points; }
    var gone = points.findIndex(function (p) { return !(Math.max(Math.abs(p[0]), Math.abs(p[1])) <= far); });
    return gone < 0 ? points : points.slice(0, gone);
  }

  // [low, high] of the coordinates number i of some paths and of the minimum, with room around.
  function extent(paths, start, i) {
    var values = [0, start[i]];
    paths.forEach(function (path) { path.forEach(function (p) { values.push(p[i]); }); });
    var low = Math.min.apply(null, values), high = Math.max.apply(null, values), room = 0.08 * (high - low || 1);
    return [low - room, high + room];
  }

  // Contours of ½(κ x² + y²), with y across and x up, four times lower from one to the next.
  function contours(kappa, across, up) {
    var lines = [];
    var level = kappa * Math.max(up[0] * up[0], up[1] * up[1]) + Math.max(across[0] * across[0], across[1] * across[1]);
    for (var i = 0; i < 12; i += 1, level /= 3) {
      var points = [];
      for (var k = 0; k <= 240; k += 1) {
        var angle = 2 * Math.PI * k / 240;
        points.push([Math.sqrt(level) * Math.cos(angle), Math.sqrt(level / kappa) * Math.sin(angle)]);
      }
      lines.push({ points: points, contour: true });
    }
    return lines;
  }

  // ---- words ----------------------------------------------------------------------------------

  function arrival(r) {
    if (r.rate > 1 + 1e-12) { return "diverges"; }
    if (r.rate > 1 - 1e-12) { return "never"; }
    return r.stays === null ? "> " + kit.count(LAST) : kit.count(r.stays);
  }

  function inWords(runs) {
    var there = runs.filter(function (r) { return r.rate < 1 && r.stays !== null; });
    if (!runs.length) { return ["No method is shown.", "Switch one on."]; }
    if (!there.length) { return ["None arrives", "within " + kit.count(LAST) + " steps."]; }
    there.sort(function (p, q) { return p.stays - q.stays; });
    var rest = there.slice(1).map(function (r) { return title(r.method) + " " + kit.count(r.stays); });
    var lost = runs.filter(function (r) { return r.rate > 1 + 1e-12; }).map(function (r) { return title(r.method); });
    return [title(there[0].method) + ": " + kit.count(there[0].stays) + " steps",
      "until it stays within 0.01 of the minimum." + (rest.length ? " Then " + rest.join(", ") + "." : "") +
      (lost.length ? " Diverges: " + lost.join(", ") + "." : "")];
  }

  // The same about every run that is shown.
  function each(runs, say) {
    return runs.length ? runs.map(function (r) { return title(r.method) + " " + say(r); }).join(", ") + "." : "no method is shown.";
  }

  // ---- drawing --------------------------------------------------------------------------------

  function drawPaths(chart, runs, now, start, steps) {
    var begun = runs.map(function (r) { return beginning(r, start, steps); });
    var across = extent(begun, start, 1), up = extent(begun, start, 0);
    chart.draw({
      x: across, y: up,
      lines: contours(now.kappa, across, up).concat(runs.map(function (r, i) {
        return { points: begun[i].map(function (p) { return [p[1], p[0]]; }), series: kit.SERIES[r.method],
          style: "fine", dots: true };
      })),
      marks: [{ at: [start[1], start[0]], series: 0, text: "start" }, { at: [0, 0], series: 0 }],
      told: "Paths of " + steps + " steps on ½(" + now.kappa + " x² + y²) from (" + start.join(", ") + ") with αL = " +
        now.a + " and β = " + now.beta + ". Distance from the minimum at their end: " +
        each(runs, function (r) { return kit.number(r.distance[steps], 2); }),
    });
  }

  function drawDistances(chart, runs, now) {
    var end = horizon(runs);
    var top = Math.max.apply(null, runs.map(function (r) {
      return Math.max.apply(null, r.distance.slice(0, 60).filter(isFinite));
    }).concat(1));
    chart.draw({
      x: [0, end], y: [1e-4, Math.min(1e4, kit.decades([top, 1])[1])], rules: [{ y: TARGET, text: "0.01" }],
      lines: runs.map(function (r) {
        return { points: r.distance.slice(0, end + 1).map(function (d, k) { return [k, Math.max(d, 1e-9)]; }),
          series: kit.SERIES[r.method], style: "fine" };
      }),
      told: "Distance from the minimum against step, for κ = " + now.kappa + ", αL = " + now.a + ", β = " + now.beta +
        ". Steps until it stays within 0.01: " + each(runs, arrival),
    });
  }

  // ---- together -------------------------------------------------------------------------------

  function build(stage) {
    var data = stage.data, start = kit.numbers(data.start), steps = Number(data.steps);
    var initial = { kappa: Number(data.kappa), a: Number(data.a), beta: Number(data.beta) };
    var now = Object.assign({}, initial), shown = {};
    function showAll() { FIELD.forEach(function (name) { shown[name] = data.methods.split(" ").includes(name); }); }
    function set(key, convert) { return function (value) { now[key] = convert(value); redraw(); }; }
    // Few digits, so that the number shown is the number used.
    function power(digits) { return function (exponent) { return Number(Math.pow(10, exponent).toPrecision(digits)); }; }
    var boxes = kit.choice(stage, "checkbox", "methods", "Methods", FIELD.map(function (name) {
      return [name, title(name), kit.SERIES[name]];
    }), function (name, on) { shown[name] = on; redraw(); });
    var kappa = kit.slider(stage, "kappa", "Condition number κ (log scale)", [0, 3, 0.05], set("kappa", power(2)));
    var a = kit.slider(stage, "a", "Step size αL (log scale)", [-2, 0.6, 0.01], set("a", power(3)));
    var beta = kit.slider(stage, "beta", "Momentum β", [0, 0.99, 0.01], set("beta", Number));
    var reset = kit.button("Reset", function () { now = Object.assign({}, initial); showAll(); redraw(); });
    var verdict = kit.verdict(stage), table = kit.table("Steps to distance 0.01, at first and to stay; rate: factor per step in the long run",
      ["method", "first", "stays", "rate"]);
    var paths = kit.chart({ id: stage.id + "-paths", height: 300,
      x: { log: false, label: "y (curvature 1)" }, y: { log: false, label: "x (curvature κ)" } });
    var distances = kit.chart({ id: stage.id + "-distance", height: 300,
      x: { log: false, label: "step" }, y: { log: true, label: "distance (log scale)" } });
    var panels = kit.html("div", "ex-panels");
    var pairs = kit.html("p", "ex-modes");
    panels.append(kit.panel("Paths of " + steps + " steps", paths.svg), kit.panel("Distance from the minimum", distances.svg));
    stage.live.append(boxes.node, kit.controls(kappa.node, a.node, beta.node, reset), verdict.node, panels, table.node, pairs, verdict.spoken);

    function runs() {
      return FIELD.filter(function (name) { return shown[name]; }).map(function (name) { return run(name, now, start); });
    }

    function redraw() {
      var all = runs(), words = inWords(all);
      boxes.show(shown);
      kappa.show(Math.log10(now.kappa), String(now.kappa));
      a.show(Math.log10(now.a), kit.digits(now.a, 3));
      beta.show(now.beta, String(now.beta));
      drawPaths(paths, all, now, start, steps);
      drawDistances(distances, all, now);
      table.set(all.map(function (r) {
        return [[kit.SERIES[r.method], title(r.method)], r.first === null ? "" : kit.count(r.first), arrival(r),
          kit.number(r.rate, 3)];
      }));
      verdict.set(words[0], words[1]);
      var best = hyperOf("polyak", now);
      pairs.textContent = "The optimal pair, Polyak’s, for curvatures 1 and κ = " + now.kappa + ": α = " + kit.number(best[0], 3) +
        ", β = " + kit.number(best[1], 3) + ". The others: α (η for the EMA form) = " + kit.number(now.a / now.kappa, 3) + ", β = " + now.beta + ".";
    }

    function state() {
      return Object.assign({ start: start, steps: steps, methods: runs().map(function (r) {
        return Object.assign({}, r, { points: r.points.slice(0, steps + 1), distance: r.distance.slice(0, steps + 1) });
      }) }, now);
    }

    showAll();
    redraw();
    return { state: state };
  }

  kit.component("race", build);
})();
