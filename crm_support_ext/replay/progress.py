"""A bar that shows how far a long replay has come, when somebody sits at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

LONG = 100_000
"""Rows that take a few seconds to play."""

_WIDTH = 40
_STEP = 2_000


def watched(rows: Sequence[T]) -> Iterator[T]:
	"""The rows one by one, with a bar on the terminal if they are many."""
	if len(rows) < LONG or not sys.stderr.isatty():
		yield from rows
		return
	try:
		for number, row in enumerate(rows):
			if number % _STEP == 0:
				share = number / len(rows)
				bar = "#" * int(share * _WIDTH)
				sys.stderr.write(f"\r[{bar:<{_WIDTH}}] {share:4.0%}")
				sys.stderr.flush()
			yield row
	finally:  # the log may end before its last row
		sys.stderr.write("\r\033[K")
