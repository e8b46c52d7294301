"""What holds for every test."""

from hypothesis import settings

# What is drawn depends on the test alone, so that a run that is repeated says the same. No test is
# timed, as a machine may be busy.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")
