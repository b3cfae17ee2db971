"""Working time: worked examples, clock changes, and laws that hold for whatever calendar, zone and span."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_support_ext.domain import open_time
from crm_support_ext.domain.business_calendar import (
	OFFICE_HOURS,
	BusinessCalendar,
	Holidays,
	Span,
	Unit,
	Week,
	as_hours,
	days,
	hours,
	parse_span,
)
from crm_support_ext.domain.results import Refusal
from tests.domain.minute_clock import DAYS, MINUTE, MINUTES, WINDOWS, MinuteClock, Window

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = BusinessCalendar(AMSTERDAM)
MICROSECOND = timedelta(microseconds=1)
NEVER: Week = ((),) * 7
DAILY = 7


def local(text: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
	"""A time on the wall."""
	return datetime.fromisoformat(text).replace(tzinfo=zone)


def shown(at: datetime | Refusal, zone: ZoneInfo = AMSTERDAM) -> str:
	"""What the wall shows at a moment."""
	assert isinstance(at, datetime)
	return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M:%S").removesuffix(":00")


def every_day(*intervals: tuple[int, int], zone: str = "Europe/Amsterdam") -> BusinessCalendar:
	"""A desk that is open at the same minutes of every day."""
	return BusinessCalendar(ZoneInfo(zone), (intervals,) * 7)


def between(calendar: BusinessCalendar, unit: Unit, start: datetime, end: datetime) -> Fraction:
	"""The working time between two moments in this unit."""
	in_days = unit is Unit.DAY
	return calendar.measure_days(start, end) if in_days else as_hours(calendar.measure(start, end))


SHORT_FRIDAY = BusinessCalendar(AMSTERDAM, (*OFFICE_HOURS[:4], ((540, 900),), (), ()))
LUNCH = BusinessCalendar(AMSTERDAM, (((540, 750), (780, 1020)),) * 5 + ((), ()))
NIGHT = BusinessCalendar(AMSTERDAM, (((0, 360), (1320, 1440)),) * 7)
DUTCH = BusinessCalendar(AMSTERDAM, holidays=Holidays("NL"))

EXAMPLES = [
	("two days from Friday 16:00", OFFICE, "2026-03-06 16:00", days(2), "Tue 2026-03-10 16:00"),
	("a short Friday's hour is a sixth", SHORT_FRIDAY, "2026-03-06 14:00", days(2), "Tue 2026-03-10 15:40"),
	("16 hours are another thing", SHORT_FRIDAY, "2026-03-06 14:00", hours(16), "Tue 2026-03-10 16:00"),
	("before the opening", OFFICE, "2026-03-06 06:00", hours(1), "Fri 2026-03-06 10:00"),
	("after the close", OFFICE, "2026-03-06 17:30", hours(1), "Mon 2026-03-09 10:00"),
	("at the close", OFFICE, "2026-03-06 17:00", hours(1), "Mon 2026-03-09 10:00"),
	("at the weekend", OFFICE, "2026-03-07 12:00", days(1), "Mon 2026-03-09 17:00"),
	("up at the close", OFFICE, "2026-03-06 16:00", hours(1), "Fri 2026-03-06 17:00"),
	("a day is up at the close", OFFICE, "2026-03-06 09:00", days(1), "Fri 2026-03-06 17:00"),
	("nothing, in hours", OFFICE, "2026-03-06 12:34", hours(0), "Fri 2026-03-06 12:34"),
	("nothing, at the close", OFFICE, "2026-03-06 17:00", days(0), "Mon 2026-03-09 09:00"),
	("over lunch", LUNCH, "2026-03-06 12:00", hours(1), "Fri 2026-03-06 13:30"),
	("up when lunch begins", LUNCH, "2026-03-06 12:00", hours(Fraction(1, 2)), "Fri 2026-03-06 12:30"),
	("from lunch", LUNCH, "2026-03-06 12:45", hours(1), "Fri 2026-03-06 14:00"),
	("a day with lunch", LUNCH, "2026-03-06 16:30", days(1), "Mon 2026-03-09 16:30"),
	("up at midnight", NIGHT, "2026-03-06 23:00", hours(1), "Sat 2026-03-07 00:00"),
	("over midnight", NIGHT, "2026-03-06 23:00", hours(2), "Sat 2026-03-07 01:00"),
	("a day ends at midnight", NIGHT, "2026-03-06 00:00", days(1), "Sat 2026-03-07 00:00"),
	("over King's Day", DUTCH, "2026-04-24 16:00", days(1), "Tue 2026-04-28 16:00"),
	("over Whitsun", DUTCH, "2026-05-22 16:30", hours(1), "Tue 2026-05-26 09:30"),
]


@pytest.mark.parametrize(("calendar", "start", "span", "end"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES])  # fmt: skip
def test_worked_examples(calendar: BusinessCalendar, start: str, span: Span, end: str) -> None:
	assert shown(calendar.add(local(start), span)) == end


def holidays(**fields: Any) -> BusinessCalendar:
	"""Office hours in Munich without these days."""
	return BusinessCalendar(ZoneInfo("Europe/Berlin"), holidays=Holidays(**fields))


@pytest.mark.parametrize(
	("closed", "start", "end"),
	[
		({}, "2026-06-03 17:00", "2026-06-04 17:00"),
		({"country": "DE"}, "2026-06-03 17:00", "2026-06-04 17:00"),
		({"country": "DE", "subdivision": "BY"}, "2026-06-03 17:00", "2026-06-05 17:00"),
		({"country": "DE", "extra": {"2026-06-05"}}, "2026-06-04 17:00", "2026-06-08 17:00"),
		({"country": "DE", "exceptions": {"2026-05-01"}}, "2026-04-30 17:00", "2026-05-01 17:00"),
		(
			{"extra": {"2026-05-01"}, "exceptions": {"2026-05-01"}},
			"2026-04-30 17:00",
			"2026-05-01 17:00",
		),
		({"country": "US"}, "2021-12-30 17:00", "2022-01-03 17:00"),
	],
)
def test_holidays_of_country_and_region_own_closures_and_exceptions(
	closed: dict[str, Any], start: str, end: str
) -> None:
	for own in {"extra", "exceptions"} & closed.keys():
		closed |= {own: frozenset(date.fromisoformat(day) for day in closed[own])}
	calendar = holidays(**closed)
	assert calendar.add(local(start, calendar.zone), days(1)) == local(end, calendar.zone)


def test_a_holiday_has_a_name_and_a_closure_has_none() -> None:
	closed = Holidays("NL", extra=frozenset({date(2026, 12, 24)}), exceptions=frozenset({date(2026, 12, 26)}))
	assert [date(2026, 12, day) in closed for day in (23, 24, 25, 26)] == [False, True, True, False]
	assert closed.name(date(2026, 12, 25))
	assert closed.name(date(2026, 12, 24)) == ""


# Intervals on a day with a clock change, and when they are open in UTC: bounds that come twice are the first ones,
# bounds that are skipped are read with the offset before the change.
CHANGES = [
	("Europe/Amsterdam", "2026-03-29", (60, 240), ["00:00-02:00"]),
	("Europe/Amsterdam", "2026-03-29", (150, 240), ["01:30-02:00"]),
	("Europe/Amsterdam", "2026-03-29", (60, 150), ["00:00-01:30"]),
	("Europe/Amsterdam", "2026-03-29", (130, 170), ["01:10-01:50"]),
	("Europe/Amsterdam", "2026-03-29", (170, 185), []),
	("Europe/Amsterdam", "2026-10-25", (60, 240), ["23:00-03:00"]),
	("Europe/Amsterdam", "2026-10-25", (150, 240), ["00:30-03:00"]),
	("Europe/Amsterdam", "2026-10-25", (60, 150), ["23:00-00:30"]),
	("Europe/Amsterdam", "2026-10-25", (130, 170), ["00:10-00:50"]),
	("Africa/Cairo", "2024-04-25", (1380, 1440), ["21:00-22:00"]),
	("Africa/Cairo", "2024-04-26", (0, 120), ["22:00-23:00"]),
	("Africa/Cairo", "2024-10-31", (1320, 1440), ["19:00-22:00"]),
	("Africa/Cairo", "2024-10-31", (1320, 1410), ["19:00-20:30"]),
	("America/Havana", "2026-03-08", (0, 120), ["05:00-06:00"]),
	("America/Havana", "2026-10-31", (1380, 1440), ["03:00-04:00"]),
	("America/Havana", "2026-11-01", (0, 120), ["04:00-07:00"]),
	("Australia/Lord_Howe", "2026-04-05", (60, 180), ["14:00-16:30"]),
	("Australia/Lord_Howe", "2026-04-05", (105, 180), ["14:45-16:30"]),
	("Australia/Lord_Howe", "2026-10-04", (60, 180), ["14:30-16:00"]),
	("Australia/Lord_Howe", "2026-10-04", (135, 180), ["15:45-16:00"]),
	("Pacific/Apia", "2011-12-29", (540, 1020), ["19:00-03:00"]),
	("Pacific/Apia", "2011-12-31", (540, 1020), ["19:00-03:00"]),
]


@pytest.mark.parametrize(("zone", "day", "interval", "expected"), CHANGES)
def test_intervals_on_the_day_of_a_clock_change(
	zone: str, day: str, interval: tuple[int, int], expected: list[str]
) -> None:
	on = date.fromisoformat(day)
	week = tuple((interval,) if weekday == on.weekday() else () for weekday in range(DAILY))
	calendar = BusinessCalendar(ZoneInfo(zone), week)
	noon = datetime(on.year, on.month, on.day, 12, tzinfo=timezone.utc)
	found = calendar.open_intervals(noon - timedelta(days=2), noon + timedelta(days=2))
	assert [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in found] == expected


@pytest.mark.parametrize(
	("day", "length"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_with_a_clock_change_is_one_day_of_another_length(day: str, length: int) -> None:
	calendar = every_day((0, 1440))
	start = local(f"{day} 00:00")
	end = calendar.add(start, days(1))
	assert isinstance(end, datetime)
	assert calendar.measure(start, end) == timedelta(hours=length)
	assert shown(end).endswith("00:00")
	assert calendar.measure_days(start, start.astimezone(timezone.utc) + timedelta(hours=1)) == Fraction(1, length)  # fmt: skip


def test_a_day_that_a_zone_skips_counts_once_with_the_next() -> None:
	apia = every_day((540, 1020), zone="Pacific/Apia")
	start, end = (local(f"{day} 09:00", apia.zone) for day in ("2011-12-29", "2012-01-01"))
	assert apia.measure(start, end) == timedelta(hours=16)
	assert apia.measure_days(start, end) == 2
	assert shown(apia.add(start, days(2)), apia.zone) == "Sat 2011-12-31 17:00"


def test_the_last_day_of_a_year_that_a_zone_skips_is_the_first_one_of_the_next() -> None:
	kiritimati = every_day((540, 1020), zone="Pacific/Kiritimati")
	start, end = (local(f"{day} 00:00", kiritimati.zone) for day in ("1994-12-30", "1995-01-03"))
	assert kiritimati.measure_days(start, end) == 3
	closed = Holidays(extra=frozenset({date(1994, 12, 31)}))
	later = BusinessCalendar(kiritimati.zone, (((540, 1020),),) * 6 + (((540, 1080),),), closed)
	opens, closes = list(later.open_intervals(start, end))[1]
	assert (shown(opens, later.zone), shown(closes, later.zone)) == (
		"Sun 1995-01-01 09:00",
		"Sun 1995-01-01 18:00",
	)


@pytest.mark.parametrize("span", [hours(Fraction(1, 7)), hours(Fraction(100, 7)), days(Fraction(1, 7))])
def test_what_is_no_whole_microsecond_is_rounded_up(span: Span) -> None:
	start = local("2026-03-02 09:00")
	end = OFFICE.add(start, span)
	assert isinstance(end, datetime)
	assert between(OFFICE, span.unit, start, end) > span.amount
	assert between(OFFICE, span.unit, start, end - MICROSECOND) < span.amount


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("week", [NEVER, (((540, 540),), *NEVER[1:])])
def test_a_calendar_that_never_opens_is_refused_at_once(
	unit: Unit, week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
	calendar = BusinessCalendar(AMSTERDAM, week, Holidays("NL"))
	years = counted(monkeypatch, "_open_time")
	for amount in (0, 1):
		refusal = calendar.add(local("2026-03-06 16:00"), Span(Fraction(amount), unit))
		assert isinstance(refusal, Refusal)
		assert refusal.code == "never_opens"
	assert isinstance(calendar.close_of(date(2026, 3, 6)), Refusal)
	start, end = local("2026-03-06 16:00"), local("2027-03-06 16:00")
	assert not calendar.measure(start, end) and not calendar.measure_days(start, end)
	assert not calendar.is_open(start) and not list(calendar.open_intervals(start, end))
	assert len(years) < 12


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[None]:
	"""One entry for each call of a function of open_time from now on."""
	calls: list[None] = []
	function: Callable[..., Any] = getattr(open_time, name)

	def counting(*args: Any) -> Any:
		calls.append(None)
		return function(*args)

	monkeypatch.setattr(open_time, name, counting)
	return calls


def test_far_spans_are_exact_up_to_the_year_9998() -> None:
	start, end = local("2026-03-02 09:00"), local("9998-12-31 17:00")
	weekdays = sum(1 for day in range(start.toordinal(), end.toordinal() + 1) if (day + 6) % 7 < 5)
	assert OFFICE.measure(start, end) == timedelta(hours=8 * weekdays)
	assert OFFICE.measure_days(start, end) == weekdays
	assert OFFICE.add(start, days(weekdays)) == end
	assert OFFICE.add(start, hours(8 * weekdays)) == end
	assert isinstance(OFFICE.add(start, days(weekdays + 1)), Refusal)


def test_years_far_away_are_those_that_the_zone_says() -> None:
	for year in (2100, 2101, 2222, 2400, 5000, 9997):
		for month in range(1, 13):
			start = datetime(year, month, 28, tzinfo=timezone.utc)
			opening = OFFICE.add(start, hours(0))
			assert shown(opening).endswith("09:00")


@pytest.mark.parametrize("unit", Unit)
def test_2000_days_cost_no_more_than_2_once_the_sums_are_there(
	unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
	calendar, start = BusinessCalendar(ZoneInfo("Europe/Oslo")), local("2026-03-02 10:00")
	small, large = Span(Fraction(2), unit), Span(Fraction(2000), unit)
	calendar.add(start, large)
	built = counted(monkeypatch, "Sums")
	searches = [counted(monkeypatch, name) for name in ("bisect_left", "bisect_right")]
	calendar.add(start, small)
	for_small = [len(search) for search in searches]
	calendar.add(start, large)
	assert [len(search) for search in searches] == [2 * number for number in for_small]
	assert not built
	assert sum(for_small) <= 5


def test_equal_calendars_share_their_sums_and_a_changed_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
	week: Week = (((600, 700),),) * 7
	BusinessCalendar(AMSTERDAM, week).add(local("2026-03-02 09:00"), hours(1))
	built = counted(monkeypatch, "Sums")
	BusinessCalendar(AMSTERDAM, week).add(local("2026-03-02 09:00"), hours(1))
	assert not built
	changed = BusinessCalendar(AMSTERDAM, week, Holidays(extra=frozenset({date(2026, 3, 2)})))
	assert shown(changed.add(local("2026-03-02 09:00"), hours(1))) == "Tue 2026-03-03 11:00"
	assert built


def test_threads_that_ask_for_other_years_at_once_get_their_own_answers() -> None:
	calendar = every_day((540, 1020), zone="Europe/Dublin")

	def measured(year: int) -> Fraction:
		start = datetime(year, 1, 1, tzinfo=timezone.utc)
		return calendar.measure_days(start, start + timedelta(days=100))

	years = Random(1).sample(range(1990, 2060), 40)
	with ThreadPoolExecutor(8) as pool:
		assert list(pool.map(measured, years)) == [100] * len(years)


@pytest.mark.parametrize(
	("day", "close"),
	[
		("2026-03-06", "Fri 2026-03-06 17:00"),
		("2026-03-07", "Mon 2026-03-09 17:00"),
		("2026-05-25", "Tue 2026-05-26 17:00"),
	],
)
def test_a_date_means_the_close_of_that_working_day_or_of_the_next(day: str, close: str) -> None:
	assert shown(DUTCH.close_of(date.fromisoformat(day))) == close


def test_the_close_of_a_day_is_its_last_one() -> None:
	assert shown(LUNCH.close_of(date(2026, 3, 6))) == "Fri 2026-03-06 17:00"
	assert shown(NIGHT.close_of(date(2026, 3, 6))) == "Sat 2026-03-07 00:00"


def test_order_of_the_intervals_does_not_matter() -> None:
	turned = BusinessCalendar(AMSTERDAM, tuple(day[::-1] for day in LUNCH.week))
	start = local("2026-03-06 10:00")
	assert turned.add(start, hours(20)) == LUNCH.add(start, hours(20))


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
	start, end = local("2026-03-06 10:00"), local("2026-03-06 11:00")
	assert OFFICE.measure(end, start) == timedelta()
	assert OFFICE.measure_days(end, start) == 0
	assert not list(OFFICE.open_intervals(end, start))
	assert not list(OFFICE.open_intervals(start, start))


def test_a_span_reads_as_a_policy_writes_it() -> None:
	for text in ("4 working hours", "1 working hour", "1 working day", "20 working days"):
		assert str(parse_span(text)) == text
	assert parse_span("none") is None
	for text in (
		"",
		"4",
		"4 hours",
		"-1 working days",
		"1.5 working days",
		"4 working weeks",
		" 1 working day",
	):
		with pytest.raises(ValueError):
			parse_span(text)
	with pytest.raises(ValueError):
		hours(-1)
	assert days(2).share(Fraction(1, 4)) == days(Fraction(1, 2))


def pairs(bounds: list[int]) -> tuple[tuple[int, int], ...]:
	"""Bounds in order as intervals."""
	return tuple(zip(bounds[::2], bounds[1::2], strict=False))


bounds = st.lists(st.integers(0, 1440), max_size=4, unique=True).map(sorted).map(pairs)
weeks = st.tuples(*[bounds] * 7).filter(any)
windows = st.sampled_from(WINDOWS)
seeds = st.integers(0, 2**32)


def closed_in(window: Window, random: Random) -> frozenset[date]:
	"""Some days of a window."""
	every = (window.start.date() + timedelta(days=number) for number in range(DAYS))
	return frozenset(day for day in every if random.random() < 0.1)


def spans(random: Random) -> tuple[Span, Span]:
	"""Whole microseconds of hours, and some days; now and then nothing, or whole ones."""
	parts = random.choice((1, 2, 7, 1440))
	amount = Fraction(random.choice((0, random.randrange(3 * parts), parts)), parts)
	return hours(Fraction(random.choice((0, 60, random.randrange(6 * 3600))), 3600)), days(amount)


def checked(answer: datetime | Refusal) -> datetime:
	"""An answer that is no refusal."""
	assert isinstance(answer, datetime)
	return answer


@settings(max_examples=400)
@given(windows, weeks, seeds)
def test_laws_of_adding_and_measuring(window: Window, week: Week, seed: int) -> None:
	random = Random(seed)
	calendar = BusinessCalendar(ZoneInfo(window.zone), week, Holidays(extra=closed_in(window, random)))
	for _ in range(4):
		start = window.start + random.randrange(DAYS * 86_400_000_000) * MICROSECOND
		for one, two in zip(spans(random), spans(random), strict=True):
			if any(one.amount and opens < closes for day in week for opens, closes in day):
				check_laws(calendar, start, one, two, random)


def check_laws(calendar: BusinessCalendar, start: datetime, one: Span, two: Span, random: Random) -> None:
	"""The laws, for one moment and two spans of one unit."""
	end = checked(calendar.add(start, one))
	assert end >= start

	measured = between(calendar, one.unit, start, end)
	if one.unit is Unit.HOUR:
		assert measured == one.amount
	else:
		assert one.amount <= measured
		assert calendar.measure_days(start, max(end - MICROSECOND, start)) < one.amount
	assert calendar.add(start, Span(measured, one.unit)) == end

	assert calendar.is_open(end) or calendar.is_open(end - MICROSECOND)
	assert list(calendar.open_intervals(end - MICROSECOND, end)) == [(end - MICROSECOND, end)]

	both = checked(calendar.add(start, Span(one.amount + two.amount, one.unit)))
	assert both >= end
	if two.amount:
		in_steps = checked(calendar.add(end, two))
		assert in_steps == calendar.add(start, Span(measured + two.amount, one.unit))
		assert in_steps >= both if one.unit is Unit.DAY else in_steps == both

	later = start + random.randrange(86_400_000_000) * MICROSECOND
	assert checked(calendar.add(later, one)) >= end
	parts = list(calendar.open_intervals(start, end))
	assert sum((closes - opens for opens, closes in parts), timedelta()) == calendar.measure(start, end)


@settings(max_examples=400)
@given(windows, weeks, seeds)
def test_a_clock_that_steps_through_the_minutes_says_the_same(window: Window, week: Week, seed: int) -> None:
	random = Random(seed)
	closed = closed_in(window, random)
	calendar = BusinessCalendar(ZoneInfo(window.zone), week, Holidays(extra=closed))
	clock = MinuteClock(window, week, closed)
	edge = window.at(MINUTES - 2 * 1440)
	for _ in range(5):
		start = random.randrange(2 * 1440, MINUTES - 3 * 1440)
		amount, share = random.choice((0, 1, random.randrange(2000))), Fraction(random.randrange(30), 7)
		for span, expected in (
			(hours(Fraction(amount, 60)), clock.after(start, amount)),
			(days(share), clock.after_days(start, share)),
		):
			found = calendar.add(window.at(start), span)
			if expected is not None and expected < edge:
				assert found == expected
			elif isinstance(found, datetime):
				assert found >= edge
		end = random.randrange(start, MINUTES - 2 * 1440)
		assert calendar.measure(window.at(start), window.at(end)) == len(clock.minutes(start, end)) * MINUTE
		assert calendar.measure_days(window.at(start), window.at(end)) == clock.count_days(start, end)
		assert calendar.is_open(window.at(end)) == (end in clock.day_of)
