"""The site's own components, used as a reader uses them: by keyboard, on a phone, without scripts."""
import itertools
import re
from pathlib import Path

import pytest

from firstorder import METHODS, claims, hyper, position, start
from firstorder.conventions import LIBRARIES, ROWS

from .conftest import BOOK, SITE, announced, pages, pages_with, settle
from .test_pages import UNREACHABLE, darken, violations

MOMENTUM = 'data-explorable="momentum"'
EXPLORABLE = f"[{MOMENTUM}]"
SMALL_TARGETS = """root => [...root.querySelectorAll('button, input, select, summary')].filter(e => {
  const box = (e.type === 'radio' ? e.parentNode : e).getBoundingClientRect();
  return box.width < 24 || box.height < 24;
}).map(e => e.outerHTML)"""


# ---- search and equation tags -----------------------------------------------------------------------

def test_search_finds_heavy_ball(open_page):
    page = open_page("search.html?q=heavy+ball")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("!document.querySelector('.search-summary')?.textContent.includes('Searching')")
    links = page.locator("#search-results li a")
    found = links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert any("definitions/momentum.html" in link for link in found), found
    assert page.remote == [] and page.errors == []


def test_equations_carry_tags():
    numbers = {}
    for name in pages():
        for tag in re.findall(r'<span class="eqno">\(([^)]*)\)', (SITE / name).read_text("utf8")):
            assert tag not in numbers, f"tag ({tag}) stands in {numbers[tag]} and in {name}"
            assert not tag.isdigit(), f"({tag}) in {name} is a running number"
            numbers[tag] = name
    assert "HB" in numbers
    for method in METHODS.values():
        page = f"chapters/{method.page}.html"
        assert numbers.get(method.tag, page) == page, f"({method.tag}) of {method.name} belongs to {page}"


def test_references_to_equations_show_tags():
    link = re.compile(r'href="[^"]*#equation-eq-[^"]*">([^<]*)<')
    links = [text for name in pages() for text in link.findall((SITE / name).read_text("utf8"))]
    shown = [text for text in links if text.startswith("(")]
    assert shown and not any(text.strip("()").isdigit() for text in shown)


# ---- explorable ----------------------------------------------------------------------------------------

@pytest.fixture
def explorable(open_page):
    page = open_page(pages_with(MOMENTUM)[0])
    root = page.locator(EXPLORABLE).first
    page.id = root.get_attribute("id")
    page.state = lambda: page.evaluate("id => firstorder.explorables[id].trajectory()", page.id)
    page.slider = lambda name: page.locator(f'[id="{page.id}-{name}"]')
    page.root = root
    return page


def python_points(shown):
    """The trajectory of `shown`, by the book's own step functions."""
    m = METHODS[shown["method"]]
    h = hyper(m.name, **{k: shown[k] for k in m.parameters})
    runs = []
    for lam, x in zip(shown["eigenvalues"], shown["start"]):
        state = start(m.name, x)
        run = [position(m.name, x, state, h)]
        for t in range(1, len(shown["points"])):
            x, state = m.step(x, lam * x, state, float(t), h)
            run.append(position(m.name, x, state, h))
        runs.append(run)
    return list(zip(*runs))


def disagreement(shown):
    """max |browser − Python| / max |Python|, with Python's steps."""
    expected = python_points(shown)
    flat = [(a, b) for p, q in zip(shown["points"], expected) for a, b in zip(p, q)]
    return max(abs(a - b) for a, b in flat) / max(abs(b) for _, b in flat)


def test_explorable_by_keyboard_equals_python(explorable):
    page, seen = explorable, []
    methods = page.root.locator("input[type=radio]")
    methods.first.focus()
    page.keyboard.press("Space")
    for i in range(methods.count()):
        if i:
            page.keyboard.press("ArrowRight")  # focus and choice move together in a group of radio buttons
        for name, key, times in (("lr", "ArrowRight", 3), ("beta", "ArrowUp", 2), ("lr", "ArrowLeft", 7)):
            if page.slider(name).is_disabled():
                continue
            page.slider(name).focus()
            for _ in range(times):
                before = page.state()
                page.keyboard.press(key)
                after = page.state()
                assert after["points"] != before["points"], f"{key} on {name} changed nothing"
                assert disagreement(after) <= 1e-12
        seen.append(page.state()["method"])
        page.root.locator("input[type=radio]:checked").focus()
    assert len(set(seen)) == methods.count() >= 3


def test_explorable_draws_what_it_computes(explorable):
    page = explorable
    line = page.root.locator("polyline.ex-line")
    drawn, points = line.get_attribute("points"), page.state()["points"]
    assert len(drawn.split()) == len(points)
    page.slider("beta").focus()
    page.keyboard.press("ArrowLeft")
    assert line.get_attribute("points") != drawn
    told = page.root.locator("[role=img]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    beta = f"{page.state()['beta']:.3g}"
    assert len(told) == 2 and all(beta in text for text in told), told


def test_explorable_boundary_is_the_stability_limit(explorable):
    """The line that the map draws is where the closed forms put it, for every method."""
    limit = {
        "gradient_descent": lambda b: 2.0,
        "heavy_ball": lambda b: 2 * (1 + b),
        "heavy_ball_ema": lambda b: 2 * (1 + b) / (1 - b),
        "nesterov": lambda b: 2 * (1 + b) / (1 + 2 * b),
    }
    page = explorable
    for radio in page.root.locator("input[type=radio]").all():
        radio.check(force=True)
        shown = page.state()
        edge = page.evaluate("id => firstorder.explorables[id].boundary()", page.id)
        assert len(edge) > 50
        for lr, beta in edge:
            expected = limit[shown["method"]](beta) / max(shown["eigenvalues"])
            assert lr == pytest.approx(expected, rel=1e-6), (shown["method"], beta)


def test_explorable_says_when_it_diverges_and_resets(explorable):
    page = explorable
    first = page.state()
    verdict = page.root.locator(".ex-verdict")
    assert "converges" in verdict.text_content()
    page.slider("lr").focus()
    page.keyboard.press("End")
    assert "diverges" in verdict.text_content()
    assert disagreement(page.state()) <= 1e-12
    page.root.get_by_role("button", name="Reset").click()
    assert page.state() == first


def test_explorable_announces_once_after_a_burst_of_keys(explorable):
    page = explorable
    page.slider("lr").focus()
    said = announced(page, "momentum", "ArrowRight", 8)
    assert len(said) == 1 and re.search(r"ρ = \d", said[0]), said


def test_explorable_point_can_be_dragged(explorable):
    page = explorable
    before = page.state()
    grip = page.root.locator(".ex-grip")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y + 30, steps=4)
    page.mouse.up()
    after = page.state()
    assert after["lr"] < before["lr"] and after["beta"] < before["beta"]
    assert disagreement(after) <= 1e-12


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explorable_on_a_small_phone(open_page, scheme):
    page = open_page(pages_with(MOMENTUM)[0], width=320, height=640, scheme=scheme)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    root = page.locator(EXPLORABLE).first
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert root.evaluate(SMALL_TARGETS) == []
    root.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    assert root.evaluate("e => e.getAnimations({subtree: true}).length") == 0


def test_explorable_does_not_push_the_page_about(open_page):
    page = open_page(pages_with(MOMENTUM)[0], slow="explorable.js")
    shift = page.evaluate("""() => new Promise(done => {
      let sum = 0;
      new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
        .observe({type: 'layout-shift', buffered: true});
      setTimeout(() => done(sum), 300);
    })""")
    assert shift < 0.02  # a fifth of what the Core Web Vitals call good


def test_explorable_without_scripts_shows_a_figure(open_page):
    page = open_page(pages_with(MOMENTUM)[0], java_script_enabled=False)
    root = page.locator(EXPLORABLE).first
    assert root.locator(".explorable-static").is_visible()
    assert root.locator("input").count() == 0
    replaced = root.get_attribute("data-replaces")
    image = page.locator(f"#{replaced} img").first if replaced else root.locator("img").first
    image.scroll_into_view_if_needed()
    assert image.is_visible() and image.bounding_box()["height"] > 100


# ---- quiz -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("disk", [False, True], ids=["http", "disk"])
def test_quiz_by_keyboard(open_page, disk):
    page = open_page(pages_with('class="quiz"')[0], disk=disk)
    for quiz in page.locator(".quiz").all():
        answer = quiz.get_attribute("data-answer")
        other = {"true": "false", "false": "true"}[answer]
        reason, outcome = quiz.locator(".quiz-why"), quiz.locator("[role=status]")
        assert "true or false" in quiz.locator("fieldset > legend").text_content()
        assert not reason.is_visible() and outcome.text_content() == ""

        quiz.locator(f"[data-choice={other}]").focus()
        page.keyboard.press("Enter")
        assert outcome.text_content().startswith("✗ Not so") and answer in outcome.text_content()
        assert reason.is_visible()

        quiz.get_by_role("button", name="Try again").focus()
        page.keyboard.press("Space")
        assert not reason.is_visible() and outcome.text_content() == ""
        assert page.evaluate("document.activeElement.dataset.choice") == "true"  # ready for the next try

        quiz.locator(f"[data-choice={answer}]").focus()
        page.keyboard.press("Space")
        assert outcome.text_content().startswith("✓ Right")
        assert reason.is_visible()
        assert quiz.locator("[aria-pressed=true]").get_attribute("data-choice") == answer
        assert quiz.evaluate(SMALL_TARGETS) == []
    assert page.remote == [] and page.errors == []


def test_quiz_after_the_answer_is_accessible(open_page):
    page = open_page(pages_with('class="quiz"')[0])
    for quiz, right in zip(page.locator(".quiz").all(), itertools.cycle([True, False])):
        choice = (quiz.get_attribute("data-answer") == "true") == right
        quiz.locator(f"[data-choice={str(choice).lower()}]").click()
    assert {q.get_attribute("data-state") for q in page.locator(".quiz").all()} == {"right", "wrong"}
    assert violations(page) == []
    darken(page)
    assert violations(page) == []


def test_quiz_without_scripts(open_page):
    page = open_page(pages_with('class="quiz"')[0], java_script_enabled=False)
    for quiz in page.locator(".quiz").all():
        assert quiz.locator(".quiz-statement").is_visible()
        assert not quiz.locator(".quiz-why").is_visible()
        quiz.locator("summary").click()
        assert quiz.locator(".quiz-why").is_visible()
        assert quiz.get_attribute("data-answer").capitalize() in quiz.locator(".quiz-verdict").text_content()


# ---- the selector of conventions --------------------------------------------------------------------------

def chosen(root):
    """What the three lists say, and the one row that is visible."""
    (row,) = [r for r in root.locator(".conv-row").all() if r.is_visible()]
    return [s.evaluate("e => e.value") for s in root.locator("select").all()], row


def test_conventions_every_row_can_be_chosen(open_page):
    page = open_page(pages_with('class="conventions"')[0])
    root = page.locator(".conventions")
    library, optimizer, option = root.locator("select").all()
    assert chosen(root)[1].get_attribute("data-key") == root.get_attribute("data-start")
    values = lambda field: field.locator("option").evaluate_all("all => all.map(o => o.value)")
    seen = []
    for lib in values(library):
        library.select_option(lib)
        for opt in values(optimizer):
            optimizer.select_option(opt)
            for setting in values(option):
                option.select_option(setting)
                lists, row = chosen(root)
                assert lists == [lib, opt, setting] and row.get_attribute("data-option") == setting
                seen.append((lib, opt, setting))
    assert sorted(seen) == sorted((LIBRARIES[row.library], row.optimizer, row.option) for row in ROWS)


def test_conventions_another_library_keeps_the_optimizer(open_page):
    page = open_page(pages_with('class="conventions"')[0])
    root = page.locator(".conventions")
    library, optimizer, option = root.locator("select").all()
    optimizer.select_option("AdamW")
    for lib, name in (("Keras", "AdamW"), ("Optax", "adamw"), ("PyTorch", "AdamW")):
        library.select_option(lib)
        lists, row = chosen(root)
        assert lists[:2] == [lib, name] and row.get_attribute("data-optimizer") == name


def test_conventions_a_link_opens_its_row(open_page):
    page = open_page(pages_with('class="conventions"')[0] + "#convention-keras-nadam")
    root = page.locator(".conventions")
    assert chosen(root)[1].get_attribute("data-key") == "keras-nadam"
    page.evaluate("location.hash = 'convention-optax-lars'")
    page.wait_for_function("!document.getElementById('convention-optax-lars').hidden")
    lists, row = chosen(root)
    assert row.get_attribute("data-key") == "optax-lars" and lists[:2] == ["Optax", "lars"]


def test_conventions_a_formula_set_while_hidden_has_the_size_of_the_others(open_page):
    page = open_page(pages_with('class="conventions"')[0])
    settle(page)
    sizes = page.locator(".conv-row mjx-container").evaluate_all(
        "all => all.map(e => [e.getAttribute('display'), getComputedStyle(e).fontSize].join(' '))")
    assert len(sizes) >= len(ROWS) and len({s for s in sizes if s.startswith("true")}) == 1


@pytest.mark.parametrize("disk", [False, True], ids=["http", "disk"])
def test_conventions_by_keyboard(open_page, disk):
    page = open_page(pages_with('class="conventions"')[0], disk=disk)
    root = page.locator(".conventions")
    page.get_by_label("Library", exact=True).focus()
    page.keyboard.type("Ker")
    page.keyboard.press("Tab")
    page.keyboard.type("Adam")
    page.keyboard.press("Tab")
    page.keyboard.type("amsgrad")
    settle(page)
    lists, row = chosen(root)
    assert lists == ["Keras", "Adam", "amsgrad=True, epsilon=0"]
    wanted = next(r for r in ROWS if r.key == "keras-amsgrad")
    assert wanted.warning in row.text_content() and wanted.book in row.text_content()
    assert row.locator("mjx-container").first.bounding_box()["height"] > 10
    assert root.locator("[role=status]").text_content() == "Keras, Adam, amsgrad=True, epsilon=0: another method."
    assert row.locator("a").first.get_attribute("href").endswith("#equation-eq-amsgrad")
    assert root.evaluate(SMALL_TARGETS) == []
    assert page.remote == [] and page.errors == []


def test_conventions_on_a_phone_are_accessible_and_scroll_in_their_box(open_page):
    page = open_page(pages_with('class="conventions"')[0], width=360, height=780)
    root = page.locator(".conventions")
    library, optimizer, option = root.locator("select").all()
    library.select_option("Optax")
    for name in ("lars", "chain"):
        optimizer.select_option(name)
        settle(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
        assert page.evaluate(UNREACHABLE) == []
        assert violations(page) == []
        darken(page)
        assert violations(page) == []
        darken(page, "light")


def test_conventions_all_rows_at_once_and_back(open_page):
    page = open_page(pages_with('class="conventions"')[0], width=360, height=780)
    root = page.locator(".conventions")
    before = chosen(root)[0]
    page.get_by_label("All settings").focus()
    page.keyboard.press("Space")
    settle(page)
    rows = root.locator(".conv-row").all()
    assert len(rows) == len(ROWS) and all(row.is_visible() for row in rows)
    assert root.locator("[role=status]").text_content() == f"{len(ROWS)} settings of {len(LIBRARIES)} libraries."
    assert all(field.is_disabled() for field in root.locator("select").all())
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert page.evaluate(UNREACHABLE) == [] and page.errors == []
    page.keyboard.press("Space")
    assert chosen(root)[0] == before and root.locator("summary").count() == 0
    page.keyboard.press("Space")
    assert violations(page) == []


def test_conventions_without_scripts_are_all_there(open_page):
    page = open_page(pages_with('class="conventions"')[0], java_script_enabled=False)
    root = page.locator(".conventions")
    assert root.locator("select").count() == 0
    for summary in root.locator("summary").all():
        summary.click()
    rows = root.locator(".conv-row").all()
    assert len(rows) == len(ROWS) and all(row.is_visible() for row in rows)


# ---- ledger ------------------------------------------------------------------------------------------------

def recorded():
    """All rows of the claims files."""
    files = sorted((BOOK / "claims").glob("*.yml"))
    return [row for file in files for row in claims.load(file).values()]


def test_ledger_filters_by_keyboard(open_page):
    page = open_page(pages_with('class="ledger"')[0])
    rows = page.locator(".ledger tbody tr")
    visible = lambda: [r.get_attribute("data-verdict") for r in rows.all() if r.is_visible()]
    count = page.locator(".ledger [role=status]")
    everything = recorded()
    assert len(visible()) == len(everything) > 0
    assert f"{len(everything)} of {len(everything)}" in count.text_content()

    page.get_by_label("Verdict").focus()
    page.keyboard.type("fal")
    wanted = [row for row in everything if row.verdict == "false"]
    assert visible() == ["false"] * len(wanted)
    assert count.text_content().startswith(f"{len(wanted)} of ")

    page.get_by_label("Search the claims").focus()
    page.keyboard.type("no claim says this")
    assert visible() == [] and count.text_content().startswith("0 of ")
    assert not any(t.is_visible() for t in page.locator(".ledger-page").all()), "an empty table is in the way"

    page.keyboard.press("Control+A")
    word = max(re.findall(r"[a-z]+", wanted[0].claim.lower()), key=len)
    page.keyboard.type(word)
    assert 1 <= len(visible()) <= len(wanted)


def test_ledger_links_to_its_evidence(open_page):
    name = pages_with('class="ledger"')[0]
    page = open_page(name)
    links = page.locator(".ledger td a, .ledger h2 a").evaluate_all(
        "all => all.map(a => a.getAttribute('href')).filter(h => h.includes('#claims-'))")
    rows = recorded()
    assert len(links) >= len(rows)
    for link in links:
        target, anchor = link.split("#")
        assert target, f"{link} points at no page: a claims file is shown on none"
        file = (SITE / name).parent / target
        assert re.search(rf'id="{re.escape(anchor)}"', file.read_text("utf8")), link
    for row in rows:
        assert any(link.endswith(f"-{row.id}") for link in links), f"{row.id} has no link"


def test_ledger_on_a_phone_is_cards_and_without_scripts_is_whole(open_page):
    name = pages_with('class="ledger"')[0]
    page = open_page(name, width=360, java_script_enabled=False)
    rows = page.locator(".ledger tbody tr")
    assert all(row.is_visible() for row in rows.all()) and rows.count() == len(recorded())
    assert rows.first.evaluate("e => getComputedStyle(e).display") == "block"
    assert page.locator(".ledger input").count() == 0


def test_claims_of_a_page_are_listed_under_its_anchor():
    for file in sorted((BOOK / "claims").glob("*.yml")):
        anchor = f'id="claims-{Path(file).stem}"'
        assert len(pages_with(anchor)) == 1
