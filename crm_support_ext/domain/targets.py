"""Targets: the clocks that say by when a ticket is due, and whether what was promised was kept.

Rule: domain.md section 2. The first response's clock never rests; the promise clock and the fix clock rest and stop
as course.py says. Every figure is derived from the ticket's ``Course``, so that a change of calendar or tier is a
matter of asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from crm_support_ext.domain.business_calendar import BusinessCalendar, Span, Unit, as_hours, days
from crm_support_ext.domain.course import (
	Course,
	Stop,
	Turn,
	counted_until,
	fix_rests,
	fix_stop,
	is_stopped,
	promise_rests,
	promise_stop,
	stopped_since,
	stretches,
)
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tiers import BY_AGREEMENT, Tier


@dataclass(frozen=True, slots=True)
class Response:
	"""The first response: by when it is due, when it came, and whether it was in time.

	``met`` is None while it is neither given nor late.
	"""

	due: datetime | None
	at: datetime | None
	met: bool | None


@dataclass(frozen=True, slots=True)
class Clock:
	"""What a clock shows: the working time counted so far, in both units; ``runs``: it is counting."""

	counted: timedelta
	counted_days: Fraction
	runs: bool
	stop: Stop | None

	def counted_in(self, unit: Unit) -> Fraction:
		"""What was counted so far, in this unit."""
		return _in(unit, self.counted, self.counted_days)


@dataclass(frozen=True, slots=True)
class Target:
	"""The promised solution or workaround: by when it is due, what its clock shows, and whether it was kept.

	``due`` stays at its last value when the clock stops; while it rests, it is counted as if it went on at once.
	``met`` is None while the target is open and not yet late, and where there is none.
	"""

	due: datetime | None
	clock: Clock
	met: bool | None


@dataclass(frozen=True, slots=True)
class Figures:
	"""All that is known of a ticket's targets at a moment."""

	response: Response
	target: Target
	fix: Clock


def figures(course: Course, calendar: BusinessCalendar, now: datetime) -> Figures:
	"""Count everything up to ``now``, which is not before the last turn."""
	turns = course.turns
	end = counted_until(turns, now)
	runs = _runs(turns, calendar, end, promise_rests)
	promise = _clock(runs, not promise_rests(turns[-1]), promise_stop(turns))
	fix_runs = _runs(turns, calendar, end, fix_rests) if any(turn.workaround for turn in turns) else runs
	return Figures(
		response=_response(course, calendar, end),
		target=_target(course, calendar, end, runs, promise),
		fix=_clock(fix_runs, not fix_rests(turns[-1]), fix_stop(turns)),
	)


def paused(course: Course, calendar: BusinessCalendar, now: datetime) -> timedelta:
	"""The working time in which the promise clock rested, waiting for somebody else."""
	turns = course.turns
	rested = (
		calendar.measure(turn.at, finish)
		for turn, finish in stretches(turns, counted_until(turns, now))
		if promise_rests(turn) and not is_stopped(turn)
	)
	return sum(rested, timedelta())


def due_at(course: Course, calendar: BusinessCalendar, now: datetime, part: Fraction) -> datetime | None:
	"""When this part of the target is used up, with the pauses known by now; None if there is no target."""
	tier = course.tier
	if tier is None:
		return None
	if _is_agreed(course):
		return _part_of_agreed(course, calendar, part)
	share = Tier(tier.name, tier.response, tier.target and tier.target.share(part))
	return figures(Course(course.turns, share), calendar, now).target.due


def response_due(course: Course, calendar: BusinessCalendar, part: Fraction = Fraction(1)) -> datetime | None:
	"""When this part of the time for the first response is used up; None if there is no such target."""
	if course.tier is None or course.tier.response is None:
		return None
	span = course.tier.response if part == 1 else course.tier.response.share(part)
	return _or_none(calendar.add(course.turns[0].at, span))


def late_by(course: Course, calendar: BusinessCalendar, target: Target, now: datetime) -> Span | None:
	"""By how much working time a target was missed, by now or by the stop; None if it was not."""
	if target.met is not False or target.due is None or course.tier is None:
		return None
	span, clock = course.tier.target, target.clock
	if span is not None and not _is_agreed(course):
		return Span(clock.counted_in(span.unit) - span.amount, span.unit)
	came = clock.stop.at if clock.stop else counted_until(course.turns, now)
	return days(calendar.measure_days(target.due, came))


class _Run(NamedTuple):
	"""A stretch in which a clock ran, and what it counted in it."""

	start: datetime
	counted: timedelta
	counted_days: Fraction


def _runs(
	turns: Sequence[Turn], calendar: BusinessCalendar, end: datetime, rests: Callable[[Turn], bool]
) -> list[_Run]:
	"""The stretches in which a clock ran; those that touch are one."""
	ran: list[tuple[datetime, datetime]] = []
	for turn, finish in stretches(turns, end):
		if not rests(turn):
			start = ran.pop()[0] if ran and ran[-1][1] == turn.at else turn.at
			ran.append((start, finish))
	return [
		_Run(start, calendar.measure(start, finish), calendar.measure_days(start, finish))
		for start, finish in ran
	]


def _in(unit: Unit, counted: timedelta, counted_days: Fraction) -> Fraction:
	return counted_days if unit is Unit.DAY else as_hours(counted)


def _clock(runs: Sequence[_Run], is_running: bool, stop: Stop | None) -> Clock:
	counted, counted_days = (runs[0].counted, runs[0].counted_days) if runs else (timedelta(), Fraction())
	for run in runs[1:]:
		counted += run.counted
		counted_days += run.counted_days
	return Clock(counted, counted_days, is_running, stop)


def _response(course: Course, calendar: BusinessCalendar, end: datetime) -> Response:
	due, at = response_due(course, calendar), course.first_reply
	if due is None:
		return Response(None, at, None)
	in_time = not calendar.measure(due, at or end)
	return Response(due, at, in_time if at or not in_time else None)


def _target(
	course: Course, calendar: BusinessCalendar, end: datetime, runs: Sequence[_Run], clock: Clock
) -> Target:
	span = course.tier.target if course.tier else None
	if _is_agreed(course):
		due = _agreed(course, calendar)
		in_time = due is None or (clock.stop.at if clock.stop else end) <= due
	elif span is not None:
		due = _due(course.turns, calendar, span, runs, end)
		in_time = clock.counted_in(span.unit) <= span.amount
	else:
		return Target(None, clock, None)
	decided = due is not None and (clock.stop is not None or not in_time)
	return Target(due, clock, in_time if decided else None)


def _due(
	turns: Sequence[Turn], calendar: BusinessCalendar, span: Span, runs: Sequence[_Run], end: datetime
) -> datetime | None:
	left = span.amount
	for run in runs:
		counted = _in(span.unit, run.counted, run.counted_days)
		if counted >= left:
			return _or_none(calendar.add(run.start, Span(left, span.unit)))
		left -= counted
	return _or_none(calendar.add(stopped_since(turns) or end, Span(left, span.unit)))


def _is_agreed(course: Course) -> bool:
	"""Whether the target is a date that was agreed, not an amount of working time."""
	return course.tier is not None and course.tier.name == BY_AGREEMENT and course.agreed is not None


def _agreed(course: Course, calendar: BusinessCalendar) -> datetime | None:
	"""The moment agreed; a date means the close of that working day, or of the next one."""
	if isinstance(course.agreed, datetime):
		return course.agreed
	return _or_none(calendar.close_of(course.agreed)) if course.agreed else None


def _part_of_agreed(course: Course, calendar: BusinessCalendar, part: Fraction) -> datetime | None:
	due, created = _agreed(course, calendar), course.turns[0].at
	if due is None or part == 1:
		return due
	return _or_none(calendar.add(created, days(calendar.measure_days(created, due) * part)))


def _or_none(answer: datetime | Refusal) -> datetime | None:
	"""A target that the calendar never reaches is none."""
	return None if isinstance(answer, Refusal) else answer
