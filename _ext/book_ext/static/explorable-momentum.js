// The explorable "momentum": what do step size and momentum do together, on ½(μ x² + L y²)?
// Every step and every spectral radius comes from firstorder.js, which is printed from the book's
// own step functions.
(function () {
  "use strict";

  var kit = firstorder.kit, svg = kit.svg, digits = kit.digits, map = kit.map;
  var WIDTH = map.WIDTH, HEIGHT = map.HEIGHT;

  // ---- words ----------------------------------------------------------------------------------

  function inWords(rho) {
    if (Math.abs(rho - 1) < 1e-9) { return "on the boundary: the error neither shrinks nor grows"; }
    if (rho > 2) { return "diverges: in the long run each step multiplies the error by " + digits(rho, 2); }
    if (rho > 1) {
      return "diverges: in the long run the error grows by " + digits(100 * (rho - 1), 2) + " % a step";
    }
    if (rho < 1e-6) { return "converges: the error is gone after a few steps"; }
    return "converges: in the long run the error shrinks by " + digits(100 * (1 - rho), 2) +
      " % a step, tenfold in " + Math.ceil(Math.LN10 / -Math.log(rho)) + " steps";
  }

  function limitInWords(edge, L, usesBeta) {
    var ends = [edge[0], edge[edge.length - 1]].map(function (p) {
      return "α L = " + digits(Math.pow(10, p[0]) * L, 3) + " at β = " + digits(p[1], 2);
    });
    return "The method is stable below " + (usesBeta ? ends.join(" and below ") : ends[0].split(" at ")[0]) + ".";
  }

  // ---- the path -------------------------------------------------------------------------------

  function pathPanel(id, eigenvalues, origin, steps) {
    var path = map.picture(id);
    var terms = eigenvalues.map(function (lam, i) { return (lam === 1 ? "" : lam + " ") + ["x²", "y²"][i]; });
    var unit = WIDTH / 2 / (1.25 * Math.max(Math.abs(origin[0]), Math.abs(origin[1]) * WIDTH / HEIGHT));
    function px(x) { return kit.clamp(WIDTH / 2 + unit * x, -9999, 9999).toFixed(2); }
    function py(y) { return kit.clamp(HEIGHT / 2 - unit * y, -9999, 9999).toFixed(2); }
    var level = eigenvalues[0] * origin[0] * origin[0] + eigenvalues[1] * origin[1] * origin[1];
    [0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5].forEach(function (part) {
      var radii = eigenvalues.map(function (lam) { return unit * part * Math.sqrt(level / lam); });
      svg("ellipse", { "class": "ex-contour", cx: WIDTH / 2, cy: HEIGHT / 2, rx: radii[0], ry: radii[1] }, path);
    });
    var line = svg("polyline", { "class": "ex-line" }, path);
    var dots = svg("g", { "class": "ex-dots" }, path);
    for (var k = 0; k <= steps; k += 1) { svg("circle", { r: k ? 2 : 5, "class": k ? "" : "ex-start" }, dots); }
    svg("path", { "class": "ex-minimum", d: "M154 128H166M160 122V134" }, path);
    kit.label(path, Number(px(origin[0])) - 8, Number(py(origin[1])) - 8, "start");

    function draw(points, where) {
      var at = points.map(function (p) { return [px(p[0]), py(p[1])]; });
      line.setAttribute("points", at.map(function (p) { return p.join(","); }).join(" "));
      at.forEach(function (p, i) {
        dots.children[i].setAttribute("cx", p[0]);
        dots.children[i].setAttribute("cy", p[1]);
      });
      var last = points[steps];
      var ratio = Math.hypot(last[0], last[1]) / Math.hypot(origin[0], origin[1]);
      path.setAttribute("aria-label", "Path of " + where + " from (" + origin.join(", ") + "): after " +
        steps + " steps its distance to the minimum is " + digits(ratio, 2) + " times the first one.");
    }
    return { node: kit.panel("Path of " + steps + " steps on ½(" + terms.join(" + ") + ")", path), draw: draw };
  }

  // ---- together -------------------------------------------------------------------------------

  function build(stage) {
    var data = stage.data, eigenvalues = kit.numbers(data.eigenvalues), origin = kit.numbers(data.start);
    var steps = Number(data.steps), L = Math.max.apply(null, eigenvalues);
    var initial = { name: data.method, lr: Number(data.lr), beta: Number(data.beta) };
    var now = Object.assign({}, initial);
    var range, edge; // {low, high} of the axis of log10 α, and the edge of stability, for the present method
    function method() { return firstorder.methods[now.name]; }
    function uses() { return method().hyper.includes("beta"); }
    function points() { return kit.trajectory(method(), eigenvalues, origin, map.hyperOf(method(), now.lr, now.beta), steps); }

    var titles = data.methods.split(" ").map(function (name) { return [name, firstorder.methods[name].title]; });
    var radios = kit.choice(stage, "radio", "method", "Method", titles, function (name) {
      now.name = name;
      changeMethod();
    });
    var lr = kit.slider(stage, "lr", "Step size α (log scale)", [-3, 1, 0.02], function (value) {
      setLr(value);
      redraw();
    });
    var beta = kit.slider(stage, "beta", "Momentum β", [0, map.BETA_MAX, 0.01], function (value) {
      now.beta = value;
      redraw();
    });
    var reset = kit.button("Reset", function () { now = Object.assign({}, initial); changeMethod(); });
    var path = pathPanel(stage.id + "-path", eigenvalues, origin, steps);
    var plane = map.panel(stage.id + "-map", L, function (exponent, b) {
      setLr(exponent);
      if (uses()) { now.beta = Number(b.toFixed(2)); }
      redraw();
    });
    plane.node.appendChild(map.key());
    var panels = kit.html("div", "ex-panels"), verdict = kit.verdict(stage), modes = kit.html("p", "ex-modes");
    panels.append(path.node, plane.node);
    stage.live.append(radios.node, kit.controls(lr.node, beta.node, reset), verdict.node, panels, modes, verdict.spoken);

    function paint() { plane.paint(map.painted(method(), eigenvalues, range, map.colours(stage.root))); }

    function changeMethod() {
      radios.show(now.name);
      var low = Math.log10(0.01 / L), far = Math.log10(1e6 / L);
      // The axis ends at the first decade beyond the stability limit at β = 0.9.
      var nine = map.boundary(method(), eigenvalues, low, far).filter(function (p) { return p[1] <= 0.9; }).pop();
      range = { low: low, high: Math.ceil(nine[0] + Math.log10(L)) - Math.log10(L) };
      edge = map.boundary(method(), eigenvalues, range.low, range.high);
      plane.frame(range, edge);
      lr.limit([range.low, range.high, 0.02]);
      now.lr = kit.clamp(now.lr, Math.pow(10, range.low), Math.pow(10, range.high));
      beta.input.disabled = !uses();
      paint();
      redraw();
    }

    // Three digits, so that the number shown is the number used.
    function setLr(exponent) {
      now.lr = Number(Math.pow(10, kit.clamp(exponent, range.low, range.high)).toPrecision(3));
    }

    function redraw() {
      var alphaText = digits(now.lr, 3), betaText = digits(now.beta, 3), lrL = digits(now.lr * L, 3);
      lr.show(Math.log10(now.lr), alphaText, alphaText + ", α L = " + lrL);
      beta.show(now.beta, uses() ? betaText : "not used", betaText);
      var each = map.moduli(method(), eigenvalues, now.lr, now.beta);
      var rho = Math.max.apply(null, each), words = inWords(rho), told = "ρ = " + digits(rho, 4);
      var where = method().title + " with α = " + alphaText + (uses() ? " and β = " + betaText : "");
      path.draw(points(), where);
      plane.draw(Math.log10(now.lr), uses() ? now.beta : 0, "Map of ρ over α L and β. At α L = " + lrL +
        (uses() ? ", β = " + betaText : "") + ", ρ is " + digits(rho, 4) + ". " + limitInWords(edge, L, uses()));
      verdict.set(told, words + ".", where + ": " + told + ", " + words + ".");
      stage.root.dataset.outcome = words.split(":")[0];
      modes.textContent = "Per direction: " + each.map(function (modulus, i) {
        return "λ = " + eigenvalues[i] + " has modulus " + digits(modulus, 4);
      }).join(", ") + ". The larger one decides.";
    }

    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    changeMethod();
    return {
      trajectory: function () {
        return { method: now.name, lr: now.lr, beta: now.beta, eigenvalues: eigenvalues, start: origin,
          points: points() };
      },
      boundary: function () { return edge.map(function (p) { return [Math.pow(10, p[0]), p[1]]; }); },
    };
  }

  kit.component("momentum", build);
})();
