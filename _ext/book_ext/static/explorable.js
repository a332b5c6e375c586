// The kit of the explorables: controls, read-outs, number words, and the registry firstorder.explorables.
// Nothing moves by itself: each input redraws. Charts are in explorable-chart.js.
(function () {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  var SERIES = { gradient_descent: 0, heavy_ball: 1, heavy_ball_ema: 2, nesterov: 3, polyak: 4 };

  // ---- elements -------------------------------------------------------------------------------

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
    var node = svg("text", { x: x, y: y, "text-anchor": anchor || "middle" }, parent);
    node.textContent = text;
    return node;
  }

  function panel(caption, picture) {
    var figure = html("figure", "ex-panel");
    figure.append(html("figcaption", "", caption), picture);
    return figure;
  }

  // A short piece of a line as charts draw it: colour and dash pattern of a series.
  function swatch(series) {
    var node = svg("svg", { viewBox: "0 0 30 10", "class": "ex-line-swatch", "aria-hidden": "true" });
    svg("path", { d: "M1 5H29", "class": "ex-series ex-s" + series }, node);
    return node;
  }

  function named(series, text) {
    var node = html("span", "ex-named");
    node.append(swatch(series), html("span", "", text));
    return node;
  }

  function legend(entries) {
    var list = html("ul", "ex-legend");
    entries.forEach(function (entry) {
      var item = html("li");
      item.append(swatch(entry[0]), entry[1]);
      list.appendChild(item);
    });
    return list;
  }

  // ---- numbers --------------------------------------------------------------------------------

  function digits(x, n) { return String(Number(x.toPrecision(n))); }

  function superscript(k) {
    return String(k).replace(/[-0-9]/g, function (c) { return c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]; });
  }

  // n significant digits; a power of ten where the number would be long.
  function number(x, n) {
    if (x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e6)) {
      var parts = x.toExponential(n - 1).split("e");
      var mantissa = Number(parts[0]);
      return (mantissa === 1 ? "" : mantissa + "×") + "10" + superscript(Number(parts[1]));
    }
    return digits(x, n);
  }

  // Whole numbers with a thin space between thousands.
  function count(k) { return String(k).replace(/\B(?=(\d{3})+$)/g, "\u202f"); }

  function correlation(rho) { return rho ? String(rho).replace("-", "−") : "0 (white)"; }

  function numbers(text) { return text.split(" ").map(Number); }

  function clamp(x, low, high) { return Math.max(low, Math.min(high, x)); }

  // Positions x_0 … x_steps of a method on ½ Σ λᵢ xᵢ²; each coordinate is a run of its own.
  function trajectory(method, eigenvalues, start, hyper, steps) {
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

  // ---- controls -------------------------------------------------------------------------------

  // A group of radio buttons or checkboxes; options are [value, text] or [value, text, series].
  function choice(stage, type, name, title, options, change) {
    var group = html("fieldset", "ex-methods");
    group.appendChild(html("legend", "", title));
    var inputs = options.map(function (option) {
      var wrap = html("label", type === "radio" ? "ex-method" : "ex-check");
      var input = html("input");
      input.type = type;
      input.name = stage.id + "-" + name;
      input.value = option[0];
      wrap.appendChild(input);
      if (option.length > 2) { wrap.appendChild(swatch(option[2])); }
      wrap.appendChild(html("span", "", option[1]));
      group.appendChild(wrap);
      input.addEventListener("change", function () { change(option[0], input.checked); });
      return input;
    });
    // chosen: the value of a radio button, or an object value -> true of checkboxes
    function show(chosen) {
      inputs.forEach(function (input) {
        input.checked = type === "radio" ? input.value === chosen : chosen[input.value] === true;
      });
    }
    return { node: group, inputs: inputs, show: show };
  }

  // limits: [low, high, step]. The present value stands beside the caption and is what a screen reader says.
  function slider(stage, name, text, limits, change) {
    var node = html("div", "ex-slider");
    var caption = html("label", "", text), value = html("span", "ex-value"), input = html("input");
    input.type = "range";
    input.id = stage.id + "-" + name;
    caption.htmlFor = input.id;
    function limit(range) {
      ["min", "max", "step"].forEach(function (key, i) { input[key] = range[i]; });
    }
    limit(limits);
    input.addEventListener("input", function () { change(Number(input.value)); });
    node.append(caption, value, input);
    function show(at, shown, spoken) {
      input.value = at;
      value.textContent = shown;
      input.setAttribute("aria-valuetext", spoken || shown);
    }
    return { node: node, input: input, limit: limit, show: show };
  }

  function button(text, press) {
    var node = html("button", "ex-reset", text);
    node.type = "button";
    node.addEventListener("click", press);
    return node;
  }

  function controls() {
    var node = html("div", "ex-controls");
    node.append.apply(node, arguments);
    return node;
  }

  // ---- read-outs ------------------------------------------------------------------------------

  // A table whose rows are set again with each redraw; the first cell of a row is its header and may hold a
  // swatch: [series, text].
  function table(caption, heads) {
    var node = html("table", "ex-table");
    node.appendChild(html("caption", "", caption));
    var head = html("tr"), body = html("tbody");
    heads.forEach(function (text) {
      var cell = html("th", "", text);
      cell.scope = "col";
      head.appendChild(cell);
    });
    node.appendChild(html("thead")).appendChild(head);
    node.appendChild(body);
    function set(rows) {
      body.replaceChildren.apply(body, rows.map(function (row) {
        var line = html("tr");
        row.forEach(function (content, i) {
          var cell = html(i ? "td" : "th");
          if (!i) { cell.scope = "row"; }
          cell.append(Array.isArray(content) ? named(content[0], content[1]) : content);
          line.appendChild(cell);
        });
        return line;
      }));
    }
    return { node: node, set: set };
  }

  // A strong lead and a sentence; the second call and later ones are also spoken, after a pause.
  function verdict(stage) {
    var node = html("p", "ex-verdict"), spoken = html("p", "ex-spoken"), pending, first = true;
    spoken.setAttribute("role", "status");
    function set(strong, rest, said) {
      node.replaceChildren(html("strong", "", strong), " " + rest);
      stage.root.dataset.outcome = strong;
      clearTimeout(pending);
      if (!first) {
        pending = setTimeout(function () { spoken.textContent = said || strong + " " + rest; }, 600);
      }
      first = false; // the first state is not news
    }
    return { node: node, spoken: spoken, set: set };
  }

  // ---- the page -------------------------------------------------------------------------------

  // The figure that stands in without scripts, and the cell that makes it, stay within reach.
  function tuckAway(name, live) {
    var figure = document.getElementById(name);
    var cell = figure && figure.closest(".cell");
    if (!cell) { return; }
    var details = html("details", "explorable-still");
    details.append(html("summary", "", "The same as a still picture, with its code"), cell);
    live.appendChild(details);
  }

  // build(stage) fills stage.live and returns what firstorder.explorables[id] offers.
  function component(name, build) {
    document.querySelectorAll('[data-explorable="' + name + '"]').forEach(function (root) {
      var stage = { root: root, id: root.id, data: root.dataset, live: html("div", "explorable-live") };
      firstorder.explorables[root.id] = build(stage);
      if (stage.data.replaces) { tuckAway(stage.data.replaces, stage.live); }
      root.appendChild(stage.live);
    });
  }

  firstorder.explorables = {};
  firstorder.kit = {
    SERIES: SERIES, html: html, svg: svg, label: label, panel: panel, swatch: swatch, legend: legend,
    digits: digits, number: number, superscript: superscript, count: count, correlation: correlation,
    numbers: numbers, clamp: clamp, trajectory: trajectory,
    choice: choice, slider: slider, button: button, controls: controls, table: table, verdict: verdict,
    component: component,
  };
})();
