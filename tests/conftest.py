"""Property tests draw the same examples in every run, and are not timed: this machine may be busy."""
from hypothesis import settings

settings.register_profile("same-every-time", deadline=None, derandomize=True)
settings.load_profile("same-every-time")
