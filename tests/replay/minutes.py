"""A clock that steps through every minute: the same answers as the rules, found by the longest way round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from crm_support_ext.domain.lifecycle import Event, FollowUp, Status, decide
from crm_support_ext.domain.results import Refusal

UTC = timezone.utc
MINUTE = timedelta(minutes=1)
RUNNING = {Status.NEW, Status.OPEN}


class Hours:
	"""Open minutes from a day on. ``week`` has the hours of each weekday, Monday first: (from, to) in full hours."""

	def __init__(
		self, zone: str, week: Sequence[Sequence[tuple[int, int]]], first: datetime, days: int
	) -> None:
		self.zone, self.week, self.first = ZoneInfo(zone), week, first
		self.days: list[date | None] = []
		lengths: dict[date, int] = {}
		for number in range(days * 1440):
			local = (first + number * MINUTE).astimezone(self.zone)
			is_open = any(start <= local.hour < end for start, end in week[local.weekday()])
			self.days.append(local.date() if is_open else None)
			if is_open:
				lengths[local.date()] = lengths.get(local.date(), 0) + 1
		self.lengths = lengths

	def share(self, minute: int) -> Fraction:
		"""The part of its working day that a minute is; nothing if the desk is closed."""
		day = self.days[minute]
		return Fraction(1, self.lengths[day]) if day else Fraction()

	def number(self, at: datetime) -> int:
		"""The number of the minute that begins at a moment."""
		return (at - self.first) // MINUTE

	def moment(self, minute: Fraction) -> datetime:
		"""A moment by its minute, to the second, rounded up."""
		return self.first + timedelta(seconds=-(-minute * 60 // 1))

	def close_of(self, day: date) -> datetime:
		"""When the desk closes on a day, or on the next on which it opens."""
		while day not in self.lengths:
			day += timedelta(days=1)
		return self.first + max(n + 1 for n, other in enumerate(self.days) if other == day) * MINUTE

	@cached_property
	def policy(self) -> str:
		"""The same hours as a policy writes them."""
		names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
		lines = [f'timezone = "{self.zone.key}"', "[calendar]", 'holidays = { country = "" }']
		for name, intervals in zip(names, self.week, strict=True):
			written = ", ".join(f'"{opens:02}:00-{closes:02}:00"' for opens, closes in intervals)
			lines.append(f"{name} = [{written}]")
		return "\n".join(lines) + "\n"


class Promise(NamedTuple):
	"""What is promised: working hours or days, or nothing."""

	amount: int
	unit: str


class Happened(NamedTuple):
	"""A row of a log."""

	at: datetime
	event: str
	tier: str = ""
	date: str = ""
	party: str = ""
	chosen: str = ""


@dataclass
class Link:
	"""A ticket of a chain, minute by minute since it was created."""

	hours: Hours
	created: datetime
	tier: str
	status: Status = Status.NEW
	away: set[str] = field(default_factory=set)
	workaround: tuple[int, datetime] | None = None
	solution: tuple[int, datetime] | None = None
	resolved_at: datetime | None = None
	agreed: str = ""
	replied: datetime | None = None
	closed: datetime | None = None
	ran: list[bool] = field(default_factory=list)
	fix_ran: list[bool] = field(default_factory=list)
	going: datetime | None = None
	order: int = 0

	def step_to(self, at: datetime) -> None:
		"""Let minute after minute pass; the timer closes 48 hours after the answer."""
		now = self.created + len(self.ran) * MINUTE
		while now < at or (now == at and self._closes(now)):
			if self._closes(now):
				self.status, self.closed = Status.CLOSED, now
				continue
			rests = self.status not in RUNNING or bool(self.away)
			self.ran.append(not rests and not self.workaround)
			self.fix_ran.append(not rests)
			now += MINUTE
			self._note_going(now)

	def _closes(self, now: datetime) -> bool:
		return self.status is Status.RESOLVED and now - (self.resolved_at or now) >= timedelta(hours=48)

	def _note_going(self, now: datetime) -> None:
		"""Keep the last moment at which the promise clock was not stopped, be it running or resting."""
		if not self.workaround and self.status not in (Status.RESOLVED, Status.CLOSED):
			self.going = now

	def happen(self, row: Happened) -> None:
		"""Take in a row that is not refused."""
		outcome = decide(self.status, Event(row.event))
		if isinstance(outcome, Refusal | FollowUp):
			return
		self.order += 1
		if outcome is not self.status:
			if outcome is not Status.CLOSED:
				self.solution = (self.order, row.at) if outcome is Status.RESOLVED else None
			self.resolved_at = row.at if outcome is Status.RESOLVED else self.resolved_at
			self.closed = row.at if outcome is Status.CLOSED else None
			self.status = outcome
		if row.event in ("replied", "asked", "resolved"):
			self.replied = self.replied or row.at
		elif row.event == "workaround_given":
			self.workaround = self.workaround or (self.order, row.at)
		elif row.event == "workaround_failed":
			self.workaround = None
		elif row.event == "escalated" and row.chosen == "1":
			self.away.add(row.party)
		elif row.event == "returned":
			self.away = self.away - {row.party} if row.party else set()
		elif row.event == "tier_set":
			self.tier = row.tier
		elif row.event == "agreed":
			self.agreed = row.date
		self._note_going(row.at)


def answer(link: Link, end: datetime, promises: dict[str, tuple[Promise | None, Promise | None]]) -> Any:
	"""What the contract says of a ticket at the end of the log."""
	if link.closed and not link.solution:
		end = link.closed
	start, hours = link.hours.number(link.created), link.hours
	minutes = (end - link.created) // MINUTE
	ran = [start + n for n, runs in enumerate(link.ran[:minutes]) if runs]
	fix = [start + n for n, runs in enumerate(link.fix_ran[:minutes]) if runs]
	stop = min(
		filter(None, (_named(link.workaround, "workaround"), _named(link.solution, "solution"))), default=None
	)
	response, target = promises.get(link.tier, (None, None))
	due = _due(hours, ran, hours.number(min(link.going or link.created, end)), target) if target else None
	counted = _count(hours, ran, target.unit) if target else Fraction()
	met = counted <= target.amount if target else None
	if link.tier == "By agreement" and link.agreed:
		agreed = _agreed(hours, link.agreed)
		due, met = Fraction(hours.number(agreed)), (stop[1] if stop else end) <= agreed
	until_reply = range(start, start + ((link.replied or end) - link.created) // MINUTE)
	answered = _count(hours, until_reply, response.unit) <= response.amount if response else None
	return {
		"response_due": response
		and hours.moment(_due(hours, range(start, len(hours.days)), start, response)),
		"response_at": link.replied,
		"response_met": answered if link.replied or answered is False else None,
		"due": due if due is None else hours.moment(due),
		"met": met if due is not None and (stop or not met) else None,
		"stopped_at": stop and stop[1],
		"stopped_by": stop and stop[2],
		"counted_seconds": 60 * int(_count(hours, ran, "minute")),
		"counted_days": _count(hours, ran, "day"),
		"fix_at": link.solution and link.solution[1],
		"fix_seconds": 60 * int(_count(hours, fix, "minute")),
	}


def _named(stop: tuple[int, datetime] | None, by: str) -> tuple[int, datetime, str] | None:
	return (*stop, by) if stop else None


def _weight(hours: Hours, minute: int, unit: str) -> Fraction:
	share = hours.share(minute)
	return share if unit == "day" else Fraction(bool(share)) / (60 if unit == "hour" else 1)


def _count(hours: Hours, minutes: Sequence[int] | range, unit: str) -> Fraction:
	return sum((_weight(hours, minute, unit) for minute in minutes), Fraction())


def _due(hours: Hours, ran: Sequence[int] | range, then: int, promise: Promise) -> Fraction:
	"""The moment by which the amount is reached: in the minutes that ran, or else in those that come then."""
	left = Fraction(promise.amount)
	for minute in _chained(ran, range(then, len(hours.days))):
		weight = _weight(hours, minute, promise.unit)
		if weight and weight >= left:
			return minute + left / weight
		left -= weight
	raise AssertionError("the hours end too early")


def _chained(first: Sequence[int] | range, then: range) -> Iterator[int]:
	yield from first
	yield from then


def _agreed(hours: Hours, text: str) -> datetime:
	if len(text) == 10:
		return hours.close_of(date.fromisoformat(text))
	return datetime.combine(
		date.fromisoformat(text[:10]), time.fromisoformat(text[11:]), hours.zone
	).astimezone(UTC)


def chain(hours: Hours, rows: Sequence[Happened], end: datetime) -> list[Link]:
	"""A ticket and its follow-ups."""
	links = [Link(hours, rows[0].at, rows[0].tier)]
	for row in rows:
		link = links[-1]
		link.step_to(row.at)
		if row.event == "created":
			continue
		if decide(link.status, Event(row.event)) is FollowUp.NEEDED:
			links.append(Link(hours, row.at, link.tier))
		else:
			link.happen(row)
	for link in links:
		link.step_to(end)
	return links
