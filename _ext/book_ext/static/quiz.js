// True or false: two buttons, the outcome in words, then the reason. Nothing is stored or sent.
(function () {
  "use strict";

  function button(word) {
    var b = document.createElement("button");
    b.type = "button";
    b.textContent = word;
    b.dataset.choice = word.toLowerCase();
    b.setAttribute("aria-pressed", "false");
    return b;
  }

  function start(quiz) {
    var details = quiz.querySelector(".quiz-answer");
    var fieldset = document.createElement("fieldset");
    var legend = document.createElement("legend");
    var title = quiz.querySelector(".quiz-title");
    var outcome = document.createElement("p");
    var again = button("Try again");
    var choices = [button("True"), button("False")];

    legend.className = "quiz-title";
    legend.textContent = title.textContent;
    title.remove();
    outcome.className = "quiz-outcome";
    outcome.setAttribute("role", "status");
    again.hidden = true;
    again.removeAttribute("aria-pressed");
    again.className = "quiz-again";
    quiz.insertBefore(fieldset, details);
    fieldset.append(legend, quiz.querySelector(".quiz-statement"), choices[0], choices[1], again, outcome);
    details.hidden = true;

    function show(choice) {
      var right = choice === quiz.dataset.answer;
      choices.forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.choice === choice)); });
      quiz.dataset.state = right ? "right" : "wrong";
      outcome.textContent = (right ? "✓ Right. The statement is " : "✗ Not so. The statement is ") +
        quiz.dataset.answer + ".";
      details.hidden = false;
      details.open = true;
      again.hidden = false;
    }

    function reset() {
      choices.forEach(function (b) { b.setAttribute("aria-pressed", "false"); });
      delete quiz.dataset.state;
      outcome.textContent = "";
      details.hidden = true;
      again.hidden = true;
      choices[0].focus();
    }

    choices.forEach(function (b) { b.addEventListener("click", function () { show(b.dataset.choice); }); });
    again.addEventListener("click", reset);
  }

  document.querySelectorAll(".quiz").forEach(start);
})();
