"""Figures in words, for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from crm_support_ext.domain.business_calendar import Span, Unit, Week, in_other_unit

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


def hours(minutes: int) -> str:
	"""Minutes of work as hours and minutes, which is what they are billed by: ``1,204 h 30 min``."""
	whole, rest = divmod(minutes, 60)
	return f"{whole:,} h {rest:02} min" if whole else f"{rest} min"


def working(amount: Fraction, unit: Unit) -> str:
	"""An amount of working time, to two decimals: ``1.25 working hours``."""
	text = f"{float(amount):,.2f}".rstrip("0").rstrip(".")
	return f"{text} working {unit.value}{'' if text == '1' else 's'}"


def promised(span: Span | None, week: Week) -> str:
	"""What is promised; working days with their hours, so that the two are never confused (domain.md 2)."""
	if span is None:
		return "none"
	hours = in_other_unit(span, week) if span.unit is Unit.DAY else None
	return f"{span} ({hours})" if hours else str(span)


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


def cut(table: str, more: int, things: str) -> str:
	"""A table that may not show all there are; ``more`` is how many it leaves out, if any."""
	return f"{table}\nand {more:,} more {things}" if more > 0 else table
