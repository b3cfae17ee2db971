"""Tiers and targets: what is promised for a ticket, and the clocks that say whether it was kept.

Rule: domain.md section 2; the tiers and their targets are those of seeds/001, "blocking" is seeds/003, the first
response's targets are ours. Two clocks run from creation. The promise clock stops at the first of workaround and
solution; the fix clock runs on to the solution. Both rest while the ticket waits for the customer, for a change
to the software, or for a third party that the customer chose. The first response's clock never rests.

A ticket is seen as its ``Course``: the conditions that it went through. Every figure is derived from it, so that a
change of calendar or tier is a matter of asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from crm_support_ext.domain.business_calendar import BusinessCalendar, Span, Unit, days, hours
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.results import Refusal

_US = timedelta(microseconds=1)

BY_AGREEMENT = "By agreement"
"""The tier whose target is a date that was agreed with the customer; none until there is one."""


@dataclass(frozen=True)
class Tier:
	"""A priority class: by when the customer hears from us, and by when there is a solution or a workaround.

	None stands for no target.
	"""

	name: str
	response: Span | None = None
	target: Span | None = None


TIERS: Mapping[str, Tier] = {
	tier.name: tier
	for tier in (
		Tier("I", hours(1), hours(4)),
		Tier("II", hours(4), days(2)),
		Tier("III", days(1), days(20)),
		Tier(BY_AGREEMENT, days(1), None),
	)
}
"""The default tiers, most urgent first."""


def tier_by_answers(*, can_go_on: bool, way_around: bool) -> str:
	"""The tier that the two questions give: can you go on with your work, is there a way around it?

	Blocked without a way around is tier I (seeds/003); one of the two is tier II, neither tier III (ours).
	"""
	return {0: "I", 1: "II", 2: "III"}[can_go_on + way_around]


class Turn(NamedTuple):
	"""A turn in the course of a ticket: its condition from a moment on.

	``away``: it waits on a third party that the customer chose; ``workaround``: one was given and stands.
	"""

	at: datetime
	status: Status
	away: bool = False
	workaround: bool = False


@dataclass(frozen=True)
class Course:
	"""What a ticket's figures depend on. ``turns``, oldest first, begin with its creation.

	``agreed`` is the date or moment agreed with the customer; ``first_reply`` when they first had words from us.
	"""

	turns: Sequence[Turn]
	tier: Tier | None = None
	agreed: date | datetime | None = None
	first_reply: datetime | None = None


class StoppedBy(str, Enum):
	"""What stopped the promise clock."""

	WORKAROUND = "workaround"
	SOLUTION = "solution"


class Stop(NamedTuple):
	"""When a clock stopped, and by what."""

	at: datetime
	by: StoppedBy


@dataclass(frozen=True)
class Response:
	"""The first response: by when it is due, when it came, and whether it was in time.

	``met`` is None while it is neither given nor late.
	"""

	due: datetime | None
	at: datetime | None
	met: bool | None


@dataclass(frozen=True)
class Clock:
	"""What a clock shows: the working time counted so far, in both units; ``runs``: it is counting."""

	counted: timedelta
	counted_days: Fraction
	runs: bool
	stop: Stop | None


@dataclass(frozen=True)
class Target:
	"""The promised solution or workaround: by when it is due, what its clock shows, and whether it was kept.

	``due`` stays at its last value when the clock stops; while it rests, it is counted as if it went on at once.
	``met`` is None while the target is open and not yet late, and where there is none.
	"""

	due: datetime | None
	clock: Clock
	met: bool | None


@dataclass(frozen=True)
class Figures:
	"""All that is known of a ticket's targets at a moment."""

	response: Response
	target: Target
	fix: Clock


def figures(course: Course, calendar: BusinessCalendar, now: datetime) -> Figures:
	"""Count everything up to ``now``, which is not before the last turn."""
	end = _end(course.turns, now)
	promise = _clock(course.turns, calendar, end, _promise_rests, _promise_stop(course.turns))
	return Figures(
		response=_response(course, calendar, end),
		target=_target(course, calendar, end, promise),
		fix=_clock(course.turns, calendar, end, _fix_rests, _solution(course.turns)),
	)


def due_at(course: Course, calendar: BusinessCalendar, now: datetime, part: Fraction) -> datetime | None:
	"""When this part of the target is used up, with the pauses known by now; None if there is no target."""
	tier = course.tier
	if tier is None:
		return None
	if tier.target is None and course.agreed is not None:
		return _part_of_agreed(course, calendar, part)
	share = Tier(tier.name, tier.response, tier.target and tier.target.share(part))
	return figures(Course(course.turns, share), calendar, now).target.due


def response_due(course: Course, calendar: BusinessCalendar, part: Fraction = Fraction(1)) -> datetime | None:
	"""When this part of the time for the first response is used up; None if there is no such target."""
	if course.tier is None or course.tier.response is None:
		return None
	return _or_none(calendar.add(course.turns[0].at, course.tier.response.share(part)))


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
	for turn, finish in _stretches(course.turns, _end(course.turns, now)):
		if _promise_rests(turn):
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


_RUNNING = frozenset({Status.NEW, Status.OPEN})
_SOLVED = frozenset({Status.RESOLVED, Status.CLOSED})


def _fix_rests(turn: Turn) -> bool:
	return turn.away or turn.status not in _RUNNING


def _promise_rests(turn: Turn) -> bool:
	return turn.workaround or _fix_rests(turn)


def _is_stopped(turn: Turn) -> bool:
	return turn.workaround or turn.status in _SOLVED


def _why(turn: Turn) -> Why:
	if turn.status in _SOLVED:
		return Why.SOLVED
	if turn.workaround:
		return Why.WORKAROUND
	if turn.status is Status.PENDING:
		return Why.CUSTOMER
	return Why.PRODUCT if turn.status is Status.PARKED else Why.THIRD_PARTY


def _stretches(turns: Sequence[Turn], end: datetime) -> Iterator[tuple[Turn, datetime]]:
	"""Each turn with its end, up to ``end``; those that took no time are left out."""
	for number, turn in enumerate(turns):
		finish = min(turns[number + 1].at if number + 1 < len(turns) else end, end)
		if turn.at < finish:
			yield turn, finish


def _solution(turns: Sequence[Turn]) -> Stop | None:
	"""The entry into the resolution in which the ticket rests, or from which it closed."""
	solution: Stop | None = None
	before: Turn | None = None
	for turn in turns:
		if turn.status not in _SOLVED:
			solution = None
		elif turn.status is Status.RESOLVED and (before is None or before.status is not Status.RESOLVED):
			solution = Stop(turn.at, StoppedBy.SOLUTION)
		before = turn
	return solution


def _workaround(turns: Sequence[Turn]) -> Stop | None:
	"""When the workaround that stands was given."""
	given: datetime | None = None
	for turn in turns:
		given = (given or turn.at) if turn.workaround else None
	return Stop(given, StoppedBy.WORKAROUND) if given else None


def _promise_stop(turns: Sequence[Turn]) -> Stop | None:
	"""The first of workaround and solution, of those that hold."""
	stops = [stop for stop in (_workaround(turns), _solution(turns)) if stop]
	return min(stops, key=_at, default=None)


def _at(stop: Stop) -> datetime:
	return stop.at


def _end(turns: Sequence[Turn], now: datetime) -> datetime:
	"""Up to when is counted: a ticket that closes without a solution ends all clocks."""
	last = turns[-1]
	return last.at if last.status is Status.CLOSED and _solution(turns) is None else now


def _clock(
	turns: Sequence[Turn],
	calendar: BusinessCalendar,
	end: datetime,
	rests: Callable[[Turn], bool],
	stop: Stop | None,
) -> Clock:
	counted, counted_days = timedelta(), Fraction()
	for turn, finish in _stretches(turns, end):
		if not rests(turn):
			counted += calendar.measure(turn.at, finish)
			counted_days += calendar.measure_days(turn.at, finish)
	return Clock(counted, counted_days, not rests(turns[-1]), stop)


def _response(course: Course, calendar: BusinessCalendar, end: datetime) -> Response:
	due, at = response_due(course, calendar), course.first_reply
	if due is None or course.tier is None or course.tier.response is None:
		return Response(None, at, None)
	span, created = course.tier.response, course.turns[0].at
	in_time = calendar.measure_in(span.unit, created, at or end) <= span.amount
	return Response(due, at, in_time if at or not in_time else None)


def _target(course: Course, calendar: BusinessCalendar, end: datetime, clock: Clock) -> Target:
	span = course.tier.target if course.tier else None
	if span is not None:
		due = _due(course.turns, calendar, span, end)
		counted = (
			clock.counted_days if span.unit is Unit.DAY else Fraction(clock.counted // _US, 3_600_000_000)
		)
		in_time = counted <= span.amount
	else:
		due = _agreed(course, calendar)
		in_time = due is None or (clock.stop.at if clock.stop else end) <= due
	decided = due is not None and (clock.stop is not None or not in_time)
	return Target(due, clock, in_time if decided else None)


def _due(turns: Sequence[Turn], calendar: BusinessCalendar, span: Span, end: datetime) -> datetime | None:
	left, due, until = span.amount, None, None
	for turn, finish in _stretches(turns, end):
		if _promise_rests(turn):
			continue
		due, until = _or_none(calendar.add(turn.at, Span(left, span.unit))), finish
		if due is None or due <= finish:
			return due
		left -= calendar.measure_in(span.unit, turn.at, finish)
	goes_on = _stopped_since(turns) or end
	if until == goes_on:
		return due
	return _or_none(calendar.add(goes_on, Span(left, span.unit)))


def _stopped_since(turns: Sequence[Turn]) -> datetime | None:
	"""Since when the promise clock has stood still without a break, for a workaround, a solution, or both in turn."""
	since: datetime | None = None
	for turn in turns:
		since = (since or turn.at) if _is_stopped(turn) else None
	return since


def _agreed(course: Course, calendar: BusinessCalendar) -> datetime | None:
	"""The moment agreed; a date means the close of that working day, or of the next one."""
	if course.tier is None or course.agreed is None:
		return None
	if isinstance(course.agreed, datetime):
		return course.agreed
	return _or_none(calendar.close_of(course.agreed))


def _part_of_agreed(course: Course, calendar: BusinessCalendar, part: Fraction) -> datetime | None:
	due, created = _agreed(course, calendar), course.turns[0].at
	if due is None or part == 1:
		return due
	return _or_none(calendar.add(created, days(calendar.measure_days(created, due) * part)))


def _or_none(answer: datetime | Refusal) -> datetime | None:
	"""A target that the calendar never reaches is none."""
	return None if isinstance(answer, Refusal) else answer
