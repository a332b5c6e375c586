// What is wider than its column scrolls in a box of its own, which the keyboard can reach.
// A box is marked only while it overflows: a stop of the Tab key that does nothing is a nuisance.
(function () {
  "use strict";

  var KINDS = [
    // selector, name of the region
    ['div.math mjx-container[display="true"]', "Equation"],
    [".pst-scrollable-table-container, .cell_output .text_html", "Table"],
    [".highlight pre", "Code"],
    [".cell_output pre", "Output"],
    ["span.math", "Formula"],
  ];

  function mark(box, name) {
    // one pixel of rounding is no overflow, except in a formula, which is a box only because it is too wide
    var scrolls = box.scrollWidth > box.clientWidth + (box.classList.contains("math-wide") ? 0 : 1);
    if (scrolls === box.classList.contains("scrolls")) { return; }
    box.classList.toggle("scrolls", scrolls);
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", name + ", scrolls sideways");
    } else {
      ["tabindex", "role", "aria-label"].forEach(function (attribute) { box.removeAttribute(attribute); });
    }
  }

  // Inline formulas do not break; one that is wider than its paragraph becomes a box, too.
  function widen(formula) {
    var content = formula.querySelector("mjx-container");
    var room = formula.closest("p, li, td, dd, div");
    formula.classList.toggle("math-wide", Boolean(content) && content.getBoundingClientRect().width > room.clientWidth);
  }

  function check() {
    document.querySelectorAll("article span.math").forEach(widen);
    KINDS.forEach(function (kind) {
      document.querySelectorAll(kind[0]).forEach(function (box) { mark(box, kind[1]); });
    });
  }

  var waiting = false;
  function soon() {
    if (waiting) { return; }
    waiting = true;
    requestAnimationFrame(function () { waiting = false; check(); });
  }

  function start() {
    var article = document.querySelector("article");
    if (!article) { return; }
    new ResizeObserver(soon).observe(article); // the window, a drop-down, an image, the typeset formulas
    document.addEventListener("toggle", soon, true);
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) { MathJax.startup.promise.then(soon); }
    soon();
  }

  if (document.readyState === "complete") { start(); } else { window.addEventListener("load", start); }
})();
