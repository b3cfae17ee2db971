"""For all tests: settings of hypothesis, and no site tests where no site is up (`python -m tests.run` brings it up)."""

import os

from hypothesis import settings

collect_ignore = [] if "SITE_URL" in os.environ else ["site", "e2e"]

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
