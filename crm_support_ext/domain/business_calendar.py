"""Working time: when the desk is open, and how long a span of working hours or working days takes.

Rule: domain.md section 2. Time counts only inside the calendar: per weekday any number of intervals in a
time zone, without the public holidays of a country and the desk's own closures. The default week is that of
seeds/003. A working day is a unit of its own: working time counts as a share of its own day, and two working
days are up when the shares add up to two, however long the days are.

A bound of an interval that a clock change makes come twice is the first one; one that it skips is read with
the offset before the change (replay.md). Both are what ``fold=0`` means.

All arithmetic is exact, on microseconds and fractions, and rests on sums kept per calendar (open_time.py), so that
adding a span and measuring between two moments are searches in sorted lists, however long the span is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from crm_support_ext.domain.open_time import OpenTime, Sums, microseconds, moment
from crm_support_ext.domain.results import Refusal

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Interval = tuple[int, int]
"""Two minutes of a day, from 0 to 1440: from when to when the desk is open."""

Week = tuple[tuple[Interval, ...], ...]
"""The intervals of each weekday, Monday first."""

OFFICE_HOURS: Week = (((9 * 60, 17 * 60),),) * 5 + ((), ())
"""Monday to Friday from 9 to 17 (seeds/003)."""

_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = 3_600_000_000
_LAST_KNOWN = 2100
"""python-holidays knows the public holidays of no later year."""


def overlaps(intervals: Iterable[Interval]) -> Iterator[tuple[Interval, Interval]]:
	"""The pairs of intervals of one day of which the second begins before the first ends."""
	for one, following in pairwise(sorted(intervals)):
		if following[0] < one[1]:
			yield one, following


class Unit(str, Enum):
	"""What working time is counted in."""

	HOUR = "hour"
	DAY = "day"


@dataclass(frozen=True)
class Span:
	"""An amount of working time, 0 or more, in its own unit: 16 working hours are not 2 working days."""

	amount: Fraction
	unit: Unit

	def __post_init__(self) -> None:
		if self.amount < 0:
			raise ValueError(f"a span is not negative: {self.amount}")

	def share(self, part: Fraction) -> Span:
		"""A part of the span, in the same unit."""
		return Span(self.amount * part, self.unit)

	def __str__(self) -> str:
		"""As a policy writes it: "4 working hours"."""
		amount = str(self.amount) if self.amount.denominator == 1 else f"{float(self.amount):g}"
		return f"{amount} working {self.unit.value}{'' if self.amount == 1 else 's'}"


def in_other_unit(span: Span, week: Week) -> Span | None:
	"""The same in the other unit, in a week whose days are all of one length; None in any other."""
	lengths = {sum(closes - opens for opens, closes in day) for day in week if day}
	if len(lengths) != 1:
		return None
	day = Fraction(lengths.pop(), 60)
	return hours(span.amount * day) if span.unit is Unit.DAY else days(span.amount / day)


def as_hours(time: timedelta) -> Fraction:
	"""An amount of working time in working hours, exactly."""
	return Fraction(time // _MICROSECOND, _HOUR)


def whole_seconds(time: timedelta) -> int:
	"""An amount of time in seconds, rounded up, as figures are shown (replay.md)."""
	return -(-time // _SECOND)


def four_decimals(days: Fraction) -> str:
	"""Working days as figures are shown (replay.md); half a unit of the last decimal goes to the even one."""
	whole, rest = divmod(round(days * 10_000), 10_000)
	return f"{whole}.{rest:04}"


_SPAN = re.compile(r"(\d{1,6}) working (hour|day)s?", re.ASCII)


def hours(amount: int | Fraction) -> Span:
	"""So many working hours."""
	return Span(Fraction(amount), Unit.HOUR)


def days(amount: int | Fraction) -> Span:
	"""So many working days."""
	return Span(Fraction(amount), Unit.DAY)


def parse_span(text: str) -> Span | None:
	"""Read "4 working hours", "1 working day" or "none"; ValueError for anything else."""
	if text == "none":
		return None
	match = _SPAN.fullmatch(text)
	if match is None:
		raise ValueError(text)
	return Span(Fraction(match[1]), Unit(match[2]))


@dataclass(frozen=True)
class Holidays:
	"""The days on which the desk is closed, whatever the weekday.

	The public holidays of ``country`` (ISO 3166; empty: none) and ``subdivision`` as python-holidays knows
	them, and the days ``extra``; the days ``exceptions`` are open all the same.
	"""

	country: str = ""
	subdivision: str = ""
	extra: frozenset[date] = frozenset()
	exceptions: frozenset[date] = frozenset()

	def __contains__(self, day: date) -> bool:
		return day in self.of_year(day.year)

	def of_year(self, year: int) -> frozenset[date]:
		"""The days of one year."""
		own = frozenset(day for day in self.extra if day.year == year)
		return own.union(_public_holidays(self.country, self.subdivision, year)) - self.exceptions

	def name(self, day: date) -> str:
		"""What a public holiday is called in its country; empty for a closure of one's own."""
		return _public_holidays(self.country, self.subdivision, day.year).get(day, "")


def regions_of(country: str) -> list[str] | None:
	"""The codes of the regions whose holidays differ within a country; None if its public holidays are not known."""
	from holidays import list_supported_countries  # slow to load, and rarely asked

	return list_supported_countries(include_aliases=True).get(country)


@cache
def _public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
	if not country or year > _LAST_KNOWN:
		return {}
	from holidays import country_holidays  # slow to load, and a calendar may have none

	return dict(country_holidays(country, subdiv=subdivision or None, years=year).items())


@dataclass(frozen=True)
class BusinessCalendar:
	"""When a desk is open: its week, in its time zone, less its holidays."""

	zone: ZoneInfo
	week: Week = OFFICE_HOURS
	holidays: Holidays = field(default_factory=Holidays)

	def add(self, start: datetime, span: Span) -> datetime | Refusal:
		"""The first moment by which so much working time has passed since ``start``, in UTC.

		A start outside working time counts from the next opening; a span that is up at closing time ends then,
		not at the next opening. Refused with ``never_opens`` if there is not that much working time.
		"""
		at = microseconds(start)
		sums: Sums | None = self._open_time.covering(at, at)
		while sums is not None:
			found = _added(sums, at, span)
			if found is not None:
				return moment(found)
			sums = self._open_time.longer(sums)
		return Refusal("never_opens", {"calendar": self, "span": span})

	def measure(self, start: datetime, end: datetime) -> timedelta:
		"""The working time between two moments; none if the end is not after the start."""
		a, b = microseconds(start), microseconds(end)
		if b <= a:
			return timedelta()
		sums = self._open_time.covering(a, b)
		return (sums.passed(b) - sums.passed(a)) * _MICROSECOND

	def measure_days(self, start: datetime, end: datetime) -> Fraction:
		"""The working days between two moments: the sum of the shares of each day; none if the end is not after."""
		a, b = microseconds(start), microseconds(end)
		if b <= a:
			return Fraction()
		sums = self._open_time.covering(a, b)
		return sums.days_between(a, b)

	def is_open(self, at: datetime) -> bool:
		"""Whether the desk is open at this moment; at closing time it no longer is."""
		when = microseconds(at)
		return self._open_time.covering(when, when).is_open(when)

	def open_intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
		"""The stretches between two moments in which the desk is open, in UTC."""
		a, b = microseconds(start), microseconds(end)
		if b <= a:
			return
		for opens, closes in self._open_time.covering(a, b).between(a, b):
			yield moment(opens), moment(closes)

	def close_of(self, day: date) -> datetime | Refusal:
		"""When the desk closes on this day, or on the next working day if it is closed then (replay.md, agreed)."""
		midnight = datetime.combine(day, time(), self.zone).astimezone(timezone.utc)
		opening = self.add(midnight, days(0))
		if isinstance(opening, Refusal):
			return opening
		local = opening.astimezone(self.zone)
		next_midnight = datetime.combine(local.date() + timedelta(days=1), time(), self.zone)
		return max(
			closes for _, closes in self.open_intervals(opening, next_midnight.astimezone(timezone.utc))
		)

	@cached_property
	def _open_time(self) -> OpenTime:
		return _open_time(self)


@lru_cache(maxsize=256)
def _open_time(calendar: BusinessCalendar) -> OpenTime:
	"""Equal calendars share their sums; one that an administrator changes is another calendar."""
	return OpenTime(calendar.zone, calendar.week, calendar.holidays.of_year)


def _added(sums: Sums, at: int, span: Span) -> int | None:
	amount, parts = span.amount.numerator, span.amount.denominator
	if amount == 0:
		return sums.opening(at)
	if span.unit is Unit.DAY:
		return sums.after_days(at, span.amount)
	return sums.after(at, -(-amount * _HOUR // parts))
