"""How fast it is, and how fast the stock helpdesk is at the same (`make bench`, which writes docs/benchmarks.md).

A module `bench_<what>.py` here has a function `measure()` that returns rows. bench_replay and bench_calendar run in
.venv; the others run on the test site, in its sites directory and its Python environment, with
nothing connected yet.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
	"""One line of the table: what was measured, the figure with its unit, and the stock helpdesk's if it does that too."""

	what: str
	ours: str
	stock: str = ""
