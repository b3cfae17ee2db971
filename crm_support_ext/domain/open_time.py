"""Open time as sums: how much of it has passed by a moment, and when so much of it has passed.

Rule: domain.md section 2, for business_calendar.py, which says when a desk is open. The sums are kept per year, and
years are added up: one search finds the year and a second one the place in it, so 2,000 days cost what 2 cost. After
2100 all years that begin on the same weekday, and are closed on the same days, share their sums: by then clock
changes follow a rule that repeats. So years far away cost next to nothing.

Moments and amounts are whole microseconds, moments since 1970, so that all arithmetic is exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

Bounds = tuple[tuple[int, int], ...]
"""From when to when a desk is open on a day, in minutes from 0 to 1440."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_REPEATING = {(isleap(year), date(year, 1, 1).weekday()): year for year in range(2104, 2132)}
"""A year of each kind that there is after 2100."""


def microseconds(at: datetime) -> int:
	"""A moment as a number."""
	return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
	"""A number as a moment, in UTC."""
	return _EPOCH + at * _MICROSECOND


class OpenTime:
	"""The open time of a desk, added up for the years that were asked for so far."""

	def __init__(
		self, zone: ZoneInfo, week: tuple[Bounds, ...], closed_days: Callable[[int], frozenset[date]]
	) -> None:
		self._zone = zone
		self._week = week
		self._closed_days = closed_days
		self._sums: Sums | None = None

	def covering(self, a: int, b: int) -> Sums:
		"""Sums that cover the time from ``a`` to ``b``."""
		sums = self._sums
		if sums is None:
			return self._added_up(moment(a).year - 1, moment(b).year + 1)
		if a < sums.begins or b >= sums.ends:
			return self._added_up(min(moment(a).year - 1, sums.first), max(moment(b).year + 1, sums.last))
		return sums

	def longer(self, sums: Sums) -> Sums | None:
		"""Sums that reach further into the future; None if there is no open time or no future left."""
		if sums.last >= _LAST_YEAR or not any(opens < closes for day in self._week for opens, closes in day):
			return None
		return self._added_up(sums.first, sums.last + max(2, sums.last - sums.first))

	def _added_up(self, first: int, last: int) -> Sums:
		first, last = max(first, _FIRST_YEAR), min(last, _LAST_YEAR)
		# replaced as a whole: several threads may ask at once
		self._sums = sums = Sums(first, last, (self._year(year) for year in range(first, last + 1)))
		return sums

	def _year(self, year: int) -> tuple[int, Year]:
		eve = date(year - 1, 12, 31)
		closed = frozenset(
			(day - eve).days
			for near in range(year - 1, year + 2)
			for day in self._closed_days(near)
			if day >= eve
		)
		like = year if year <= 2100 else _REPEATING[isleap(year), date(year, 1, 1).weekday()]
		return _begins(year), _open_time(self._zone, self._week, like, closed)


class Year:
	"""The open time of one year, in microseconds since its 1 January, 00:00 UTC.

	Interval ``i`` is open from ``opens[i]`` to ``closes[i]``, by when ``until[i]`` of open time has passed since the
	first one; it belongs to open day ``day[i]``. Day ``d`` begins when ``day_until[d]`` has passed.
	"""

	def __init__(self, open_days: Iterable[list[tuple[int, int]]]) -> None:
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

	def reached(self, amount: int) -> int:
		"""The first moment by which so much open time has passed, of more than none."""
		found = bisect_left(self.until, amount)
		return self.closes[found] - (self.until[found] - amount)


class Sums:
	"""The open time of a run of years. ``_passed`` and ``_days`` say how much had passed before each year."""

	def __init__(self, first: int, last: int, years: Iterable[tuple[int, Year]]) -> None:
		self.first, self.last = first, last
		# a day inside, because a year begins at another moment in each zone
		self.begins: float = _begins(first + 1) if first > _FIRST_YEAR else float("-inf")
		self.ends: float = _begins(last) if last < _LAST_YEAR else float("inf")
		self._years: list[Year] = []
		self._begins: list[int] = []
		self._opens: list[int] = []
		self._passed, self._days = [0], [0]
		for begins, year in years:
			if year.opens:
				self._years.append(year)
				self._begins.append(begins)
				self._opens.append(begins + year.opens[0])
				self._passed.append(self._passed[-1] + year.until[-1])
				self._days.append(self._days[-1] + year.day[-1] + 1)
		self._until, self._days_until = self._passed[1:], self._days[1:]

	def passed(self, at: int) -> int:
		"""The open time that has passed by a moment."""
		number = bisect_right(self._opens, at) - 1
		if number < 0:
			return 0
		year, at = self._years[number], at - self._begins[number]
		last = bisect_right(year.opens, at) - 1
		return self._passed[number] + year.until[last] - max(year.closes[last] - at, 0)

	def place(self, at: int) -> tuple[int, int, int]:
		"""Which open day a moment is in, or after, how much of that day has passed, and how long it is."""
		number = bisect_right(self._opens, at) - 1
		if number < 0:
			return 0, 0, 1
		year, at = self._years[number], at - self._begins[number]
		last = bisect_right(year.opens, at) - 1
		day = year.day[last]
		begins = year.day_until[day]
		elapsed = year.until[last] - max(year.closes[last] - at, 0) - begins
		return self._days[number] + day, elapsed, year.day_until[day + 1] - begins

	def days_between(self, a: int, b: int) -> Fraction:
		"""The open days between two moments, those that are not whole by their share."""
		first, before, length = self.place(a)
		last, elapsed, length_of_last = self.place(b)
		if length == length_of_last:  # as mostly, and then it is one fraction
			return Fraction((last - first) * length + elapsed - before, length)
		return last - first + Fraction(elapsed, length_of_last) - Fraction(before, length)

	def after(self, at: int, amount: int) -> int | None:
		"""The first moment by which so much more has passed, of more than none; None if these years end before."""
		target = self.passed(at) + amount
		number = bisect_left(self._until, target)
		if number == len(self._until):
			return None
		return self._begins[number] + self._years[number].reached(target - self._passed[number])

	def after_days(self, at: int, days: Fraction) -> int | None:
		"""The same in days, of more than none."""
		passed, elapsed, length = self.place(at)
		parts = days.denominator
		whole = length * parts  # the target in parts of a day, so that all stays in whole numbers
		target = passed * whole + elapsed * parts + days.numerator * length
		day = (target - 1) // whole
		number = bisect_right(self._days_until, day)
		if number == len(self._days_until):
			return None
		year, day_of_year = self._years[number], day - self._days[number]
		begins, ends = year.day_until[day_of_year], year.day_until[day_of_year + 1]
		share = -(-(target - day * whole) * (ends - begins) // whole)
		return self._begins[number] + year.reached(begins + share)

	def opening(self, at: int) -> int | None:
		"""The moment itself if it is open, or else the next opening; None if these years end before."""
		return next((opens for opens, _ in self.intervals(at)), None)

	def is_open(self, at: int) -> bool:
		"""Whether a moment is open; at closing time it no longer is."""
		return self.opening(at) == at

	def between(self, a: int, b: int) -> Iterator[tuple[int, int]]:
		"""The open intervals between two moments, the second one after the first."""
		for opens, closes in self.intervals(a):
			if opens >= b:
				return
			yield opens, min(closes, b)

	def intervals(self, at: int) -> Iterator[tuple[int, int]]:
		"""The open intervals from a moment on."""
		for number in range(max(bisect_right(self._opens, at) - 1, 0), len(self._years)):
			year, begins = self._years[number], self._begins[number]
			for found in range(bisect_right(year.closes, at - begins), len(year.closes)):
				yield max(begins + year.opens[found], at), begins + year.closes[found]


def _begins(year: int) -> int:
	return microseconds(datetime(year, 1, 1, tzinfo=timezone.utc))


@lru_cache(maxsize=4096)
def _open_time(zone: ZoneInfo, week: tuple[Bounds, ...], year: int, closed: frozenset[int]) -> Year:
	"""The open time of a year without these days, counted from 0 for the last one of the year before."""
	begins, midnight = _begins(year), datetime(year - 1, 12, 31)
	open_days: list[list[tuple[int, int]]] = [[]]
	for number in range(367 + isleap(year)):
		bounds = () if number in closed else week[midnight.weekday()]
		intervals = [(_at(zone, midnight, a) - begins, _at(zone, midnight, b) - begins) for a, b in bounds]
		open_days.append(_after_the_day_before(_united(intervals), open_days))
		midnight += _DAY
	return Year(intervals for intervals in open_days[2:-1] if intervals)


def _after_the_day_before(
	intervals: list[tuple[int, int]], open_days: list[list[tuple[int, int]]]
) -> list[tuple[int, int]]:
	"""What a day has to itself: until the day before is over, which a clock change can delay, all belongs to that."""
	if not intervals or not open_days[-1] or intervals[0][0] >= open_days[-1][-1][1]:
		return intervals
	until = open_days[-1][-1][1]
	open_days[-1] = _united([*open_days[-1], *((a, min(b, until)) for a, b in intervals)])
	return _united([(max(a, until), b) for a, b in intervals])


def _united(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
	"""The same time in order, without what is empty, and each part of it once."""
	united: list[tuple[int, int]] = []
	for opens, closes in sorted(intervals):
		if united and opens < united[-1][1]:
			united[-1] = united[-1][0], max(united[-1][1], closes)
		elif opens < closes:
			united.append((opens, closes))
	return united


def _at(zone: ZoneInfo, midnight: datetime, minute: int) -> int:
	"""A minute of a day as a moment."""
	return microseconds((midnight + minute * _MINUTE).replace(tzinfo=zone))
