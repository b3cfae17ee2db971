"""A clock that knows nothing of the rules' code: it steps through the minutes of a few days, and sees which are open.

For each UTC minute of a window it notes what a clock on the wall shows. A bound of an interval is the first minute at
which the wall shows it; one that the wall never shows is as long after the change as it is later than the last minute
shown before. Days at the edge of the window are not whole, so what is asked should keep two days away from it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = 12
MINUTES = DAYS * 1440
ZERO = datetime(1990, 1, 1)


class Window(NamedTuple):
	"""Some days in a zone, in which its clocks may change."""

	zone: str
	begins: str

	@property
	def start(self) -> datetime:
		"""Its first minute."""
		return datetime.fromisoformat(self.begins).replace(tzinfo=timezone.utc)

	def at(self, minute: float | Fraction) -> datetime:
		"""The moment of a minute of the window, rounded up to a microsecond."""
		return self.start + timedelta(microseconds=ceil(Fraction(minute) * 60_000_000))


WINDOWS = [
	Window("Europe/Amsterdam", "2026-03-23"),
	Window("Europe/Amsterdam", "2026-10-19"),
	Window("Europe/Amsterdam", "2026-12-26"),
	Window("Africa/Cairo", "2024-04-20"),  # forward at midnight
	Window("Africa/Cairo", "2024-10-25"),  # back at midnight
	Window("America/Havana", "2026-03-02"),  # forward at midnight
	Window("America/Havana", "2026-10-26"),  # from one o'clock back to midnight
	Window("America/Scoresbysund", "2024-03-25"),
	Window("America/Scoresbysund", "2025-03-24"),  # from 23 o'clock to midnight
	Window("America/St_Johns", "2006-03-27"),  # at one minute past midnight
	Window("America/St_Johns", "2006-10-23"),
	Window("Australia/Lord_Howe", "2026-03-30"),  # by half an hour
	Window("Australia/Lord_Howe", "2026-09-28"),
	Window("Pacific/Apia", "2011-12-24"),  # without 30 December
	Window("Pacific/Kiritimati", "1994-12-26"),  # without 31 December
	Window("Pacific/Kwajalein", "1993-08-15"),  # without 21 August
	Window("Asia/Kathmandu", "2026-06-01"),
	Window("UTC", "2024-02-24"),
]


@lru_cache
def wall(window: Window) -> dict[int, int]:
	"""The minute of the window at which a clock on the wall first shows a time, or would have shown it."""
	zone, minute_of, before = ZoneInfo(window.zone), {}, None
	for minute in range(MINUTES):
		local = (window.start + minute * MINUTE).astimezone(zone).replace(tzinfo=None)
		shown = (local - ZERO) // MINUTE
		for skipped in range(before + 1, shown) if before is not None else ():
			minute_of[skipped] = minute - 1 + skipped - before
		minute_of.setdefault(shown, minute)
		before = shown
	return minute_of


class MinuteClock:
	"""The open minutes of a window, each with the day that it belongs to."""

	def __init__(
		self, window: Window, week: Sequence[Sequence[tuple[int, int]]], closed: frozenset[date]
	) -> None:
		self.window = window
		self.day_of: dict[int, date] = {}
		for number in range(-1, DAYS + 1):
			day = window.start.date() + timedelta(days=number)
			self.add_day(day, () if day in closed else week[day.weekday()])
		self.open = sorted(self.day_of)
		self.length = Counter(self.day_of.values())

	def add_day(self, day: date, intervals: Sequence[tuple[int, int]]) -> None:
		"""Note the open minutes of a day. Until the day before is over, they belong to that one."""
		midnight = (datetime(day.year, day.month, day.day) - ZERO) // MINUTE
		last = max(self.day_of, default=-1)
		for opens, closes in intervals:
			a, b = (wall(self.window).get(midnight + bound) for bound in (opens, closes))
			if a is not None and b is not None:
				for minute in range(a, b):
					self.day_of.setdefault(minute, self.day_of[last] if minute < last else day)

	def minutes(self, start: int, end: int = MINUTES) -> list[int]:
		"""The open minutes between two minutes."""
		return self.open[bisect_left(self.open, start) : bisect_left(self.open, end)]

	def count_days(self, start: int, end: int) -> Fraction:
		"""The shares of their days that the open minutes between two minutes are."""
		spent = Counter(self.day_of[minute] for minute in self.minutes(start, end))
		return sum((Fraction(minutes, self.length[day]) for day, minutes in spent.items()), Fraction())

	def after(self, start: int, amount: int) -> datetime | None:
		"""When so many open minutes have passed; None if that is not in the window."""
		for number, minute in enumerate(self.minutes(start), 1):
			if number >= amount:
				return self.window.at(minute + (amount > 0))
		return None

	def after_days(self, start: int, amount: Fraction) -> datetime | None:
		"""When so many open days have passed; None if that is not in the window."""
		left: dict[date, list[int]] = defaultdict(list)
		for minute in self.minutes(start):
			left[self.day_of[minute]].append(minute)
		for day, minutes in left.items():
			share = Fraction(len(minutes), self.length[day])
			if share >= amount:
				needed = amount * self.length[day]
				last = max(ceil(needed) - 1, 0)
				return self.window.at(minutes[last] + needed - last)
			amount -= share
		return None
