"""What holds for every test."""

from hypothesis import settings

# what is drawn depends on the test alone, so that a run that is repeated says the same, and on a busy
# machine too: no test is timed
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")
