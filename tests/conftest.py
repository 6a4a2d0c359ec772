"""For every test: none is about time, so a slow machine fails none; and where every test must run, a skip fails."""

from hypothesis import settings

settings.register_profile("tagship", deadline=None)
settings.load_profile("tagship")

pytest_plugins = ["tests.support.skips", "tests.support.golden"]
