"""The process in which one submission runs; `tools.grade` starts it, and reads the verdict file that it leaves.

Standard input: JSON with the submission's cells, the official check cells, where the verdict goes, and the limits.
"""
import contextlib
import io
import json
import sys
from pathlib import Path


def limit(seconds, megabytes):
    """Processor time, address space and file size; where the system has no limits, the parent's clock remains."""
    try:
        import resource
    except ImportError:  # Windows
        return
    caps = {"RLIMIT_CPU": int(seconds) + 5, "RLIMIT_AS": int(megabytes * 2**20), "RLIMIT_FSIZE": 2**28, "RLIMIT_CORE": 0}
    for name, value in caps.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        with contextlib.suppress(ValueError, OSError):  # macOS refuses an address-space limit
            resource.setrlimit(kind, (value, value) if hard == resource.RLIM_INFINITY else (min(value, hard), hard))


def fresh_graders():
    """Forget what the submission may have replaced: the check cell imports graders and steps anew."""
    for name in [n for n in sys.modules if n == "firstorder" or n.startswith("firstorder.")]:
        del sys.modules[name]


def judge(shell, checks):
    """(verdict, detail) from the official check cells."""
    problems = []
    for source in checks:
        fresh_graders()
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard):
            result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            continue
        if type(error).__name__ == "NotYet":
            lines = [l for l in heard.getvalue().splitlines() if l.startswith("NOT YET")]
            problems += [line.removeprefix("NOT YET ") for line in lines]
        elif isinstance(error, MemoryError):
            return "out of memory", "during the check"
        elif isinstance(error, NameError):
            return "error", f"the check cell needs {error.name or error}, which no cell defines"
        else:
            return "error", f"{type(error).__name__}: {error}"
    return ("not yet", "; ".join(problems)) if problems else ("passed", "")


def main():
    task = json.load(sys.stdin)
    limit(task["seconds"], task["megabytes"])
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    noted = ""
    for source in task["cells"]:
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        if isinstance(error, MemoryError):
            verdict = "out of memory", "in a cell of the submission"
            break
        if error is not None and not noted:
            noted = f"a cell raised {type(error).__name__}: {error}"
    else:
        verdict = judge(shell, task["checks"])
    detail = "; ".join(filter(None, [verdict[1], noted if verdict[0] != "passed" else ""]))
    Path(task["verdict"]).write_text(json.dumps([verdict[0], detail]), "utf8")


if __name__ == "__main__":
    main()
