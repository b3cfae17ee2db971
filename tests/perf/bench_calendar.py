"""How fast working time is added: long spans against short ones, and against a public library on the same calendar.

Both sides run in one process, turn by turn, on the same calendar, and must agree on the answer; the figures are
ratios of medians.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timezone
from functools import partial
from operator import add
from statistics import median
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from crm_support_ext.domain.business_calendar import BusinessCalendar, Holidays, days, hours
from tests.perf import Row

TURNS = 60
TIMES_LIBRARY = {20: 10, 2000: 100}
MOST_FOR_2000_DAYS = 2
FIRST_CALLS = 15
ZONE = "Europe/Amsterdam"
START = datetime(2026, 3, 2, 10, tzinfo=timezone.utc)
HOLIDAYS = Holidays("NL")


def measure() -> list[Row]:
	"""The rows that need no site."""
	return [long_against_short(), the_first_call(), *against_the_library()]


def timed(run: Callable[[], object], times: int) -> float:
	"""The seconds that one of so many runs takes."""
	began = perf_counter()
	for _ in range(times):
		run()
	return (perf_counter() - began) / times


def compared(ours: Callable[[], object], other: Callable[[], object], times: int = 1) -> tuple[float, float]:
	"""The median seconds of both sides, in turns; ours often in each, for it is as short as the clock is fine."""
	spent = [(timed(ours, 50), timed(other, times)) for _ in range(TURNS)]
	return median(mine for mine, _ in spent), median(its for _, its in spent)


def kept(is_kept: bool, limit: str) -> str:
	"""The limit, and whether it is kept."""
	return limit if is_kept else f"NOT KEPT: {limit}"


def faster(ours: float, other: float, limit: int) -> str:
	"""How much faster we are, and what it must be."""
	return f"{other / ours:,.0f} times as fast ({kept(other / ours >= limit, f'at least {limit}')})"


def microseconds(seconds: float) -> str:
	"""A short time."""
	return f"{seconds * 1e6:,.1f} µs"


def long_against_short() -> Row:
	"""2,000 working days against 2."""
	calendar, short, long = BusinessCalendar(ZoneInfo(ZONE), holidays=HOLIDAYS), days(2), days(2000)
	calendar.add(START, long)
	for_long, for_short = compared(
		partial(calendar.add, START, long), partial(calendar.add, START, short), 50
	)
	ratio = for_long / for_short
	limit = kept(ratio <= MOST_FOR_2000_DAYS, f"at most {MOST_FOR_2000_DAYS}")
	return Row("2,000 working days added, against 2", f"{ratio:.2f} times the time ({limit})")


def the_first_call() -> Row:
	"""The calls that build the sums: of a calendar that nobody asked before."""
	spent: dict[int, list[float]] = {20: [], 2000: []}
	for number in range(FIRST_CALLS):
		for amount, times in spent.items():
			day = ((540 - number - (amount > 20) * FIRST_CALLS, 1020),)
			calendar = BusinessCalendar(ZoneInfo(ZONE), (day,) * 5 + ((), ()), HOLIDAYS)
			times.append(timed(partial(calendar.add, START, days(amount)), 1))
	once = [f"{median(times) * 1000:.1f} ms" for times in spent.values()]
	return Row("the first call of a calendar, 20 and 2,000 working days", " and ".join(once))


def against_the_library() -> list[Row]:
	"""What the library businesstimedelta can do: hours of a week, in a zone, less holidays."""
	import pytz
	from businesstimedelta import BusinessTimeDelta, HolidayRule, Rules, WorkDayRule

	zone = pytz.timezone(ZONE)
	closed = sorted(day for year in range(2026, 2036) for day in HOLIDAYS.of_year(year))
	week = WorkDayRule(start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4], tz=zone)
	rules = {False: Rules([week]), True: Rules([week, HolidayRule(closed, tz=zone)])}
	rows = []
	for has_holidays, rule in rules.items():
		calendar = BusinessCalendar(ZoneInfo(ZONE), holidays=HOLIDAYS if has_holidays else Holidays())
		for amount, limit in TIMES_LIBRARY.items():
			span, its = hours(8 * amount), BusinessTimeDelta(rule, hours=8 * amount)
			agree(calendar.add(START, span), START + its)
			ours, other = compared(partial(calendar.add, START, span), partial(add, START, its))
			rows.append(Row(f"{amount:,} working days added{' over holidays' * has_holidays}, against businesstimedelta", faster(ours, other, limit)))  # fmt: skip
	return rows


def agree(ours: Any, other: Any) -> None:
	"""Both sides must answer the same."""
	if ours != other:
		raise AssertionError(f"{ours} against {other}")
