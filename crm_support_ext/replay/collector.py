"""The garbage collector rests while a log is read, played and written.

What a replay makes stays to its end, so that looking through all of it again and again finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
	"""Keep the collector from running."""
	was_on = gc.isenabled()
	gc.disable()
	try:
		yield
	finally:
		if was_on:
			gc.enable()
