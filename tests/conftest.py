"""For every test: no test is about time, so a slow machine fails none."""

from hypothesis import settings

settings.register_profile("tagship", deadline=None)
settings.load_profile("tagship")
