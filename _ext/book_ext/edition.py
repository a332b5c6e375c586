"""What the site says of itself: its version and commit, and where a reader can launch or report.

`python -m tools.book build` passes BOOK_VERSION and BOOK_COMMIT.  The launch, source and issue buttons
appear when `repository.url` in _config.yml is set, and only then.
"""
import os

from firstorder import __version__


def _edition(app, config):
    version = os.environ.get("BOOK_VERSION", __version__)
    commit = os.environ.get("BOOK_COMMIT", "unknown")
    options = config.html_theme_options
    options["extra_footer"] = f'<p class="edition">Version {version}, commit {commit}.</p>'
    if options.get("repository_url"):
        options["use_repository_button"] = options["use_issues_button"] = True
    else:
        options.pop("launch_buttons", None)


def setup(app):
    app.connect("config-inited", _edition)
