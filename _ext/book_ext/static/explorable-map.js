// A map of the spectral radius over step size and momentum, with the edge of stability and a point to drag.
// Every spectral radius comes from firstorder.js.
(function () {
  "use strict";

  var kit = firstorder.kit, html = kit.html, svg = kit.svg, label = kit.label, digits = kit.digits;
  var BETA_MAX = 0.99;
  var BANDS = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1]; // upper ends of the colour bands of ρ
  var COLUMNS = 136, ROWS = 100; // cells of the map
  var WIDTH = 320, HEIGHT = 256;
  var PLOT = { left: 34, right: 312, top: 12, bottom: 216 };
  var BOX = { x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left, height: PLOT.bottom - PLOT.top };

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

  function picture(id) {
    return svg("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, role: "img", "aria-label": "", id: id });
  }

  // ---- the map --------------------------------------------------------------------------------

  function colours(root) {
    var style = getComputedStyle(root);
    return BANDS.map(function (_, i) {
      var hex = style.getPropertyValue("--ex-band-" + i).trim();
      return [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); });
    });
  }

  // Every cell of the map coloured by its ρ, as the address of a picture.
  function painted(method, eigenvalues, range, palette) {
    var canvas = html("canvas");
    canvas.width = COLUMNS;
    canvas.height = ROWS;
    var context = canvas.getContext("2d");
    var pixels = context.createImageData(COLUMNS, ROWS);
    for (var row = 0; row < ROWS; row += 1) {
      var b = BETA_MAX * (ROWS - row - 0.5) / ROWS;
      for (var column = 0; column < COLUMNS; column += 1) {
        var exponent = range.low + (range.high - range.low) * (column + 0.5) / COLUMNS;
        var rho = radius(method, eigenvalues, Math.pow(10, exponent), b);
        var band = BANDS.findIndex(function (top) { return rho <= top; });
        if (band >= 0) { pixels.data.set(palette[band].concat(255), 4 * (row * COLUMNS + column)); }
      }
    }
    context.putImageData(pixels, 0, 0);
    return canvas.toDataURL();
  }

  function key() {
    var node = html("p", "ex-key", "ρ up to ");
    function item(text, swatch) {
      var wrap = html("span", "ex-key-item");
      wrap.append(swatch, text);
      node.append(wrap);
      return swatch;
    }
    BANDS.forEach(function (top, i) {
      item(String(top), html("span", "ex-swatch")).style.background = "var(--ex-band-" + i + ")";
    });
    item("diverges", html("span", "ex-swatch ex-hatched"));
    return node;
  }

  // A map of ρ over log10 α and β; move(exponent, beta) is called when the point is pressed or dragged.
  function mapPanel(id, L, move) {
    var map = picture(id), range;
    var hatch = svg("pattern", { id: id.replace(/map$/, "hatch"), width: 6, height: 6,
      patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("defs", {}, map));
    svg("rect", { width: 6, height: 6, "class": "ex-unstable" }, hatch);
    svg("path", { d: "M0 0V6", "class": "ex-hatch" }, hatch);
    svg("rect", Object.assign({ fill: "url(#" + hatch.id + ")" }, BOX), map);
    var image = svg("image", Object.assign({ preserveAspectRatio: "none" }, BOX), map);
    var limit = svg("polyline", { "class": "ex-limit" }, map);
    var axes = svg("g", { "class": "ex-axes" }, map);
    var cross = svg("path", { "class": "ex-cross" }, map);
    var handle = svg("circle", { "class": "ex-handle", r: 7 }, map);
    var grip = svg("circle", { "class": "ex-grip", r: 24 }, map);
    function mx(exponent) { return PLOT.left + BOX.width * (exponent - range.low) / (range.high - range.low); }
    function my(b) { return PLOT.bottom - BOX.height * b / BETA_MAX; }

    function drawAxes() {
      axes.replaceChildren();
      var corner = "M" + PLOT.left + " " + PLOT.top + "V" + PLOT.bottom + "H" + PLOT.right;
      svg("path", { d: corner, "class": "ex-axis" }, axes);
      var shift = Math.log10(L), first = Math.round(range.low + shift), last = Math.round(range.high + shift);
      for (var decade = first; decade <= last; decade += 1) {
        label(axes, mx(decade - shift), PLOT.bottom + 15, digits(Math.pow(10, decade), 1));
      }
      label(axes, (PLOT.left + PLOT.right) / 2, HEIGHT - 6, "α L (log scale)");
      [0, 0.25, 0.5, 0.75].forEach(function (b) { label(axes, PLOT.left - 5, my(b) + 4, String(b), "end"); });
      label(axes, PLOT.left - 5, my(BETA_MAX) + 6, "β", "end");
      var word = label(axes, 0, 0, "diverges", "start");
      word.setAttribute("class", "ex-halo");
      word.setAttribute("transform", "translate(" + (PLOT.right - 6) + " " + (PLOT.bottom - 8) + ") rotate(-90)");
    }

    // press anywhere on the map, or drag the point; the sliders do the same
    function moveTo(event) {
      var frame = map.getBoundingClientRect();
      var x = (event.clientX - frame.left) * WIDTH / frame.width;
      var y = (event.clientY - frame.top) * HEIGHT / frame.height;
      move(range.low + (range.high - range.low) * (x - PLOT.left) / BOX.width,
        kit.clamp(BETA_MAX * (PLOT.bottom - y) / BOX.height, 0, BETA_MAX));
    }
    map.addEventListener("click", moveTo);
    grip.addEventListener("pointerdown", function (event) { grip.setPointerCapture(event.pointerId); });
    grip.addEventListener("pointermove", function (event) {
      if (grip.hasPointerCapture(event.pointerId)) { moveTo(event); }
    });

    return {
      node: kit.panel("Spectral radius ρ (drag the point)", map),
      paint: function (address) { image.setAttribute("href", address); },
      frame: function (newRange, edge) {
        range = newRange;
        var corners = edge.map(function (p) { return mx(p[0]).toFixed(2) + "," + my(p[1]).toFixed(2); });
        limit.setAttribute("points", corners.join(" "));
        drawAxes();
      },
      draw: function (exponent, b, words) {
        var x = mx(exponent).toFixed(2), y = my(b).toFixed(2);
        cross.setAttribute("d", "M" + PLOT.left + " " + y + "H" + x + "V" + PLOT.bottom);
        [handle, grip].forEach(function (c) { c.setAttribute("cx", x); c.setAttribute("cy", y); });
        map.setAttribute("aria-label", words);
      },
    };
  }

  kit.map = {
    WIDTH: WIDTH, HEIGHT: HEIGHT, BETA_MAX: BETA_MAX, hyperOf: hyperOf, moduli: moduli, boundary: boundary,
    picture: picture, painted: painted, colours: colours, key: key, panel: mapPanel,
  };
})();
