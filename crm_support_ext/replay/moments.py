"""Moments as text: read from a log in its zone, printed in the policy's.

Inside the replay every moment is in UTC, so that an hour is an hour on the days that clocks change.
A time without an offset that comes twice is the first one; one that is skipped is read with the
offset before the change (replay.md): both are what ``fold=0`` means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

UTC = timezone.utc
SECOND = timedelta(seconds=1)

ISO = "an ISO 8601 time such as 2026-03-02T09:00:00+01:00"

_ISO = re.compile(
	r"(?P<Y>\d{4})(?:-(?P<m>\d\d)-|(?P<m2>\d\d))(?P<d>\d\d)"
	r"(?:[Tt ](?P<H>\d\d)(?::?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?)?"
	r"(?P<zone>[Zz]|[+-]\d\d(?::?[0-5]\d)?)?)?",
	re.ASCII,
)
_DIRECTIVES = {
	"Y": r"(?P<Y>\d{4})",
	"m": r"(?P<m>\d{1,2})",
	"d": r"(?P<d>\d{1,2})",
	"H": r"(?P<H>\d{1,2})",
	"M": r"(?P<M>\d{1,2})",
	"S": r"(?P<S>\d{1,2})",
	"f": r"(?P<f>\d{1,6})",
}
_LENGTH_OF_DATE = len("2026-03-02")
_YEARS = range(2, 9000)
"""At the edges of the calendar there would be no room for zones and timers."""

Reader = Callable[[str], datetime]
Printer = Callable[[datetime], str]


def reader(zone: tzinfo, form: str | None = None) -> Reader:
	"""A function that reads a time into UTC: ISO 8601, or the ``strptime`` form given.

	It raises ValueError for what is no time. A time without an offset is in ``zone``.
	"""
	parse = _by_form(form) if form else _by_iso

	def read(text: str) -> datetime:
		moment = parse(text)
		if moment.year not in _YEARS:
			raise ValueError(text)
		return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)

	return read


def _by_iso(text: str) -> datetime:
	if (
		len(text) in (19, 25)
		and text[4] == text[7] == "-"
		and text[10] in "T "
		and text[13] == text[16] == ":"
	):
		return datetime.fromisoformat(text)
	match = _ISO.fullmatch(text)
	if match is None:
		raise ValueError(text)
	return _moment(match, match["m"] or match["m2"]).replace(tzinfo=_offset(match["zone"]))


def _offset(text: str | None) -> tzinfo | None:
	if not text:
		return None
	digits = text[1:].replace(":", "").ljust(4, "0")
	span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
	return timezone(-span if text[0] == "-" else span)


def _by_form(form: str) -> Reader:
	"""Most forms are digits in a fixed order, which a pattern reads several times faster than ``strptime``."""
	parts = re.split(r"%(.)", form)
	if not {"Y", "m", "d"} <= set(parts[1::2]) <= set(_DIRECTIVES) or len(set(parts[1::2])) < len(
		parts[1::2]
	):
		return lambda text: datetime.strptime(text, form)
	pattern = "".join(_DIRECTIVES[part] if at % 2 else re.escape(part) for at, part in enumerate(parts))
	missing = "".join(f"(?P<{name}>)" for name in _DIRECTIVES if name not in parts[1::2])
	fullmatch = re.compile(pattern + missing, re.ASCII).fullmatch

	def parse(text: str) -> datetime:
		match = fullmatch(text)
		if match is None:
			raise ValueError(text)
		return _moment(match, match["m"])

	return parse


def _moment(match: re.Match[str], month: str) -> datetime:
	year, day, hour, minute, second, fraction = match.group("Y", "d", "H", "M", "S", "f")
	micro = int(fraction[:6].ljust(6, "0")) if fraction else 0
	return datetime(
		int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro
	)


def is_form(form: str) -> bool:
	"""Whether this is a form that ``strptime`` can read a time by."""
	try:
		datetime.strptime(datetime(2026, 3, 2, 9, tzinfo=UTC).strftime(form), form)
	except ValueError:
		return False
	return "%" in form


def date_reader(zone: tzinfo) -> Callable[[str], date | datetime]:
	"""A function that reads the date or the time agreed with a customer: a date as it is, a time into UTC.

	It raises ValueError for what is neither.
	"""
	read_time = reader(zone)

	def read(text: str) -> date | datetime:
		moment = read_time(text)
		return moment if len(text) > _LENGTH_OF_DATE else reader(UTC)(text).date()

	return read


def printer(zone: tzinfo) -> Printer:
	"""A function that prints a moment in ``zone``, to the second, rounded up."""

	@lru_cache(maxsize=256)  # one moment is often told several times: of a change, of a reply, of a stop
	def show(moment: datetime) -> str:
		if moment.microsecond:
			moment = moment.replace(microsecond=0) + SECOND
		return moment.astimezone(zone).isoformat()

	return show


def middle(spans: Iterable[timedelta]) -> timedelta:
	"""The middle one of some spans, or what lies between the two in the middle; nothing if there is none."""
	ordered = sorted(spans)
	half = len(ordered) // 2
	if not ordered:
		return timedelta()
	return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
