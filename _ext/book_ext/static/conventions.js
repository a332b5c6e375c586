// Three lists that lead to one row of the table of conventions, and a box that shows all, as there are without scripts.
(function () {
  "use strict";

  function list(label, id) {
    var wrap = document.createElement("div");
    var name = document.createElement("label");
    var field = document.createElement("select");
    name.htmlFor = field.id = id;
    name.textContent = label;
    wrap.append(name, field);
    return { wrap: wrap, field: field };
  }

  // A choice that is there under the new heading, too, stays: SGD of PyTorch, then sgd of Optax.
  function fill(field, values) {
    var before = field.value.toLowerCase();
    field.replaceChildren();
    Array.from(new Set(values)).forEach(function (value) {
      var same = value.toLowerCase() === before;
      field.add(new Option(value, value, same, same));
    });
  }

  function start(root, index) {
    var rows = Array.from(root.querySelectorAll(".conv-row")).map(function (element) {
      return {
        element: element,
        home: element.parentNode,
        library: element.parentNode.dataset.library,
        optimizer: element.dataset.optimizer,
        option: element.dataset.option,
      };
    });
    var library = list("Library", "conv-library-" + index);
    var optimizer = list("Optimizer", "conv-optimizer-" + index);
    var option = list("Setting", "conv-option-" + index);
    var bar = document.createElement("div");
    var every = document.createElement("input");
    var everyLabel = document.createElement("label");
    var groups = Array.from(root.querySelectorAll(".conv-library"));
    var card = document.createElement("div");
    var said = document.createElement("p");

    bar.className = "conv-bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Which formula is in my library?");
    every.type = "checkbox";
    everyLabel.className = "conv-every";
    everyLabel.append(every, " All settings, one under the other");
    bar.append(library.wrap, optimizer.wrap, option.wrap, everyLabel);
    said.className = "conv-said";
    said.setAttribute("role", "status");
    card.className = "conv-card";
    groups.forEach(function (group) { group.open = true; });
    root.append(bar, said, card);

    function of(keys) {
      return rows.filter(function (row) {
        return (keys < 1 || row.library === library.field.value) &&
          (keys < 2 || row.optimizer === optimizer.field.value) && (keys < 3 || row.option === option.field.value);
      });
    }

    function show() {
      var all = every.checked;
      var chosen = of(3)[0];
      rows.forEach(function (row) {
        (all ? row.home : card).append(row.element);
        row.element.hidden = !all && row !== chosen;
      });
      groups.forEach(function (group) { if (all) { card.append(group); } else { group.remove(); } });
      [library, optimizer, option].forEach(function (list) { list.field.disabled = all; });
      said.textContent = all ? rows.length + " settings of " + groups.length + " libraries." :
        [chosen.library, chosen.optimizer, chosen.option].join(", ") + ": " +
        chosen.element.querySelector(".conv-relation").textContent + ".";
      card.dispatchEvent(new Event("toggle")); // what is wider than the card is marked anew
    }

    function options() { fill(option.field, of(2).map(function (row) { return row.option; })); show(); }
    function optimizers() { fill(optimizer.field, of(1).map(function (row) { return row.optimizer; })); options(); }

    library.field.addEventListener("change", optimizers);
    optimizer.field.addEventListener("change", options);
    option.field.addEventListener("change", show);
    every.addEventListener("change", show);
    fill(library.field, rows.map(function (row) { return row.library; }));
    optimizers();

    function choose(id) {
      var row = rows.find(function (row) { return row.element.id === id; });
      if (!row || every.checked) { return; }
      library.field.value = row.library;
      optimizers();
      optimizer.field.value = row.optimizer;
      options();
      option.field.value = row.option;
      show();
      if (location.hash === "#" + id) { row.element.scrollIntoView(); } // it was hidden when the page opened
    }

    function follow() { choose(location.hash.slice(1)); }

    choose("convention-" + root.dataset.start);
    follow();
    window.addEventListener("hashchange", follow);
  }

  document.querySelectorAll(".conventions").forEach(start);
})();
