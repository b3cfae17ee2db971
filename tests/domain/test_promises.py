"""By when the customer hears from us again: the defaults, when the holder is warned, and what becomes of a promise."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.business_calendar import BusinessCalendar, days, hours
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.promises import (
	CARRYING,
	Begins,
	Happening,
	State,
	Step,
	Terms,
	default_due,
	fate,
	kept_rate,
	moved_to,
	stand_in,
	step,
	warned_from,
)
from crm_support_ext.domain.tiers import TIERS, Tier

ZONE = ZoneInfo("Europe/Amsterdam")
DESK = BusinessCalendar(ZONE)
TERMS = Terms()
LUNCH = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
CALENDARS = (
	DESK,
	BusinessCalendar(ZONE, (LUNCH,) * 5 + ((), ())),
	BusinessCalendar(ZONE, (((0, 1440),),) * 7),
)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def local(text: str) -> datetime:
	"""A moment in Amsterdam, as "2026-03-02 09:00"."""
	return datetime.fromisoformat(text).replace(tzinfo=ZONE)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc))
calendars = st.sampled_from(CALENDARS)
tiers = st.sampled_from([*TIERS.values(), None, Tier("Quick", None, hours(1)), Tier("Long", None, days(90))])
statuses = st.sampled_from(list(Status))
happenings = st.builds(Happening, words=st.booleans(), made=st.booleans(), moved=st.booleans())


@pytest.mark.parametrize(
	("status", "tier", "begins", "due"),
	[
		(Status.NEW, "I", "2026-03-02 09:00", "2026-03-02 11:00"),
		(Status.OPEN, "I", "2026-03-02 16:00", "2026-03-03 10:00"),
		(Status.OPEN, "II", "2026-03-06 16:00", "2026-03-09 16:00"),
		(Status.OPEN, "III", "2026-03-02 09:00", "2026-03-06 17:00"),
		(Status.OPEN, "By agreement", "2026-03-02 12:00", "2026-03-09 12:00"),
		(Status.OPEN, None, "2026-03-02 12:00", "2026-03-09 12:00"),
		(Status.NEW, "I", "2026-03-07 12:00", "2026-03-09 11:00"),
		(Status.PARKED, "I", "2026-03-02 12:00", "2026-03-30 12:00"),
		(Status.PARKED, None, "2026-03-02 12:00", "2026-03-30 12:00"),
	],
)
def test_the_default_is_half_the_target_at_the_latest_five_days_and_twenty_while_parked(
	status, tier, begins, due
):
	rule = TIERS[tier] if tier else None
	assert default_due(status, rule, None, DESK, local(begins), TERMS) == local(due)


@pytest.mark.parametrize(
	("agreed", "due"),
	[
		(date(2026, 3, 4), "2026-03-04 17:00"),
		(date(2026, 3, 7), "2026-03-09 12:00"),
		(date(2026, 3, 1), "2026-03-02 17:00"),
		(date(2026, 2, 2), "2026-03-09 12:00"),
		(local("2026-03-03 10:30"), "2026-03-03 10:30"),
		(local("2026-03-02 11:00"), "2026-03-09 12:00"),
		(date(2026, 5, 4), "2026-03-09 12:00"),
	],
)
def test_by_agreement_it_is_not_after_the_date_agreed_unless_that_has_passed(agreed, due):
	begins = local("2026-03-02 12:00")
	assert default_due(Status.OPEN, TIERS["By agreement"], agreed, DESK, begins, TERMS) == local(due)


def test_another_tiers_default_does_not_look_at_an_agreed_date():
	begins = local("2026-03-02 12:00")
	agreed = date(2026, 3, 3)
	assert default_due(Status.OPEN, TIERS["III"], agreed, DESK, begins, TERMS) == local("2026-03-09 12:00")


def test_a_desk_that_never_opens_promises_nothing():
	closed = BusinessCalendar(ZONE, ((),) * 7)
	assert default_due(Status.NEW, TIERS["I"], None, closed, local("2026-03-02 12:00"), TERMS) is None
	assert warned_from(local("2026-03-02 12:00"), local("2026-03-03 12:00"), closed, TERMS) is None


def test_the_terms_are_the_administrators():
	terms = Terms(Fraction(1, 4), days(1), days(2))
	begins = local("2026-03-02 09:00")
	assert default_due(Status.OPEN, TIERS["I"], None, DESK, begins, terms) == local("2026-03-02 10:00")
	assert default_due(Status.OPEN, TIERS["III"], None, DESK, begins, terms) == local("2026-03-02 17:00")
	assert default_due(Status.PARKED, TIERS["I"], None, DESK, begins, terms) == local("2026-03-03 17:00")


@given(st.sampled_from(sorted(CARRYING)), tiers, calendars, moments)
def test_a_default_lies_ahead_on_the_minute_and_no_later_than_its_spans(status, tier, calendar, at):
	due = default_due(status, tier, None, calendar, at, TERMS)
	longest = calendar.add(at, TERMS.parked if status is Status.PARKED else TERMS.at_latest)
	assert at < due <= longest
	assert (due.second, due.microsecond) == (0, 0)
	if status is not Status.PARKED and tier and tier.target:
		assert due <= calendar.add(at, tier.target.share(TERMS.part))
	if status is Status.PARKED or not (tier and tier.target):
		assert longest - due < MINUTE


@pytest.mark.parametrize(
	("made", "due", "warned"),
	[
		("2026-03-02 09:00", "2026-03-06 17:00", "2026-03-06 15:00"),
		("2026-03-02 09:00", "2026-03-02 11:00", "2026-03-02 10:30"),
		("2026-03-02 09:00", "2026-03-03 11:00", "2026-03-03 09:00"),
		("2026-03-02 09:00", "2026-03-03 10:00", "2026-03-02 16:00"),
		("2026-03-06 09:00", "2026-03-09 10:00", "2026-03-06 16:00"),
		("2026-03-02 12:00", "2026-03-04 23:00", "2026-03-04 15:00"),
		("2026-03-02 18:00", "2026-03-02 21:00", None),
	],
)
def test_the_holder_is_warned_two_hours_before_or_a_quarter_of_a_shorter_span(made, due, warned):
	assert warned_from(local(made), local(due), DESK, TERMS) == (local(warned) if warned else None)


@given(calendars, moments, st.timedeltas(MINUTE, timedelta(days=60)))
def test_a_warning_comes_while_the_desk_is_open_and_before_the_promise_passes(calendar, made, length):
	due = made + length
	warned = warned_from(made, due, calendar, TERMS)
	if warned is None:
		assert not calendar.measure(made, due)
	else:
		assert made <= warned < due
		assert calendar.is_open(warned)
		left, span = calendar.measure(warned, due), calendar.measure(made, due)
		assert timedelta() < left <= min(TERMS.warn_before, span / 4) + timedelta(microseconds=1)


@pytest.mark.parametrize(
	("status", "has_promise", "happening", "expected"),
	[
		(Status.NEW, False, Happening(), Step(None, Begins.DEFAULT)),
		(Status.NEW, True, Happening(), Step()),
		(Status.OPEN, True, Happening(words=True), Step(State.KEPT, Begins.DEFAULT)),
		(Status.OPEN, True, Happening(made=True), Step(State.REPLACED, Begins.MADE)),
		(Status.OPEN, True, Happening(words=True, made=True), Step(State.KEPT, Begins.MADE)),
		(Status.OPEN, True, Happening(moved=True), Step(None, Begins.MOVED)),
		(Status.PARKED, True, Happening(moved=True), Step(None, Begins.MOVED)),
		(Status.PENDING, True, Happening(), Step(State.WITHDRAWN)),
		(Status.PENDING, True, Happening(words=True), Step(State.KEPT)),
		(Status.RESOLVED, True, Happening(), Step(State.WITHDRAWN)),
		(Status.RESOLVED, True, Happening(words=True), Step(State.KEPT)),
		(Status.CLOSED, True, Happening(), Step(State.WITHDRAWN)),
		(Status.PENDING, False, Happening(words=True), Step()),
		(Status.RESOLVED, False, Happening(made=True), Step()),
	],
)
def test_what_a_save_means_for_the_promise(status, has_promise, happening, expected):
	assert step(status, has_promise, happening) == expected


@given(st.lists(st.tuples(statuses, happenings), max_size=30))
def test_whatever_happens_a_ticket_carries_one_promise_exactly_while_it_is_our_move(course):
	has_promise, ended, begun = False, 0, 0
	for status, happening in course:
		decided = step(status, has_promise, happening)
		assert not decided.ends or has_promise
		assert not (decided.ends is None and has_promise and decided.begins in (Begins.DEFAULT, Begins.MADE))
		ended += decided.ends is not None
		begun += decided.begins in (Begins.DEFAULT, Begins.MADE)
		has_promise = begun > ended
		assert has_promise is (status in CARRYING)
		assert begun - ended in (0, 1)


@given(moments, st.timedeltas(-timedelta(days=9), timedelta(days=9)), st.sampled_from(list(State)))
def test_a_promise_that_had_passed_is_broken_whatever_comes_then(due, later, in_time):
	assert fate(due, due + later, in_time) is (State.BROKEN if later > timedelta() else in_time)


@given(moments, moments)
def test_a_default_is_only_moved_up_but_for_parking(due, fresh):
	assert moved_to(due, fresh, parked=False) == min(due, fresh)
	assert moved_to(due, fresh, parked=True) == fresh


@pytest.mark.parametrize(
	("away", "expected"),
	[
		({}, "ann"),
		({"ann": "bob"}, "bob"),
		({"ann": "bob", "bob": "cas"}, "cas"),
		({"ann": ""}, ""),
		({"ann": "bob", "bob": ""}, ""),
		({"ann": "bob", "bob": "ann"}, ""),
		({"ann": "ann"}, ""),
		({"bob": "ann"}, "ann"),
	],
)
def test_the_deputy_stands_in_and_the_deputys_deputy(away, expected):
	assert stand_in("ann", away) == expected


def test_the_rate_counts_only_what_was_kept_or_broken():
	assert kept_rate(3, 1) == Fraction(3, 4)
	assert kept_rate(0, 2) == 0
	assert kept_rate(0, 0) is None
