"""Working time: when the desk is open, and how long a span of working hours or working days takes.

Rule: domain.md section 2. Time counts only inside the calendar: per weekday any number of intervals in a
time zone, without the public holidays of a country and the desk's own closures. The default week is that of
seeds/003. A working day is a unit of its own: working time counts as a share of its own day, and two working
days are up when the shares add up to two, however long the days are.

A bound of an interval that a clock change makes come twice is the first one; one that it skips is read with
the offset before the change (replay.md). Both are what ``fold=0`` means.

All arithmetic is exact, on microseconds and fractions, and rests on sums kept per calendar, so that adding a
span and measuring between two moments are searches in a sorted list, however long the span is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

from crm_support_ext.domain.results import Refusal

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Interval = tuple[int, int]
"""Two minutes of a day, from 0 to 1440: from when to when the desk is open."""

Week = tuple[tuple[Interval, ...], ...]
"""The intervals of each weekday, Monday first."""

OFFICE_HOURS: Week = (((9 * 60, 17 * 60),),) * 5 + ((), ())
"""Monday to Friday from 9 to 17 (seeds/003)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = 3_600_000_000
_LAST_YEAR = 9998


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
		return day not in self.exceptions and (
			day in self.extra or day in _public_holidays(self.country, self.subdivision, day.year)
		)

	def name(self, day: date) -> str:
		"""What a public holiday is called in its country; empty for a closure of one's own."""
		return _public_holidays(self.country, self.subdivision, day.year).get(day, "")


@cache
def _public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
	if not country:
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
		at = _microseconds(start)
		sums = self._sums.covering(at, at)
		while True:
			found = sums.add(at, span)
			if found is not None:
				return _moment(found)
			longer = self._sums.longer()
			if longer is None:
				return Refusal("never_opens", {"calendar": self, "span": span})
			sums = longer

	def measure(self, start: datetime, end: datetime) -> timedelta:
		"""The working time between two moments; none if the end is not after the start."""
		a, b = _microseconds(start), _microseconds(end)
		if b <= a:
			return timedelta()
		sums = self._sums.covering(a, b)
		return (sums.passed(b) - sums.passed(a)) * _MICROSECOND

	def measure_days(self, start: datetime, end: datetime) -> Fraction:
		"""The working days between two moments: the sum of the shares of each day; none if the end is not after."""
		a, b = _microseconds(start), _microseconds(end)
		if b <= a:
			return Fraction()
		sums = self._sums.covering(a, b)
		return sums.days_passed(b) - sums.days_passed(a)

	def measure_in(self, unit: Unit, start: datetime, end: datetime) -> Fraction:
		"""The working time between two moments in this unit."""
		if unit is Unit.DAY:
			return self.measure_days(start, end)
		return Fraction(self.measure(start, end) // _MICROSECOND, _HOUR)

	def is_open(self, at: datetime) -> bool:
		"""Whether the desk is open at this moment; at closing time it no longer is."""
		moment = _microseconds(at)
		return self._sums.covering(moment, moment).is_open(moment)

	def open_intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
		"""The stretches between two moments in which the desk is open, in UTC."""
		a, b = _microseconds(start), _microseconds(end)
		for opens, closes in self._sums.covering(a, b).between(a, b):
			yield _moment(opens), _moment(closes)

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
	def _sums(self) -> _KeptSums:
		return _kept_sums(self)


@lru_cache(maxsize=256)
def _kept_sums(calendar: BusinessCalendar) -> _KeptSums:
	"""Equal calendars share their sums; one that an administrator changes is another calendar."""
	return _KeptSums(calendar)


class _KeptSums:
	"""The sums of a calendar for the years that were asked for so far, made longer when more are needed."""

	def __init__(self, calendar: BusinessCalendar) -> None:
		self._calendar = calendar
		self._first = self._last = 0
		self._begins = self._ends = 0
		self._sums = _Sums(())

	def covering(self, a: int, b: int) -> _Sums:
		"""Sums that cover the time from ``a`` to ``b``."""
		if a < self._begins or b >= self._ends:
			first, last = _moment(a).year - 1, _moment(b).year + 2
			self._build(min(first, self._first or first), max(last, self._last))
		return self._sums

	def longer(self) -> _Sums | None:
		"""Sums that reach further into the future; None if there is no open time or no future left."""
		if self._last >= _LAST_YEAR or not any(self._calendar.week):
			return None
		self._build(self._first, self._last + max(2, self._last - self._first))
		return self._sums

	def _build(self, first: int, last: int) -> None:
		self._first, self._last = max(first, 1), min(last, _LAST_YEAR)
		self._sums = _Sums(tuple(_open_days(self._calendar, self._first, self._last)))
		# a day inside, because a year begins at another moment in each zone
		self._begins = _microseconds(datetime(self._first, 1, 3, tzinfo=timezone.utc))
		self._ends = _microseconds(datetime(self._last, 12, 29, tzinfo=timezone.utc))


class _Sums:
	"""How much working time, and how many working days, have passed by each interval of a run of open days.

	Interval ``i`` is open from ``opens[i]`` to ``closes[i]``, by when ``until[i]`` of working time has passed since
	the first one; it belongs to open day ``day[i]``. Day ``d`` begins when ``day_until[d]`` has passed.
	"""

	def __init__(self, open_days: tuple[list[tuple[int, int]], ...]) -> None:
		self.opens: list[int] = []
		self.closes: list[int] = []
		self.until: list[int] = []
		self.day: list[int] = []
		self.day_until: list[int] = [0]
		passed = 0
		for number, intervals in enumerate(open_days):
			for opens, closes in intervals:
				passed += closes - opens
				self.opens.append(opens)
				self.closes.append(closes)
				self.until.append(passed)
				self.day.append(number)
			self.day_until.append(passed)

	def passed(self, at: int) -> int:
		"""The working time that has passed by a moment."""
		last = bisect_right(self.opens, at) - 1
		return self.until[last] - max(self.closes[last] - at, 0) if last >= 0 else 0

	def days_passed(self, at: int) -> Fraction:
		"""The working days that have passed by a moment, the running one by its share."""
		day, elapsed, length = self._share(at)
		return day + Fraction(elapsed, length)

	def _share(self, at: int) -> tuple[int, int, int]:
		"""The open day of a moment, how much of it has passed, and how long it is."""
		last = bisect_right(self.opens, at) - 1
		if last < 0:
			return 0, 0, 1
		day = self.day[last]
		begins = self.day_until[day]
		return (
			day,
			self.until[last] - max(self.closes[last] - at, 0) - begins,
			self.day_until[day + 1] - begins,
		)

	def add(self, at: int, span: Span) -> int | None:
		"""The first moment by which the span has passed; None if that is after the last interval."""
		amount, parts = span.amount.numerator, span.amount.denominator
		if amount == 0:
			return self._opening(at)
		if span.unit is Unit.HOUR:
			return self._reached(self.passed(at) - (-amount * _HOUR // parts))
		passed, elapsed, length = self._share(at)
		whole = length * parts  # the target in parts of a day, so that all stays in whole numbers
		target = passed * whole + elapsed * parts + amount * length
		day = (target - 1) // whole
		if day >= len(self.day_until) - 1:
			return None
		begins, ends = self.day_until[day], self.day_until[day + 1]
		return self._reached(begins - (-(target - day * whole) * (ends - begins) // whole))

	def is_open(self, at: int) -> bool:
		last = bisect_right(self.opens, at) - 1
		return last >= 0 and at < self.closes[last]

	def between(self, a: int, b: int) -> Iterator[tuple[int, int]]:
		at = bisect_right(self.closes, a)
		while at < len(self.opens) and self.opens[at] < b:
			yield max(self.opens[at], a), min(self.closes[at], b)
			at += 1

	def _opening(self, at: int) -> int | None:
		following = bisect_right(self.closes, at)
		return max(at, self.opens[following]) if following < len(self.opens) else None

	def _reached(self, target: int) -> int | None:
		found = bisect_left(self.until, target)
		return self.closes[found] - (self.until[found] - target) if found < len(self.until) else None


def _open_days(calendar: BusinessCalendar, first: int, last: int) -> Iterator[list[tuple[int, int]]]:
	"""The intervals of each day on which the desk is open, as moments; what overlaps by a clock change counts once."""
	day, end, closed = date(first, 1, 1), date(last, 12, 31), -(2**63)
	while day <= end:
		bounds = calendar.week[day.weekday()]
		if bounds and day not in calendar.holidays:
			intervals = []
			for opens, closes in bounds:
				a = max(_at(calendar.zone, day, opens), closed)
				b = _at(calendar.zone, day, closes)
				if a < b:
					intervals.append((a, b))
					closed = b
			if intervals:
				yield intervals
		day += timedelta(days=1)


def _at(zone: ZoneInfo, day: date, minute: int) -> int:
	"""A minute of a day as a moment."""
	local = datetime.combine(day, time()) + timedelta(minutes=minute)
	return _microseconds(local.replace(tzinfo=zone))


def _microseconds(at: datetime) -> int:
	return (at - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
	return _EPOCH + microseconds * _MICROSECOND
