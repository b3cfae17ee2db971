"""Warnings: what is reached and new, when it may be said, and what fits into an SMS."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.business_calendar import OFFICE_HOURS, BusinessCalendar, Span, Unit
from crm_support_ext.domain.course import Course, Turn
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.tiers import BY_AGREEMENT, TIERS, Tier
from crm_support_ext.domain.warnings import (
	LINK_LASTS,
	THRESHOLDS,
	ClockName,
	Reached,
	Rhythm,
	Warned,
	as_one_sms,
	fits_one_sms,
	link_works,
	moment_of,
	next_at,
	reached,
	running,
	used,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = BusinessCalendar(AMSTERDAM)
SIESTA = BusinessCalendar(AMSTERDAM, tuple(((540, 720), (780, 1020)) if day else () for day in OFFICE_HOURS))
NEVER = BusinessCalendar(AMSTERDAM, ((),) * 7)
R, T = ClockName.RESPONSE, ClockName.TARGET


def at(text: str) -> datetime:
	"""A moment in Amsterdam; the second of March 2026 is a Monday."""
	return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=AMSTERDAM).astimezone(timezone.utc)


def course(*turns: tuple[str, Status], tier: str = "I", **more) -> Course:
	return Course([Turn(at(moment), status) for moment, status in turns], TIERS[tier], **more)


@pytest.mark.parametrize(
	("now", "warned", "found"),
	[
		("02 09:29", Warned(), []),
		("02 09:30", Warned(), [Reached(R, 50, at("02 09:30"))]),
		("02 09:30", Warned(50), []),
		("02 09:44", Warned(50), []),
		("02 09:45", Warned(50), [Reached(R, 75, at("02 09:45"))]),
		("02 09:50", Warned(), [Reached(R, 75, at("02 09:45"))]),
		("02 11:00", Warned(75), [Reached(R, 100, at("02 10:00")), Reached(T, 50, at("02 11:00"))]),
		("02 12:30", Warned(100), [Reached(T, 75, at("02 12:00"))]),
		("09 12:30", Warned(), [Reached(R, 100, at("02 10:00")), Reached(T, 100, at("02 13:00"))]),
		("09 12:30", Warned(100, 100), []),
	],
)
def test_the_highest_new_threshold_of_each_clock(now, warned, found):
	assert reached(course(("02 09:00", Status.NEW)), OFFICE, at(now), warned) == found


def test_an_answered_first_response_is_warned_of_no_more():
	answered = course(("02 09:00", Status.OPEN), first_reply=at("02 09:20"))
	assert running(answered, OFFICE, at("02 10:30")) == [T]
	assert reached(answered, OFFICE, at("02 10:30"), Warned()) == []
	assert next_at(answered, OFFICE, at("02 10:30"), Warned()) == at("02 11:00")


@pytest.mark.parametrize("status", [Status.PENDING, Status.PARKED])
def test_a_pause_without_a_word_stops_the_target_but_not_the_first_response(status):
	resting = course(("02 09:00", Status.NEW), ("02 09:10", status))
	assert running(resting, OFFICE, at("02 12:00")) == [R]
	assert [found.clock for found in reached(resting, OFFICE, at("05 12:00"), Warned())] == [R]


def test_after_a_pause_it_is_warned_with_what_was_left():
	turns = ("02 09:00", Status.OPEN), ("02 10:30", Status.PENDING), ("04 14:00", Status.OPEN)
	paused = course(*turns, first_reply=at("02 09:10"))
	assert next_at(paused, OFFICE, at("04 14:00"), Warned()) == at("04 14:30")
	assert next_at(paused, OFFICE, at("04 14:30"), Warned(0, 50)) == at("04 15:30")


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_finished_ticket_is_warned_of_no_more(status):
	finished = course(("02 09:00", Status.NEW), ("02 16:00", status))
	assert running(finished, OFFICE, at("05 12:00")) == []
	assert next_at(finished, OFFICE, at("05 12:00"), Warned()) is None


def test_a_workaround_that_stands_ends_the_warnings_of_the_target():
	turns = [Turn(at("02 09:00"), Status.OPEN), Turn(at("02 10:30"), Status.OPEN, workaround=True)]
	given_one = Course(turns, TIERS["I"], first_reply=at("02 09:10"))
	assert running(given_one, OFFICE, at("05 12:00")) == []
	turns.append(Turn(at("05 12:00"), Status.OPEN))
	assert next_at(given_one, OFFICE, at("05 12:00"), Warned()) == at("05 12:30")


def test_by_agreement_has_no_target_until_there_is_a_date():
	open_one = course(("02 09:00", Status.OPEN), tier=BY_AGREEMENT, first_reply=at("02 09:10"))
	assert next_at(open_one, OFFICE, at("02 09:10"), Warned()) is None
	assert reached(open_one, OFFICE, at("30 09:10"), Warned()) == []
	agreed = course(
		("02 09:00", Status.OPEN), tier=BY_AGREEMENT, first_reply=at("02 09:10"), agreed=at("05 17:00").date()
	)
	assert next_at(agreed, OFFICE, at("02 09:10"), Warned()) == at("03 17:00")
	assert reached(agreed, OFFICE, at("05 17:00"), Warned(0, 75)) == [Reached(T, 100, at("05 17:00"))]


def test_a_calendar_that_never_opens_warns_of_nothing():
	assert reached(course(("02 09:00", Status.NEW)), NEVER, at("30 09:00"), Warned()) == []
	assert not Rhythm().digest_goes(NEVER, None, at("03 10:00"))
	assert Rhythm().manager_at(NEVER, at("03 10:00")) is None


def test_a_ticket_without_a_tier_is_warned_of_nothing():
	assert next_at(Course([Turn(at("02 09:00"), Status.NEW)]), OFFICE, at("09 09:00"), Warned()) is None


moments = st.datetimes(datetime(2026, 1, 5), datetime(2026, 6, 30), timezones=st.just(timezone.utc))
spans = st.builds(
	Span, st.fractions(Fraction(1, 60), 30, max_denominator=60), st.sampled_from([Unit.HOUR, Unit.DAY])
)


@st.composite
def courses(draw):
	"""A ticket that is not finished, in a tier of its own."""
	start = draw(moments)
	steps = draw(st.lists(st.tuples(st.integers(1, 3 * 1440), st.sampled_from(list(Status)[:4])), max_size=6))
	turns, when = [Turn(start, Status.NEW)], start
	for minutes, status in steps:
		when += timedelta(minutes=minutes)
		turns.append(Turn(when, status))
	reply = draw(st.sampled_from([None, turns[-1].at]))
	return Course(turns, Tier("own", draw(spans), draw(spans)), first_reply=reply)


@given(courses(), st.sampled_from([OFFICE, SIESTA]), st.data())
def test_next_at_is_the_first_moment_at_which_something_is_reached(found, calendar, data):
	now = found.turns[-1].at + timedelta(minutes=data.draw(st.integers(0, 20_000)))
	warned = Warned(*(data.draw(st.sampled_from([0, *THRESHOLDS])) for _ in ClockName))
	following = next_at(found, calendar, now, warned)
	new = reached(found, calendar, now, warned)
	assert bool(new) == (following is not None and following <= now)
	if following is not None and following > now:
		assert not reached(found, calendar, following - timedelta(microseconds=1), warned)
		assert reached(found, calendar, following, warned)


@given(courses(), st.sampled_from([OFFICE, SIESTA]), st.lists(st.integers(1, 3000), max_size=30))
def test_however_often_one_looks_each_threshold_is_found_at_most_once_and_in_order(found, calendar, minutes):
	now, warned, said = found.turns[-1].at, Warned(), []
	for step in [0, *minutes]:
		now += timedelta(minutes=step)
		for new in reached(found, calendar, now, warned):
			said.append((new.clock, new.percent))
			warned = warned._replace(**{new.clock.value: new.percent})
			assert new.at <= now
		assert reached(found, calendar, now, warned) == []
	for clock in ClockName:
		percents = [percent for which, percent in said if which is clock]
		assert percents == sorted(set(percents))


@given(courses(), st.sampled_from([OFFICE, SIESTA]), st.integers(0, 20_000))
def test_what_is_used_agrees_with_what_is_reached(found, calendar, minutes):
	now = found.turns[-1].at + timedelta(minutes=minutes)
	for clock in running(found, calendar, now):
		share = used(found, calendar, now, clock)
		for percent in THRESHOLDS:
			assert (share >= percent) == (moment_of(found, calendar, now, clock, percent) <= now)


@pytest.mark.parametrize(
	("last", "now", "goes"),
	[
		(None, "02 08:59", False),
		(None, "02 09:00", True),
		(None, "02 17:00", False),
		(None, "07 12:00", False),
		("02 09:00", "02 10:59", False),
		("02 09:00", "02 11:00", True),
		("02 16:30", "03 09:00", True),
		("03 09:00", "03 09:01", False),
		("06 16:59", "09 09:00", True),
	],
)
def test_a_digest_goes_at_the_opening_and_then_every_so_often(last, now, goes):
	assert Rhythm().digest_goes(OFFICE, last and at(last), at(now)) is goes


def test_the_opening_of_a_day_is_its_first_not_that_after_lunch():
	assert not Rhythm(timedelta(hours=3)).digest_goes(SIESTA, at("02 11:30"), at("02 13:00"))
	assert Rhythm(timedelta(hours=3)).digest_goes(SIESTA, at("02 11:30"), at("02 14:30"))
	assert not Rhythm().digest_goes(SIESTA, None, at("02 12:30"))


@given(moments, st.lists(st.integers(1, 600), max_size=40), st.integers(0, 600))
def test_digests_are_never_outside_of_hours_and_never_closer_than_allowed_within_a_day(start, minutes, every):
	rhythm, now, sent = Rhythm(timedelta(minutes=every)), start, []
	for step in minutes:
		now += timedelta(minutes=step)
		if rhythm.digest_goes(SIESTA, sent[-1] if sent else None, now):
			assert SIESTA.is_open(now)
			sent.append(now)
	for one, other in pairwise(sent):
		same_day = one.astimezone(AMSTERDAM).date() == other.astimezone(AMSTERDAM).date()
		assert not same_day or other - one >= rhythm.digest_every


@pytest.mark.parametrize(
	("told", "due"),
	[
		("02 10:00", "02 10:15"),
		("02 16:44", "02 16:59"),
		("02 16:45", "03 09:00"),
		("02 16:50", "03 09:00"),
		("06 16:50", "09 09:00"),
		("02 11:50", "02 12:05"),
	],
)
def test_the_manager_hears_after_a_quarter_of_an_hour_but_in_working_hours(told, due):
	assert Rhythm().manager_at(OFFICE, at(told)) == at(due)


def test_a_manager_is_not_disturbed_at_lunch():
	assert Rhythm().manager_at(SIESTA, at("02 11:50")) == at("02 13:00")


def test_a_link_lasts_some_days():
	told = at("02 10:00")
	assert link_works(told, told) and link_works(told, told + LINK_LASTS - timedelta(seconds=1))
	assert not link_works(told, told + LINK_LASTS)


@pytest.mark.parametrize(
	("text", "fits"),
	[
		("a" * 160, True),
		("a" * 161, False),
		("€" * 80, True),
		("€" * 80 + "a", False),
		("æøå ÆØÅ éèù", True),
		("ë", False),
		("“", False),
		("", True),
	],
)
def test_what_fits_into_one_sms(text, fits):
	assert fits_one_sms(text) is fits


@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_an_sms_is_always_one(texts):
	sent = as_one_sms(texts)
	assert fits_one_sms(sent)
	assert sent == texts[0] or not fits_one_sms(texts[0])


def test_the_longest_text_that_fits_is_taken():
	assert as_one_sms(["x" * 161, "shorter", "#1"]) == "shorter"
	assert as_one_sms(["een “melding”"]) == "een ?melding?"
	assert as_one_sms(["€" * 200]) == ""
	assert as_one_sms(["x" * 200]) == "x" * 160


def test_midnight_is_no_opening():
	night = BusinessCalendar(AMSTERDAM, (((0, 1440),),) * 7)
	assert Rhythm().digest_goes(night, at("02 23:00"), at("03 00:00"))
	assert not Rhythm().digest_goes(night, at("02 23:00"), at("02 23:59"))
