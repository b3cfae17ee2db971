"""Targets: a table of courses worked out by hand, and laws that hold for whatever course and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from crm_support_ext.domain.business_calendar import BusinessCalendar, Holidays, Span, Unit, Week, days, hours
from crm_support_ext.domain.course import Course, Stop, StoppedBy, Turn
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.receipts import Why, receipt
from crm_support_ext.domain.targets import Figures, due_at, figures, response_due
from crm_support_ext.domain.tiers import TIERS, Tier, tier_by_answers
from tests.domain.minute_clock import DAYS, MINUTE, MinuteClock, Window
from tests.domain.test_business_calendar import closed_in, seeds, weeks, windows

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = BusinessCalendar(AMSTERDAM)
MICROSECOND = timedelta(microseconds=1)
STATUSES = [Status.NEW, Status.OPEN, Status.OPEN, Status.PENDING, Status.PARKED, Status.RESOLVED]
WORKING_DAY = 8


def at(text: str) -> datetime:
	"""A day and time of the week from Monday, 2 March 2026: "Tue 10:30", or "2 Tue 10:30" of the week after."""
	*week, weekday, clock = text.split()
	hour, minute = map(int, clock.split(":"))
	number = "Mon Tue Wed Thu Fri Sat Sun".split().index(weekday) + 7 * (int(week[0]) - 1 if week else 0)
	return datetime(2026, 3, 2, hour, minute, tzinfo=AMSTERDAM) + timedelta(days=number)


def course(text: str, tier: str = "I", **fields: Any) -> Course:
	"""A course such as "Mon 09:00 New, Mon 10:00 Open away, Mon 11:00 Open workaround"."""
	turns = []
	for turn in text.split(", "):
		words = turn.split()
		flags = {flag: flag in words for flag in ("away", "workaround")}
		when, status = words[:-1] if not any(flags.values()) else words[:-2], words[-1 - any(flags.values())]
		turns.append(Turn(at(" ".join(when)), Status(status), **flags))
	return Course(turns, TIERS[tier], **fields)


# A tier, its course, now, and: due, working hours counted, what stopped it, whether the target was met.
CASES: list[tuple[str, str, str, str, float, str | None, bool | None]] = [
	("I", "Mon 09:00 New", "Mon 10:00", "Mon 13:00", 1, None, None),
	("I", "Mon 09:00 New", "Mon 13:00", "Mon 13:00", 4, None, None),
	("I", "Mon 09:00 New", "Mon 13:01", "Mon 13:00", 4 + 1 / 60, None, False),
	("I", "Mon 15:00 New", "Mon 20:00", "Tue 11:00", 2, None, None),
	("I", "Fri 16:00 New", "Sat 12:00", "2 Mon 12:00", 1, None, None),
	("I", "Sat 12:00 New", "Sun 12:00", "2 Mon 13:00", 0, None, None),
	("II", "Fri 16:00 New", "2 Mon 09:00", "2 Tue 16:00", 1, None, None),
	("I", "Mon 09:00 New, Mon 10:00 Open", "Mon 11:00", "Mon 13:00", 2, None, None),
	("I", "Mon 09:00 New, Mon 10:00 Pending", "Mon 12:00", "Mon 15:00", 1, None, None),
	("I", "Mon 09:00 New, Mon 10:00 Pending, Mon 12:00 Open", "Mon 12:30", "Mon 15:00", 1.5, None, None),
	("I", "Mon 09:00 New, Mon 10:00 Parked, Tue 09:00 Open", "Tue 10:00", "Tue 12:00", 2, None, None),
	("I", "Mon 09:00 New, Mon 10:00 Open away", "Mon 16:00", "Tue 11:00", 1, None, None),
	("I", "Mon 09:00 New, Mon 16:00 Pending", "Mon 16:30", "Mon 13:00", 7, None, False),
	("I", "Mon 09:00 New, Mon 12:00 Resolved", "Fri 12:00", "Mon 13:00", 3, "solution", True),
	("I", "Mon 09:00 New, Mon 14:00 Resolved", "Fri 12:00", "Mon 13:00", 5, "solution", False),
	("I", "Mon 09:00 New, Mon 13:00 Resolved", "Fri 12:00", "Mon 13:00", 4, "solution", True),
	("I", "Mon 13:00 New, Mon 17:00 Resolved", "Fri 12:00", "Mon 17:00", 4, "solution", True),
	("I", "Mon 13:00 New, Mon 20:00 Resolved", "Fri 12:00", "Mon 17:00", 4, "solution", True),
	(
		"I",
		"Mon 09:00 New, Mon 12:00 Resolved, Wed 12:00 Closed",
		"Fri 12:00",
		"Mon 13:00",
		3,
		"solution",
		True,
	),
	("I", "Mon 09:00 New, Mon 12:00 Resolved, Tue 09:00 Open", "Tue 09:30", "Tue 10:00", 3.5, None, None),
	("I", "Mon 09:00 New, Mon 12:00 Closed", "Fri 12:00", "Mon 13:00", 3, None, None),
	("I", "Mon 09:00 New, Mon 14:00 Closed", "Fri 12:00", "Mon 13:00", 5, None, False),
	("I", "Mon 09:00 New, Mon 10:00 Open workaround", "Fri 12:00", "Mon 13:00", 1, "workaround", True),
	(
		"I",
		"Mon 09:00 New, Mon 10:00 Open workaround, Tue 10:00 Open",
		"Tue 12:00",
		"Tue 13:00",
		3,
		None,
		None,
	),
	(
		"I",
		"Mon 09:00 New, Mon 10:00 Open workaround, Mon 12:00 Resolved workaround, Tue 12:00 Open workaround",
		"Fri 12:00",
		"Mon 13:00",
		1,
		"workaround",
		True,
	),
	(
		"I",
		"Mon 09:00 New, Mon 10:00 Pending, Mon 12:00 Resolved",
		"Fri 12:00",
		"Mon 15:00",
		1,
		"solution",
		True,
	),
	("By agreement", "Mon 09:00 New", "Fri 12:00", "", 35, None, None),
]


@pytest.mark.parametrize(("tier", "text", "now", "due", "counted", "stopped_by", "met"), CASES)
def test_the_promise_clock_of_a_course(
	tier: str, text: str, now: str, due: str, counted: float, stopped_by: str | None, met: bool | None
) -> None:
	target = figures(course(text, tier), OFFICE, at(now)).target
	assert target.due == (at(due) if due else None)
	assert target.clock.counted == timedelta(hours=counted)
	assert target.clock.counted_days == Fraction(target.clock.counted // MICROSECOND, WORKING_DAY * 3_600_000_000)  # fmt: skip
	assert (target.clock.stop and target.clock.stop.by.value) == stopped_by
	assert target.met is met


def test_the_fix_clock_runs_on_when_a_workaround_stops_the_promise() -> None:
	told = course("Mon 09:00 New, Mon 10:00 Open workaround, Tue 10:00 Resolved workaround")
	found = figures(told, OFFICE, at("Fri 12:00"))
	assert found.target.clock.stop == Stop(at("Mon 10:00"), StoppedBy.WORKAROUND)
	assert found.fix.stop == Stop(at("Tue 10:00"), StoppedBy.SOLUTION)
	assert (found.target.clock.counted, found.fix.counted) == (timedelta(hours=1), timedelta(hours=9))
	assert not found.target.clock.runs and not found.fix.runs


def test_a_workaround_that_fails_leaves_the_time_that_was_left() -> None:
	for back in ("Tue 09:00", "Thu 15:30", "2 Wed 12:34"):
		told = course(f"Mon 09:00 New, Mon 11:30 Open workaround, {back} Open")
		left = hours(4 - Fraction(5, 2))
		assert figures(told, OFFICE, at(back)).target.due == OFFICE.add(at(back), left)


@pytest.mark.parametrize(
	("tier", "due"),
	[("I", "Fri 17:00"), ("II", "2 Mon 12:00"), ("III", "2 Mon 16:00"), ("By agreement", "2 Mon 16:00")],
)
def test_the_first_response_has_a_target_of_its_own_that_never_rests(tier: str, due: str) -> None:
	told = course("Fri 16:00 New, Fri 16:10 Parked", tier)
	assert response_due(told, OFFICE) == at(due)
	assert figures(told, OFFICE, at("2 Wed 12:00")).response.met is False
	in_time = Course(told.turns, told.tier, first_reply=at("Fri 16:30"))
	assert figures(in_time, OFFICE, at("2 Wed 12:00")).response.met is True


def test_a_reply_before_the_next_opening_meets_a_response_due_at_the_close() -> None:
	told = course("Fri 16:00 New", first_reply=at("2 Mon 09:00"))
	assert figures(told, OFFICE, at("2 Mon 10:00")).response.met is True
	late = Course(told.turns, told.tier, first_reply=at("2 Mon 09:01"))
	assert figures(late, OFFICE, at("2 Mon 10:00")).response.met is False


def test_a_close_without_a_solution_ends_all_clocks() -> None:
	told = course("Mon 09:00 New, Mon 09:30 Closed")
	found = figures(told, OFFICE, at("Fri 12:00"))
	assert found.response.met is found.target.met is None
	agreed = course("Mon 09:00 New, Mon 09:30 Closed", "By agreement", agreed=at("Tue 12:00"))
	assert figures(agreed, OFFICE, at("Fri 12:00")).target.met is None


@pytest.mark.parametrize(
	("text", "stopped_by"),
	[
		("Mon 09:00 New, Mon 10:00 Open workaround, Mon 10:00 Resolved workaround", StoppedBy.WORKAROUND),
		("Mon 09:00 New, Mon 10:00 Resolved, Mon 10:00 Resolved workaround", StoppedBy.SOLUTION),
		("Mon 09:00 New, Mon 10:00 Resolved workaround", StoppedBy.WORKAROUND),
	],
)
def test_of_one_moment_the_first_stop_counts(text: str, stopped_by: StoppedBy) -> None:
	assert figures(course(text), OFFICE, at("Fri 12:00")).target.clock.stop == Stop(
		at("Mon 10:00"), stopped_by
	)


@pytest.mark.parametrize(
	("agreed", "due", "solved", "met"),
	[
		(date(2026, 3, 6), "Fri 17:00", "Fri 17:00", True),
		(date(2026, 3, 7), "2 Mon 17:00", "2 Mon 16:59", True),
		(date(2026, 3, 7), "2 Mon 17:00", "2 Mon 17:01", False),
		(at("Wed 12:00"), "Wed 12:00", "Wed 12:00", True),
		(at("Wed 12:00"), "Wed 12:00", "Wed 12:01", False),
	],
)
def test_an_agreed_date_is_the_close_of_its_working_day_whatever_the_pauses(
	agreed: date | datetime, due: str, solved: str, met: bool
) -> None:
	told = course(f"Mon 09:00 New, Mon 10:00 Pending, {solved} Resolved", "By agreement", agreed=agreed)
	target = figures(told, OFFICE, at("3 Mon 09:00")).target
	assert (target.due, target.met) == (at(due), met)


@pytest.mark.parametrize(
	("can_go_on", "way_around", "tier"),
	[(False, False, "I"), (False, True, "II"), (True, False, "II"), (True, True, "III")],
)
def test_two_questions_decide_the_tier(can_go_on: bool, way_around: bool, tier: str) -> None:
	assert tier_by_answers(can_go_on=can_go_on, way_around=way_around) == tier


def test_a_part_of_the_target_is_due_earlier() -> None:
	told = course("Fri 16:00 New", "II")
	now = at("Fri 16:00")
	parts = [due_at(told, OFFICE, now, Fraction(part, 4)) for part in (2, 3, 4)]
	assert parts == [at("2 Mon 16:00"), at("2 Tue 12:00"), at("2 Tue 16:00")]
	agreed = course("Mon 09:00 New", "By agreement", agreed=date(2026, 3, 3))
	assert due_at(agreed, OFFICE, now, Fraction(1, 2)) == at("Mon 17:00")
	assert due_at(agreed, OFFICE, now, Fraction(1)) == at("Tue 17:00")
	assert due_at(Course(told.turns), OFFICE, now, Fraction(1)) is None
	assert response_due(told, OFFICE, Fraction(1, 2)) == at("2 Mon 10:00")


def test_a_receipt_names_each_interval() -> None:
	told = course("Fri 16:00 New, 2 Mon 10:00 Pending, 2 Mon 11:00 Open, 2 Mon 12:00 Parked, 2 Mon 13:00 Open away, "
		"2 Mon 14:00 Open workaround, 2 Mon 15:00 Resolved")  # fmt: skip
	lines = list(receipt(told, OFFICE, at("2 Mon 16:00")))
	expected = [
		("Fri 16:00", Why.COUNTED, 60),
		("Fri 17:00", Why.OUTSIDE_HOURS, 0),
		("2 Mon 09:00", Why.COUNTED, 60),
		("2 Mon 10:00", Why.CUSTOMER, 0),
		("2 Mon 11:00", Why.COUNTED, 60),
		("2 Mon 12:00", Why.PRODUCT, 0),
		("2 Mon 13:00", Why.THIRD_PARTY, 0),
		("2 Mon 14:00", Why.WORKAROUND, 0),
		("2 Mon 15:00", Why.SOLVED, 0),
	]
	assert [(line.start, line.why, line.counted) for line in lines] == [
		(at(start), why, minutes * MINUTE) for start, why, minutes in expected
	]
	assert sum(line.days for line in lines) == Fraction(3, 8)


def random_turns(window: Window, random: Random, *, exact: bool) -> list[Turn]:
	"""The course of a ticket within a window; on whole minutes, or not. Turns of one moment are among them."""
	last = (DAYS - 3) * 1440
	number = random.randrange(1, 9)
	minutes = sorted(random.randrange(2 * 1440, last) for _ in range(number))
	turns = []
	for place, minute in enumerate(minutes):
		status = Status.NEW if place == 0 else random.choice(STATUSES)
		if place == number - 1 and random.random() < 0.2:
			status = Status.CLOSED
		fraction = 0 if exact else random.randrange(60_000_000)
		when = window.at(minute) + fraction * MICROSECOND
		turns.append(Turn(when, status, random.random() < 0.15, random.random() < 0.2))
	return sorted(turns, key=lambda turn: turn.at)


def random_tier(random: Random) -> Tier:
	"""A target in hours or in days, some of which are never reached."""
	span: Span = random.choice((hours(Fraction(random.randrange(1, 1800), 60)), days(Fraction(random.randrange(1, 40), 4))))  # fmt: skip
	return Tier("Test", hours(1), span)


@settings(max_examples=100)
@given(windows, weeks, seeds)
def test_1000_receipts_have_no_gap_and_add_up(window: Window, week: Week, seed: int) -> None:
	random = Random(seed)
	calendar = BusinessCalendar(ZoneInfo(window.zone), week, Holidays(extra=closed_in(window, random)))
	for _ in range(10):
		turns = random_turns(window, random, exact=False)
		told = Course(turns, random_tier(random))
		now = turns[-1].at + timedelta(seconds=random.randrange(2 * 86_400))
		found = figures(told, calendar, now)
		check_receipt(told, calendar, now, found)
		check_due(told, calendar, now, found)


def check_receipt(told: Course, calendar: BusinessCalendar, now: datetime, found: Figures) -> None:
	"""From creation to the end without a gap, and adding up to the figures."""
	lines = list(receipt(told, calendar, now))
	ends_all = told.turns[-1].status is Status.CLOSED and found.fix.stop is None
	bounds = [told.turns[0].at, *(line.end for line in lines)]
	assert [line.start for line in lines] == bounds[:-1]
	assert bounds[-1] == (told.turns[-1].at if ends_all else now)
	assert all(line.start < line.end for line in lines)
	clock = found.target.clock
	assert sum((line.counted for line in lines), timedelta()) == clock.counted
	assert sum(line.days for line in lines) == clock.counted_days
	for line in lines:
		assert line.counted == (line.end - line.start if line.why is Why.COUNTED else timedelta())


def check_due(told: Course, calendar: BusinessCalendar, now: datetime, found: Figures) -> None:
	"""At the due time the target is just used up, if a clock that rests goes on now, and a stopped one when it stopped."""
	tier, due = told.tier, found.target.due
	if due is None or tier is None or tier.target is None:
		assert not any(a < b for day in calendar.week for a, b in day)
		return
	unit, amount = tier.target.unit, tier.target.amount
	clock = found.target.clock
	goes_on = now
	for turn in reversed(told.turns):
		if not turn.workaround and turn.status not in (Status.RESOLVED, Status.CLOSED):
			break
		goes_on = turn.at
	turns = [turn for turn in told.turns if turn.at < min(goes_on, due)]
	if due > goes_on:
		turns.append(Turn(goes_on, Status.OPEN))
	by_due = figures(Course(turns, tier), calendar, due).target.clock.counted_in(unit)
	just_before = figures(Course([t for t in turns if t.at < due], tier), calendar, due - MICROSECOND)
	assert by_due >= amount > just_before.target.clock.counted_in(unit)
	if unit is Unit.HOUR:
		assert by_due == amount
	late = clock.counted_in(unit) > amount
	assert found.target.met is (None if not late and clock.stop is None else not late)


@settings(max_examples=150)
@given(windows, weeks, seeds)
def test_a_clock_that_steps_through_the_minutes_counts_the_same(
	window: Window, week: Week, seed: int
) -> None:
	random = Random(seed)
	closed = closed_in(window, random)
	calendar = BusinessCalendar(ZoneInfo(window.zone), week, Holidays(extra=closed))
	clock = MinuteClock(window, week, closed)
	for _ in range(4):
		turns = random_turns(window, random, exact=True)
		end = (turns[-1].at - window.start) // MINUTE + random.randrange(1440)
		found = figures(Course(turns, random_tier(random)), calendar, window.at(end))
		minutes, shares = stepped(clock, turns, end)
		assert found.target.clock.counted == minutes * MINUTE
		assert found.target.clock.counted_days == shares


def stepped(clock: MinuteClock, turns: Sequence[Turn], end: int) -> tuple[int, Fraction]:
	"""The minutes that count, by looking at each: how many, and their shares of their days."""
	counted, shares = 0, Fraction()
	solved = any(turn.status is Status.RESOLVED for turn in turns[-2:-1])
	for number, turn in enumerate(turns):
		start = (turn.at - clock.window.start) // MINUTE
		until = (turns[number + 1].at - clock.window.start) // MINUTE if number + 1 < len(turns) else end
		if turn.status is Status.CLOSED and not solved:
			break
		if turn.status in (Status.NEW, Status.OPEN) and not turn.away and not turn.workaround:
			counted += len(clock.minutes(start, until))
			shares += clock.count_days(start, until)
	return counted, shares
