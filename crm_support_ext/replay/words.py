"""Figures in words, for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

WHY = {
	"exists": "the ticket was there already",
	"closed_is_final": "the ticket was closed, and stays so",
	"not_allowed": "not possible in that status",
	"balance_too_low": "not enough strippen",
}
"""What the code of a refusal means."""


def span(time: timedelta) -> str:
	"""A span as one says it, in its two largest units: ``3 d 4 h``, ``2 h 5 min``, ``40 s``."""
	seconds = round(time.total_seconds())
	units = (
		("d", seconds // 86400),
		("h", seconds // 3600 % 24),
		("min", seconds // 60 % 60),
		("s", seconds % 60),
	)
	first = next((at for at, (_, number) in enumerate(units) if number), len(units) - 1)
	return " ".join(f"{number:,} {unit}" for unit, number in units[first : first + 2] if number) or "0 s"


def share(part: int, whole: int) -> str:
	"""A part in per cent, with one decimal."""
	return f"{part / whole:.1%}" if whole else "-"


def count(number: int, one: str, many: str) -> str:
	"""A number of things: ``1 ticket``, ``2,000 tickets``."""
	return f"{number:,} {one if number == 1 else many}"


def columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
	"""Rows under a header in aligned columns, the first to the left, numbers to the right."""
	table = [header, *rows]
	widths = [max(len(row[at]) for row in table) for at in range(len(header))]
	left = [at == 0 or not any(row[at][:1].isdigit() for row in rows) for at in range(len(header))]

	def line(row: Sequence[str]) -> str:
		cells = (
			cell.ljust(width) if to_left else cell.rjust(width)
			for cell, width, to_left in zip(row, widths, left, strict=True)
		)
		return "  ".join(cells).rstrip()

	return "\n".join([line(header), "  ".join("-" * width for width in widths), *map(line, rows)])
