"""The receipt of the promise clock: every interval of a ticket's course, and why it was counted or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from crm_support_ext.domain.business_calendar import BusinessCalendar
from crm_support_ext.domain.course import SOLVED, Course, Turn, counted_until, promise_rests, stretches
from crm_support_ext.domain.lifecycle import Status


class Why(str, Enum):
	"""Why an interval of a ticket's course was counted, or not."""

	COUNTED = "counted"
	OUTSIDE_HOURS = "outside working hours"
	CUSTOMER = "waiting for the customer"
	PRODUCT = "waiting for the product"
	THIRD_PARTY = "waiting for a third party the customer chose"
	WORKAROUND = "a workaround stands"
	SOLVED = "answered"


class Line(NamedTuple):
	"""A line of a receipt: an interval, and why it was counted or not. ``days`` is its share of a working day."""

	start: datetime
	end: datetime
	why: Why
	counted: timedelta = timedelta()
	days: Fraction = Fraction()


def receipt(course: Course, calendar: BusinessCalendar, now: datetime) -> Iterator[Line]:
	"""The promise clock, interval by interval, without a gap; what was counted adds up to the figure shown."""
	for turn, finish in stretches(course.turns, counted_until(course.turns, now)):
		if promise_rests(turn):
			yield Line(turn.at, finish, _why(turn))
			continue
		at = turn.at
		for opens, closes in calendar.open_intervals(turn.at, finish):
			if at < opens:
				yield Line(at, opens, Why.OUTSIDE_HOURS)
			share = calendar.measure_days(opens, closes)
			yield Line(opens, closes, Why.COUNTED, closes - opens, share)
			at = closes
		if at < finish:
			yield Line(at, finish, Why.OUTSIDE_HOURS)


def _why(turn: Turn) -> Why:
	if turn.status in SOLVED:
		return Why.SOLVED
	if turn.workaround:
		return Why.WORKAROUND
	if turn.status is Status.PENDING:
		return Why.CUSTOMER
	return Why.PRODUCT if turn.status is Status.PARKED else Why.THIRD_PARTY
