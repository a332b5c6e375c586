// The explorable "momentum": what do step size and momentum do together, on ½(μ x² + L y²)?
// Every step and every spectral radius comes from firstorder.js, which is printed from the book's
// own step functions. Nothing moves by itself: each input redraws.
(function () {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  var BETA_MAX = 0.99;
  var BANDS = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1]; // upper ends of the colour bands of ρ
  var COLUMNS = 136, ROWS = 100; // cells of the map
  var WIDTH = 320, HEIGHT = 256;
  var PLOT = { left: 34, right: 312, top: 12, bottom: 216 };

  // ---- numbers --------------------------------------------------------------------------------

  function hyperOf(method, lr, beta) {
    return method.hyper.map(function (name) { return name === "lr" ? lr : beta; });
  }

  function moduli(method, eigenvalues, lr, beta) {
    return eigenvalues.map(function (lam) {
      return firstorder.spectralRadius(method.matrix(lam, hyperOf(method, lr, beta)));
    });
  }

  function radius(method, eigenvalues, lr, beta) {
    return Math.max.apply(null, moduli(method, eigenvalues, lr, beta));
  }

  // Positions x_0 … x_steps of a method on the quadratic; each coordinate is a run of its own.
  function trajectory(method, eigenvalues, start, lr, beta, steps) {
    var hyper = hyperOf(method, lr, beta);
    var runs = eigenvalues.map(function (lam, i) {
      var x = start[i], state = method.state.map(function () { return 0; });
      var points = [method.position(x, state, hyper)];
      for (var t = 1; t <= steps; t += 1) {
        var next = method.step(x, lam * x, state, t, hyper);
        x = next[0];
        state = next[1];
        points.push(method.position(x, state, hyper));
      }
      return points;
    });
    return runs[0].map(function (_, k) { return runs.map(function (run) { return run[k]; }); });
  }

  // Where ρ passes 1, as points [log10 α, β]: a sign change along each row of the map, bisected.
  function boundary(method, eigenvalues, low, high) {
    var points = [];
    function excess(exponent, beta) { return radius(method, eigenvalues, Math.pow(10, exponent), beta) - 1; }
    for (var row = 0; row < ROWS; row += 1) {
      var beta = BETA_MAX * row / (ROWS - 1);
      for (var column = 0; column < COLUMNS; column += 1) {
        var a = low + (high - low) * column / COLUMNS;
        var b = low + (high - low) * (column + 1) / COLUMNS;
        if ((excess(a, beta) < 0) === (excess(b, beta) < 0)) { continue; }
        for (var i = 0; i < 40; i += 1) {
          var middle = (a + b) / 2;
          if (excess(middle, beta) < 0) { a = middle; } else { b = middle; }
        }
        points.push([b, beta]);
        break;
      }
    }
    return points;
  }

  // ---- words ----------------------------------------------------------------------------------

  function digits(x, n) { return String(Number(x.toPrecision(n))); }

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

  // ---- drawing --------------------------------------------------------------------------------

  function html(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function svg(tag, attributes, parent) {
    var node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    if (parent) { parent.appendChild(node); }
    return node;
  }

  function label(parent, x, y, text, anchor) {
    svg("text", { x: x, y: y, "text-anchor": anchor || "middle" }, parent).textContent = text;
  }

  function picture(id) {
    return svg("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, role: "img", "aria-label": "", id: id });
  }

  // The figure that stands in without scripts, and the cell that makes it, stay within reach.
  function tuckAway(name, live) {
    var figure = document.getElementById(name);
    var cell = figure && figure.closest(".cell");
    if (!cell) { return; }
    var details = html("details", "explorable-still");
    details.append(html("summary", "", "The same as a still picture, with its code"), cell);
    live.appendChild(details);
  }

  function start(root) {
    var id = root.id;
    var data = root.dataset;
    var numbers = function (text) { return text.split(" ").map(Number); };
    var eigenvalues = numbers(data.eigenvalues);
    var origin = numbers(data.start);
    var steps = Number(data.steps);
    var L = Math.max.apply(null, eigenvalues);
    var initial = { name: data.method, lr: Number(data.lr), beta: Number(data.beta) };
    var now = Object.assign({}, initial);
    var range; // {low, high}: ends of the axis of log10 α, for the present method
    var method = function () { return firstorder.methods[now.name]; };

    // controls
    var live = html("div", "explorable-live");
    var choice = html("fieldset", "ex-methods");
    choice.appendChild(html("legend", "", "Method"));
    var radios = data.methods.split(" ").map(function (name) {
      var wrap = html("label", "ex-method");
      var input = html("input");
      input.type = "radio";
      input.name = id + "-method";
      input.value = name;
      wrap.append(input, html("span", "", firstorder.methods[name].title));
      choice.appendChild(wrap);
      input.addEventListener("change", function () { now.name = name; changeMethod(); });
      return input;
    });
    function slider(name, text) {
      var wrap = html("div", "ex-slider");
      var caption = html("label", "", text);
      var value = html("span", "ex-value");
      var input = html("input");
      input.type = "range";
      input.id = id + "-" + name;
      caption.htmlFor = input.id;
      wrap.append(caption, value, input);
      return { wrap: wrap, input: input, value: value };
    }
    var lr = slider("lr", "Step size α (log scale)");
    var beta = slider("beta", "Momentum β");
    lr.input.step = 0.02;
    beta.input.min = 0;
    beta.input.max = BETA_MAX;
    beta.input.step = 0.01;
    lr.input.addEventListener("input", function () { setLr(Number(lr.input.value)); redraw(); });
    beta.input.addEventListener("input", function () { now.beta = Number(beta.input.value); redraw(); });
    var reset = html("button", "ex-reset", "Reset");
    reset.type = "button";
    reset.addEventListener("click", function () { now = Object.assign({}, initial); changeMethod(); });
    var controls = html("div", "ex-controls");
    controls.append(lr.wrap, beta.wrap, reset);

    // panels and read-out
    var path = picture(id + "-path"), map = picture(id + "-map");
    var panels = html("div", "ex-panels");
    var terms = eigenvalues.map(function (lam, i) { return (lam === 1 ? "" : lam + " ") + ["x²", "y²"][i]; });
    var pathCaption = "Path of " + steps + " steps on ½(" + terms.join(" + ") + ")";
    [[path, pathCaption], [map, "Spectral radius ρ (drag the point)"]].forEach(function (pair) {
      var figure = html("figure", "ex-panel");
      figure.append(html("figcaption", "", pair[1]), pair[0]);
      panels.appendChild(figure);
    });
    var key = html("p", "ex-key", "ρ up to ");
    BANDS.forEach(function (top, i) {
      var swatch = html("span", "ex-swatch");
      swatch.style.background = "var(--ex-band-" + i + ")";
      var item = html("span", "ex-key-item");
      item.append(swatch, String(top));
      key.append(item);
    });
    var beyond = html("span", "ex-key-item");
    beyond.append(html("span", "ex-swatch ex-hatched"), "diverges");
    key.append(beyond);
    panels.lastChild.appendChild(key);
    var verdict = html("p", "ex-verdict");
    var modes = html("p", "ex-modes");
    var spoken = html("p", "ex-spoken");
    spoken.setAttribute("role", "status");
    live.append(choice, controls, verdict, panels, modes, spoken);
    if (data.replaces) { tuckAway(data.replaces, live); }
    root.appendChild(live);

    // the path: what stays, then what each redraw changes
    var unit = WIDTH / 2 / (1.25 * Math.max(Math.abs(origin[0]), Math.abs(origin[1]) * WIDTH / HEIGHT));
    function px(x) { return Math.max(-9999, Math.min(9999, WIDTH / 2 + unit * x)).toFixed(2); }
    function py(y) { return Math.max(-9999, Math.min(9999, HEIGHT / 2 - unit * y)).toFixed(2); }
    var level = eigenvalues[0] * origin[0] * origin[0] + eigenvalues[1] * origin[1] * origin[1];
    [0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5].forEach(function (part) {
      var radii = eigenvalues.map(function (lam) { return unit * part * Math.sqrt(level / lam); });
      var ellipse = { class: "ex-contour", cx: WIDTH / 2, cy: HEIGHT / 2, rx: radii[0], ry: radii[1] };
      svg("ellipse", ellipse, path);
    });
    var line = svg("polyline", { class: "ex-line" }, path);
    var dots = svg("g", { class: "ex-dots" }, path);
    for (var k = 0; k <= steps; k += 1) { svg("circle", { r: k ? 2 : 5, class: k ? "" : "ex-start" }, dots); }
    svg("path", { class: "ex-minimum", d: "M154 128H166M160 122V134" }, path);
    label(path, Number(px(origin[0])) - 8, Number(py(origin[1])) - 8, "start");

    // the map
    var hatch = svg("pattern", { id: id + "-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)" }, svg("defs", {}, map));
    svg("rect", { width: 6, height: 6, class: "ex-unstable" }, hatch);
    svg("path", { d: "M0 0V6", class: "ex-hatch" }, hatch);
    var box = { x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left, height: PLOT.bottom - PLOT.top };
    svg("rect", Object.assign({ fill: "url(#" + id + "-hatch)" }, box), map);
    var image = svg("image", Object.assign({ preserveAspectRatio: "none" }, box), map);
    var limit = svg("polyline", { class: "ex-limit" }, map);
    var axes = svg("g", { class: "ex-axes" }, map);
    var cross = svg("path", { class: "ex-cross" }, map);
    var handle = svg("circle", { class: "ex-handle", r: 7 }, map);
    var grip = svg("circle", { class: "ex-grip", r: 24 }, map);
    function mx(exponent) {
      return PLOT.left + box.width * (exponent - range.low) / (range.high - range.low);
    }
    function my(b) { return PLOT.bottom - box.height * b / BETA_MAX; }

    function colours() {
      var style = getComputedStyle(root);
      return BANDS.map(function (_, i) {
        var hex = style.getPropertyValue("--ex-band-" + i).trim();
        return [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); });
      });
    }

    function paintMap() {
      var canvas = html("canvas");
      canvas.width = COLUMNS;
      canvas.height = ROWS;
      var context = canvas.getContext("2d");
      var pixels = context.createImageData(COLUMNS, ROWS);
      var palette = colours();
      for (var row = 0; row < ROWS; row += 1) {
        var b = BETA_MAX * (ROWS - row - 0.5) / ROWS;
        for (var column = 0; column < COLUMNS; column += 1) {
          var exponent = range.low + (range.high - range.low) * (column + 0.5) / COLUMNS;
          var rho = radius(method(), eigenvalues, Math.pow(10, exponent), b);
          var band = BANDS.findIndex(function (top) { return rho <= top; });
          if (band >= 0) { pixels.data.set(palette[band].concat(255), 4 * (row * COLUMNS + column)); }
        }
      }
      context.putImageData(pixels, 0, 0);
      image.setAttribute("href", canvas.toDataURL());
    }

    function drawAxes() {
      axes.replaceChildren();
      var corner = "M" + PLOT.left + " " + PLOT.top + "V" + PLOT.bottom + "H" + PLOT.right;
      svg("path", { d: corner, class: "ex-axis" }, axes);
      var shift = Math.log10(L), first = Math.round(range.low + shift), last = Math.round(range.high + shift);
      for (var decade = first; decade <= last; decade += 1) {
        label(axes, mx(decade - shift), PLOT.bottom + 15, digits(Math.pow(10, decade), 1));
      }
      label(axes, (PLOT.left + PLOT.right) / 2, HEIGHT - 6, "α L (log scale)");
      [0, 0.25, 0.5, 0.75].forEach(function (b) { label(axes, PLOT.left - 5, my(b) + 4, String(b), "end"); });
      label(axes, PLOT.left - 5, my(BETA_MAX) + 6, "β", "end");
      label(axes, 0, 0, "diverges", "start");
      axes.lastChild.setAttribute("class", "ex-halo");
      var place = "translate(" + (PLOT.right - 6) + " " + (PLOT.bottom - 8) + ") rotate(-90)";
      axes.lastChild.setAttribute("transform", place);
    }

    var edge = []; // of stability, for the present method
    function changeMethod() {
      radios.forEach(function (radio) { radio.checked = radio.value === now.name; });
      var low = Math.log10(0.01 / L), far = Math.log10(1e6 / L);
      // The axis ends at the first decade beyond the stability limit at β = 0.9.
      var nine = boundary(method(), eigenvalues, low, far).filter(function (p) { return p[1] <= 0.9; }).pop();
      range = { low: low, high: Math.ceil(nine[0] + Math.log10(L)) - Math.log10(L) };
      edge = boundary(method(), eigenvalues, range.low, range.high);
      var corners = edge.map(function (p) { return mx(p[0]).toFixed(2) + "," + my(p[1]).toFixed(2); });
      limit.setAttribute("points", corners.join(" "));
      lr.input.min = range.low;
      lr.input.max = range.high;
      now.lr = Math.max(Math.pow(10, range.low), Math.min(Math.pow(10, range.high), now.lr));
      beta.input.disabled = !method().hyper.includes("beta");
      drawAxes();
      paintMap();
      redraw();
    }

    // Three digits, so that the number shown is the number used.
    function setLr(exponent) {
      now.lr = Number(Math.pow(10, Math.max(range.low, Math.min(range.high, exponent))).toPrecision(3));
    }

    var pending;
    function say(sentence) {
      clearTimeout(pending);
      pending = setTimeout(function () { spoken.textContent = sentence; }, 600);
    }

    function redraw() {
      var points = trajectory(method(), eigenvalues, origin, now.lr, now.beta, steps);
      var at = points.map(function (p) { return [px(p[0]), py(p[1])]; });
      line.setAttribute("points", at.map(function (p) { return p.join(","); }).join(" "));
      at.forEach(function (p, i) {
        dots.children[i].setAttribute("cx", p[0]);
        dots.children[i].setAttribute("cy", p[1]);
      });
      var uses = method().hyper.includes("beta");
      var x = mx(Math.log10(now.lr)).toFixed(2), y = my(uses ? now.beta : 0).toFixed(2);
      cross.setAttribute("d", "M" + PLOT.left + " " + y + "H" + x + "V" + PLOT.bottom);
      [handle, grip].forEach(function (c) { c.setAttribute("cx", x); c.setAttribute("cy", y); });

      var alphaText = digits(now.lr, 3), betaText = digits(now.beta, 3);
      lr.input.value = Math.log10(now.lr);
      beta.input.value = now.beta;
      lr.value.textContent = alphaText;
      beta.value.textContent = uses ? betaText : "not used";
      lr.input.setAttribute("aria-valuetext", alphaText + ", α L = " + digits(now.lr * L, 3));
      beta.input.setAttribute("aria-valuetext", betaText);

      var each = moduli(method(), eigenvalues, now.lr, now.beta);
      var rho = Math.max.apply(null, each);
      var words = inWords(rho);
      root.dataset.outcome = words.split(":")[0];
      verdict.replaceChildren(html("strong", "", "ρ = " + digits(rho, 4)), " " + words + ".");
      modes.textContent = "Per direction: " + each.map(function (modulus, i) {
        return "λ = " + eigenvalues[i] + " has modulus " + digits(modulus, 4);
      }).join(", ") + ". The larger one decides.";

      var where = method().title + " with α = " + alphaText + (uses ? " and β = " + betaText : "");
      var last = points[steps];
      var ratio = Math.hypot(last[0], last[1]) / Math.hypot(origin[0], origin[1]);
      path.setAttribute("aria-label", "Path of " + where + " from (" + origin.join(", ") + "): after " +
        steps + " steps its distance to the minimum is " + digits(ratio, 2) + " times the first one.");
      map.setAttribute("aria-label", "Map of ρ over α L and β. At α L = " + digits(now.lr * L, 3) +
        (uses ? ", β = " + betaText : "") + ", ρ is " + digits(rho, 4) + ". " + limitInWords());
      say(where + ": ρ = " + digits(rho, 4) + ", " + words + ".");
    }

    function limitInWords() {
      var ends = [edge[0], edge[edge.length - 1]].map(function (p) {
        return "α L = " + digits(Math.pow(10, p[0]) * L, 3) + " at β = " + digits(p[1], 2);
      });
      var words = method().hyper.includes("beta") ? ends.join(" and below ") : ends[0].split(" at ")[0];
      return "The method is stable below " + words + ".";
    }

    // pointer: press anywhere on the map, or drag the point; the sliders do the same
    function moveTo(event) {
      var frame = map.getBoundingClientRect();
      var x = (event.clientX - frame.left) * WIDTH / frame.width;
      var y = (event.clientY - frame.top) * HEIGHT / frame.height;
      setLr(range.low + (range.high - range.low) * (x - PLOT.left) / box.width);
      if (method().hyper.includes("beta")) {
        var b = BETA_MAX * (PLOT.bottom - y) / box.height;
        now.beta = Number(Math.max(0, Math.min(BETA_MAX, b)).toFixed(2));
      }
      redraw();
    }
    map.addEventListener("click", moveTo);
    grip.addEventListener("pointerdown", function (event) { grip.setPointerCapture(event.pointerId); });
    grip.addEventListener("pointermove", function (event) {
      if (grip.hasPointerCapture(event.pointerId)) { moveTo(event); }
    });

    new MutationObserver(paintMap).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    changeMethod();
    clearTimeout(pending); // the first state is not news
    firstorder.explorables[id] = {
      trajectory: function () {
        return { method: now.name, lr: now.lr, beta: now.beta, eigenvalues: eigenvalues, start: origin,
          points: trajectory(method(), eigenvalues, origin, now.lr, now.beta, steps) };
      },
      boundary: function () {
        return edge.map(function (p) { return [Math.pow(10, p[0]), p[1]]; });
      },
    };
  }

  firstorder.explorables = {};
  document.querySelectorAll('[data-explorable="momentum"]').forEach(start);
})();
