"""What holds for every test."""

from hypothesis import settings

# what is drawn depends on the test alone, so that a run that is repeated says the same
settings.register_profile("same", derandomize=True)
settings.load_profile("same")
