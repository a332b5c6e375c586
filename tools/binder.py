"""Write .binder/environment.yml from constraints.txt: `python -m tools.binder`.

Binder takes PyTorch from conda-forge, whose Linux build is the small CPU one; every other package has the
version of constraints.txt.  A test compares the two files.
"""
from .notebooks import ROOT

# conda's torch; what only the tests need: the browser and the other optimizer libraries
NOT_THERE = {
    "torch", "playwright", "axe-playwright-python", "keras", "optax", "jax", "jaxlib",
    "absl-py", "h5py", "ml_dtypes", "namex", "opt_einsum", "optree", "rich",
}


def pins():
    """The lines NAME==VERSION of constraints.txt that Binder installs with pip."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line.split("==")[0] not in NOT_THERE]


def environment():
    torch = next(l for l in (ROOT / "constraints.txt").read_text().splitlines() if l.startswith("torch=="))
    head = [
        "# Written by `python -m tools.binder` from constraints.txt.",
        "name: firstorder",
        "channels: [conda-forge, nodefaults]",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        f"  - pytorch-cpu={torch.split('==')[1]}",
        "  - pip:",
    ]
    return "\n".join([*head, *(f"      - {pin}" for pin in pins())]) + "\n"


if __name__ == "__main__":
    (ROOT / ".binder" / "environment.yml").write_text(environment())
