// Line charts of the explorables: linear or logarithmic axes, lines told apart by dash pattern and colour,
// marks and rules with their words. A chart is drawn anew with each change.
(function () {
  "use strict";

  var kit = firstorder.kit, svg = kit.svg, label = kit.label;
  var WIDTH = 320, LEFT = 42, RIGHT = 312, TOP = 22;

  // ---- axes -----------------------------------------------------------------------------------

  function linearTicks(low, high) {
    var rough = (high - low) / 5, power = Math.pow(10, Math.floor(Math.log10(rough)));
    var step = [1, 2, 2.5, 5, 10].find(function (m) { return m * power >= rough; }) * power;
    var ticks = [];
    for (var k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) {
      ticks.push(Number((k * step).toPrecision(6)));
    }
    return ticks;
  }

  // Powers of ten, every second or third one if there are many, with 2 and 5 between if there are few.
  function logTicks(low, high) {
    var first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
    var every = Math.ceil((last - first + 1) / 7), ticks = [];
    var parts = last - first < 2 ? [1, 2, 5] : [1];
    for (var k = first - 1; k <= last; k += 1) {
      if (parts.length === 1 && (k < first || k % every !== 0)) { continue; }
      parts.forEach(function (part) {
        var tick = Number(part + "e" + k);
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) { ticks.push(tick); }
      });
    }
    return ticks;
  }

  function tickText(tick, log) {
    var power = Math.round(Math.log10(tick));
    var long = log && Math.abs(Math.log10(tick) - power) < 1e-9 && (power < -3 || power > 2);
    return long ? "10" + kit.superscript(power) : kit.digits(tick, 4).replace("-", "−");
  }

  // value -> pixel
  function scale(log, range, from, to) {
    var f = log ? Math.log10 : Number;
    var low = f(range[0]), high = f(range[1]);
    return function (value) {
      return kit.clamp(from + (to - from) * (f(value) - low) / (high - low), -9999, 9999);
    };
  }

  // ---- what is drawn --------------------------------------------------------------------------

  // A line breaks where a value is not a number.
  function route(points, x, y) {
    var pen = "M";
    return points.map(function (p) {
      if (!isFinite(p[0]) || !isFinite(p[1])) { pen = "M"; return ""; }
      var text = pen + x(p[0]).toFixed(1) + " " + y(p[1]).toFixed(1);
      pen = "L";
      return text;
    }).join("");
  }

  function halo(parent, x, y, text, anchor) {
    var node = label(parent, x.toFixed(1), y.toFixed(1), text, anchor);
    node.setAttribute("class", "ex-note");
  }

  // Words beside a point, on the side where there is room.
  function note(parent, px, py, text) {
    var right = px < (LEFT + RIGHT) / 2;
    halo(parent, px + (right ? 8 : -8), Math.max(py - 6, TOP + 12), text, right ? "start" : "end");
  }

  function drawAxes(g, spec, content, x, y, bottom) {
    svg("path", { d: "M" + LEFT + " " + TOP + "V" + bottom + "H" + RIGHT, "class": "ex-axis" }, g);
    (spec.x.log ? logTicks : linearTicks)(content.x[0], content.x[1]).forEach(function (tick) {
      svg("path", { d: "M" + x(tick).toFixed(1) + " " + TOP + "V" + bottom, "class": "ex-grid" }, g);
      var text = tickText(tick, spec.x.log); // the last one stays inside
      label(g, Math.min(x(tick), WIDTH - 1 - 3.5 * text.length).toFixed(1), bottom + 15, text);
    });
    (spec.y.log ? logTicks : linearTicks)(content.y[0], content.y[1]).forEach(function (tick) {
      svg("path", { d: "M" + LEFT + " " + y(tick).toFixed(1) + "H" + RIGHT, "class": "ex-grid" }, g);
      label(g, LEFT - 5, (y(tick) + 4).toFixed(1), tickText(tick, spec.y.log), "end");
    });
    label(g, (LEFT + RIGHT) / 2, bottom + 31, spec.x.label);
    label(g, 2, 12, spec.y.label, "start");
  }

  // spec: {id, height, x: {log, label}, y: {log, label}}. draw(content) with
  //   x, y    [low, high]
  //   band    [low, high] of y, shaded
  //   rules   {x or y, text?}: a dotted line
  //   lines   {points: [[x, y], …], series, style?, dots?} or {points, contour: true}; style: "quiet" or "fine"
  //   marks   {at: [x, y], series, text?}
  //   told    the text alternative
  function chart(spec) {
    var height = spec.height || 240, bottom = height - 38;
    var box = { x: LEFT, y: TOP, width: RIGHT - LEFT, height: bottom - TOP };
    var picture = svg("svg", { viewBox: "0 0 " + WIDTH + " " + height, role: "img", "aria-label": "", id: spec.id });
    var clip = svg("clipPath", { id: spec.id + "-clip" }, svg("defs", {}, picture));
    svg("rect", box, clip);
    var axes = svg("g", { "class": "ex-axes" }, picture);
    var inside = svg("g", { "clip-path": "url(#" + spec.id + "-clip)" }, picture);
    var marks = svg("g", {}, picture), notes = svg("g", {}, picture);

    function draw(content) {
      var x = scale(spec.x.log, content.x, LEFT, RIGHT), y = scale(spec.y.log, content.y, bottom, TOP);
      [axes, inside, marks, notes].forEach(function (g) { g.replaceChildren(); });
      drawAxes(axes, spec, content, x, y, bottom);
      if (content.band) {
        var top = y(content.band[1]);
        svg("rect", { x: LEFT, y: top, width: box.width, height: y(content.band[0]) - top, "class": "ex-band" }, inside);
      }
      (content.rules || []).forEach(function (rule) {
        var across = rule.x === undefined;
        var d = across ? "M" + LEFT + " " + y(rule.y) + "H" + RIGHT : "M" + x(rule.x) + " " + TOP + "V" + bottom;
        svg("path", { d: d, "class": "ex-cross" }, inside);
        if (rule.text) { note(notes, across ? RIGHT : x(rule.x), across ? y(rule.y) : bottom, rule.text); }
      });
      content.lines.forEach(function (line) {
        var style = line.contour ? "ex-contour" : "ex-series ex-s" + line.series + (line.style ? " ex-" + line.style : "");
        svg("path", { d: route(line.points, x, y), "class": style }, inside);
        (line.dots ? line.points : []).forEach(function (p) {
          svg("circle", { cx: x(p[0]).toFixed(1), cy: y(p[1]).toFixed(1), r: 1.9, "class": "ex-dot ex-s" + line.series }, inside);
        });
      });
      (content.marks || []).forEach(function (mark) {
        var at = { cx: x(mark.at[0]).toFixed(1), cy: y(mark.at[1]).toFixed(1) };
        svg("circle", Object.assign({ r: 4.5, "class": "ex-mark ex-s" + mark.series }, at), marks);
        if (mark.text) { note(notes, x(mark.at[0]), y(mark.at[1]), mark.text); }
      });
      picture.setAttribute("aria-label", content.told);
    }
    return { svg: picture, draw: draw };
  }

  // [10^j, 10^k] around the finite positive values, at least a decade.
  function decades(values) {
    var logs = values.filter(function (v) { return isFinite(v) && v > 0; }).map(Math.log10);
    var low = Math.floor(Math.min.apply(null, logs) + 1e-9), high = Math.ceil(Math.max.apply(null, logs) - 1e-9);
    return [Math.pow(10, low), Math.pow(10, Math.max(high, low + 1))];
  }

  kit.chart = chart;
  kit.decades = decades;
})();
