"""The ledger: claims that readers meet elsewhere, each tested on a page.

A page keeps its claims in one YAML file, `claims/PAGE.yml` (slashes of PAGE become hyphens), and
tests each of them in a visible cell:

    ledger = Ledger("definitions/momentum")
    ledger.check("hb-weights", beta + alpha)

`check` prints what was claimed, what was computed and the verdict.  An outcome that differs from
the recorded verdict raises `ClaimError`, so the page, the test suite and the build fail together.
"""
import math
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import yaml

MET = ("draft", "folklore", "library", "textbook")
KINDS = ("identity", "value", "inequality", "direction", "citation")
VERDICTS = ("holds", "false", "only if")


class ClaimError(AssertionError):
    """A record of the ledger that is malformed, unknown, or contradicted by the computation."""


@dataclass(frozen=True)
class Claim:
    """One row of the ledger.

    id         unique in the book
    met        where a reader meets it: draft, folklore, library or textbook
    where      the same in words: a passage, a library's page, "said of momentum in talks"
    claim      the claim, fairly put, in our words
    kind       identity, value, inequality, direction or citation
    verdict    holds, false, or "only if" (then `truth` states the condition)
    truth      what is true: a number for kind `value`, else a sentence
    claimed    the claimed number, for kind `value`
    tolerance  how far a computed number may lie from `truth`, for kind `value`
    cite       bibliography key and locator, for kind `citation`
    note       a sentence for the reader: why it looked right
    """

    id: str
    met: str
    where: str
    claim: str
    kind: str
    verdict: str
    truth: object
    claimed: object = None
    tolerance: float | None = None
    cite: str | None = None
    note: str = ""

    def __post_init__(self):
        for name, allowed in (("met", MET), ("kind", KINDS), ("verdict", VERDICTS)):
            if (value := getattr(self, name)) not in allowed:
                raise ClaimError(f"claim {self.id}: {name}={value!r} is not one of {', '.join(allowed)}")
        if self.kind == "value":
            for name in ("truth", "claimed", "tolerance"):
                value = getattr(self, name)
                if isinstance(value, bool) or not isinstance(value, (int, float)):
                    raise ClaimError(f"claim {self.id}: a claim of kind value needs a number as {name}, not {value!r}")
            if not self.tolerance > 0:
                raise ClaimError(f"claim {self.id}: tolerance={self.tolerance} is not in (0, ∞)")
        if self.kind == "citation" and not self.cite:
            raise ClaimError(f"claim {self.id}: a claim of kind citation needs a bibliography key as cite")


def judge(claim, computed):
    """The verdict that follows from a computation: "holds", "false" or "only if".

    claim     a `Claim`
    computed  kind value: the computed number; verdict "only if": the pair (does it hold where the
              condition is met, does it hold where it is not); otherwise: does the claim hold?

    Raises ClaimError if the outcome differs from the record.

    >>> row = Claim("six", "folklore", "everywhere", "two times three is five", "value", "false", 6, 5, 0.1)
    >>> judge(row, 6.0)
    'false'
    >>> judge(row, 5.0)
    Traceback (most recent call last):
    firstorder.claims.ClaimError: claim six: computed 5, the record says 6 ± 0.1
    """
    if claim.kind == "value":
        if not abs(computed - claim.truth) <= claim.tolerance:
            raise ClaimError(
                f"claim {claim.id}: computed {computed:.6g}, the record says {claim.truth:g} ± {claim.tolerance:g}"
            )
        off = abs(claim.claimed - claim.truth)
        # between one and three tolerances nothing can be said, so no verdict may be recorded there
        outcome = "holds" if off <= claim.tolerance else "false" if off > 3 * claim.tolerance else "undecided"
    elif isinstance(computed, tuple):
        outcome = {(True, False): "only if", (True, True): "holds"}.get(tuple(map(bool, computed)), "false")
    else:
        outcome = "holds" if bool(computed) else "false"
    if outcome != claim.verdict:
        raise ClaimError(f"claim {claim.id}: the computation says {outcome!r}, the record says {claim.verdict!r}")
    return outcome


def root(start=None):
    """The book's root folder: the nearest one above `start` (default: here) that holds _toc.yml."""
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "_toc.yml").exists():
            return folder
    raise FileNotFoundError(f"no folder above {here} holds _toc.yml, so no claims can be found")


def file_of(page):
    """Name of a page's claims file: "definitions/momentum" -> "definitions-momentum.yml"."""
    return page.replace("/", "-") + ".yml"


def load(path):
    """The claims of one file, in order, as a dict id -> `Claim`.  Raises ClaimError in one sentence."""
    path = Path(path)
    try:
        rows = yaml.safe_load(path.read_text("utf8"))
    except yaml.YAMLError as e:
        raise ClaimError(f"{path.name} is not YAML: {' '.join(str(e).split())}") from None
    if not isinstance(rows, list):
        raise ClaimError(f"{path.name} must be a list of claims")
    known = {f.name for f in fields(Claim)}
    needed = {f.name for f in fields(Claim) if f.default is MISSING}
    claims = {}
    for row in rows:
        name = row.get("id", "?") if isinstance(row, dict) else "?"
        if not isinstance(row, dict) or needed - row.keys() or row.keys() - known:
            extra = ", ".join(sorted(row.keys() - known)) if isinstance(row, dict) else "everything"
            raise ClaimError(
                f"{path.name}: claim {name} needs the fields {', '.join(sorted(needed))}; unknown here: {extra or 'none'}"
            )
        if name in claims:
            raise ClaimError(f"{path.name}: claim {name} is there twice")
        claims[name] = Claim(**row)
    return claims


class Ledger:
    """The claims of one page.

    page  the page's path under chapters/, without suffix: "definitions/momentum"

    `check(id, computed)` judges one claim and prints the outcome.  Raises ClaimError for an
    unknown id, a claim checked twice, or an outcome that differs from the record.
    """

    def __init__(self, page, folder=None):
        self.page = page
        self.claims = load(Path(folder or root() / "claims") / file_of(page))
        self._checked = set()

    def check(self, id, computed):
        if id not in self.claims:
            raise ClaimError(f"no claim {id!r} in {file_of(self.page)}; it has {', '.join(self.claims)}")
        if id in self._checked:
            raise ClaimError(f"claim {id} is checked twice on this page")
        self._checked.add(id)
        claim = self.claims[id]
        if not isinstance(computed, tuple):
            computed = float(computed) if claim.kind == "value" else bool(computed)
            if isinstance(computed, float) and not math.isfinite(computed):
                raise ClaimError(f"claim {id}: computed {computed}, which is not a finite number")
        outcome = judge(claim, computed)
        numbers = f"claimed {claim.claimed:.6g}, computed {computed:.6g}: " if claim.kind == "value" else ""
        print(f"[{id}] {numbers}{outcome.upper()}")
