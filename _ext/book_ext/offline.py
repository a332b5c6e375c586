"""Everything that a page loads comes from the site itself, and is no heavier than it must be.

- MathJax: one script and the fonts beside it, from the wheel sphinx-mathjax-offline (MathJax 3.2.2).
- Icons: the theme loads 1.5 MB of Font Awesome as a script although its style sheet can draw the
  same icons from the font. The script is emptied, and a subset of the font, with the icons that
  occur in the site, comes before the full one. An icon outside the subset still shows.
- Source maps are deleted.

Pages keep relative links only, so the site works from a folder, too.
"""
import re
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile, copytree

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

MATHJAX = "vendor/mathjax/tex-chtml.js"
ICONS = "icons.css"


def _configure(app, config):
    config.mathjax_path = MATHJAX
    # MathJax's menu would make every formula a stop for the Tab key; the formulas stay readable
    # for assistive technology as MathML.
    mathjax = config.mathjax3_config or {}
    mathjax.setdefault("options", {}).setdefault("enableMenu", False)
    config.mathjax3_config = mathjax


def _copy_mathjax(static):
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None:
        raise ExtensionError("MathJax is missing: pip install sphinx-mathjax-offline==0.0.2")
    source = Path(spec.origin).parent / "static" / "mathjax"
    target = static / MATHJAX
    target.parent.mkdir(parents=True, exist_ok=True)
    copyfile(source / target.name, target)
    fonts = Path("output", "chtml", "fonts", "woff-v2")  # where the script looks for them
    copytree(source / fonts, target.parent / fonts, dirs_exist_ok=True)


def _icon_codes(css, texts):
    """Code points of the icons that occur: by class name in the texts, or in the theme's own rules."""
    codes = {}
    for selectors, code in re.findall(r"([^{}]*):before\{content:\"\\([0-9a-f]+)\"\}", css):
        for name in re.findall(r"\.fa-([a-z0-9-]+)(?=:before|$)", selectors + ":before"):
            codes[name] = int(code, 16)
    used = {codes[name] for text in texts for name in re.findall(r"\bfa-([a-z0-9-]+)", text) if name in codes}
    return used | {ord(character) for character in re.findall(r'--pst-icon-[a-z-]+:"(.)"', css)}


def _subset_font(source, target, codes):
    font = TTFont(source)
    found = codes & set(font.getBestCmap())
    tool = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=False))
    tool.populate(unicodes=found)
    tool.subset(font)
    font.flavor = "woff"
    font.save(target)
    return found


def _shrink_icons(static):
    """A small font per family that holds the icons of this site, and a style sheet that names it first."""
    theme_css = (static / "styles" / "pydata-sphinx-theme.css").read_text("utf8")
    texts = [p.read_text("utf8") for p in (*static.parent.rglob("*.html"), *static.glob("scripts/*theme.js"))]
    codes = _icon_codes(theme_css, texts)
    rules = []
    for family, weight, file in (
        ("Font Awesome 6 Free", 900, "fa-solid-900"),
        ("Font Awesome 6 Free", 400, "fa-regular-400"),
        ("Font Awesome 6 Brands", 400, "fa-brands-400"),
    ):
        folder = static / "vendor" / "fontawesome" / "webfonts"
        found = _subset_font(folder / f"{file}.ttf", folder / f"{file}-used.woff", codes)
        if found:
            span = ",".join(f"U+{code:x}" for code in sorted(found))
            rules.append(
                f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
                f"unicode-range:{span};"
                f'src:url(vendor/fontawesome/webfonts/{file}-used.woff) format("woff")}}\n'
            )
    (static / ICONS).write_text("".join(rules), "utf8")
    script = static / "scripts" / "fontawesome.js"
    script.write_text("// The icons come from a font, see icons.css.\n", "utf8")


def _finish(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    _copy_mathjax(static)
    _shrink_icons(static)
    for source_map in static.rglob("*.map"):
        source_map.unlink()


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("build-finished", _finish)
    app.add_css_file(ICONS)
