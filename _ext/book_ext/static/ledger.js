// The ledger's search box and verdict filter. Without scripts the whole table is visible.
(function () {
  "use strict";

  function control(tag, labelText, id) {
    var wrap = document.createElement("div");
    var label = document.createElement("label");
    var field = document.createElement(tag);
    label.htmlFor = field.id = id;
    label.textContent = labelText;
    wrap.append(label, field);
    return { wrap: wrap, field: field };
  }

  function start(ledger, index) {
    var rows = Array.from(ledger.querySelectorAll("tbody tr"));
    var groups = Array.from(ledger.querySelectorAll(".ledger-page"));
    // Read before MathJax replaces the TeX, so that "beta" finds \beta.
    var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var search = control("input", "Search the claims", "ledger-search-" + index);
    var filter = control("select", "Verdict", "ledger-verdict-" + index);
    var count = document.createElement("p");
    var bar = document.createElement("div");

    search.field.type = "search";
    search.field.autocomplete = "off";
    var verdicts = rows.map(function (row) { return row.dataset.verdict; });
    ["all"].concat(Array.from(new Set(verdicts)).sort()).forEach(function (verdict) {
      filter.field.add(new Option(verdict, verdict));
    });
    count.setAttribute("role", "status");
    count.className = "ledger-count";
    bar.className = "ledger-bar";
    bar.setAttribute("role", "search");
    bar.setAttribute("aria-label", "Claims");
    bar.append(search.wrap, filter.wrap);
    ledger.querySelector(".ledger-summary").after(bar, count);

    function apply() {
      var words = search.field.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row, i) {
        var fits = filter.field.value === "all" || filter.field.value === row.dataset.verdict;
        row.hidden = !(fits && words.every(function (word) { return texts[i].includes(word); }));
        shown += !row.hidden;
      });
      groups.forEach(function (group) { group.hidden = !group.querySelector("tbody tr:not([hidden])"); });
      count.textContent = shown + " of " + rows.length + " claims shown";
    }

    search.field.addEventListener("input", apply);
    filter.field.addEventListener("change", apply);
    apply();
  }

  document.querySelectorAll(".ledger").forEach(start);
})();
