"""Warnings: who runs out of time hears so at 50, 75 and 100 % of a target, in time to act and not more than once.

Rule: domain.md section 2. Warnings go as one digest per agent, at once only in a tier that asks for it, and never
outside of working hours unless the contract says so: then the calendar given here is one that never closes. What
goes at once wants an acknowledgement; without one the team's manager is told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from crm_support_ext.domain.business_calendar import BusinessCalendar, days
from crm_support_ext.domain.course import SOLVED, Course
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.targets import due_at, figures, response_due

THRESHOLDS = (50, 75, 100)
"""At how many per cent of a target somebody is warned."""

LINK_LASTS = timedelta(days=3)
"""For how long the link in a warning acknowledges it."""

_NEVER = datetime.max.replace(tzinfo=timezone.utc)
_MOST = 999


class ClockName(str, Enum):
	"""The clocks that somebody is warned of; the fix clock is the desk's own affair."""

	RESPONSE = "response"
	TARGET = "target"


class Warned(NamedTuple):
	"""The highest percentage of each clock that was warned of already."""

	response: int = 0
	target: int = 0

	def of(self, clock: ClockName) -> int:
		"""That of one clock."""
		return self.response if clock is ClockName.RESPONSE else self.target


class Reached(NamedTuple):
	"""A threshold that a running clock has reached: which, and when."""

	clock: ClockName
	percent: int
	at: datetime


def reached(course: Course, calendar: BusinessCalendar, now: datetime, warned: Warned) -> list[Reached]:
	"""What is to be warned of now: of each running clock the highest threshold that is new."""
	found = []
	for clock in running(course, calendar, now):
		for percent in reversed(_new(clock, warned)):
			at = moment_of(course, calendar, now, clock, percent)
			if at is not None and at <= now:
				found.append(Reached(clock, percent, at))
				break
	return found


def next_at(course: Course, calendar: BusinessCalendar, now: datetime, warned: Warned) -> datetime | None:
	"""When a running clock reaches, or has reached, the first threshold that is new; None if none does."""
	moments = [
		moment_of(course, calendar, now, clock, percent)
		for clock in running(course, calendar, now)
		for percent in _new(clock, warned)[:1]
	]
	return min((at for at in moments if at is not None), default=None)


def running(course: Course, calendar: BusinessCalendar, now: datetime) -> list[ClockName]:
	"""The clocks that count. The first response's stops at the first words to the customer and never rests."""
	clocks = []
	if course.first_reply is None and course.turns[-1].status not in SOLVED:
		clocks.append(ClockName.RESPONSE)
	if figures(course, calendar, now).target.clock.runs:
		clocks.append(ClockName.TARGET)
	return clocks


def moment_of(
	course: Course, calendar: BusinessCalendar, now: datetime, clock: ClockName, percent: int
) -> datetime | None:
	"""When so much of a running clock is used up; None if it has no target."""
	part = Fraction(percent, 100)
	if clock is ClockName.RESPONSE:
		return response_due(course, calendar, part)
	return due_at(course, calendar, now, part)


def used(course: Course, calendar: BusinessCalendar, now: datetime, clock: ClockName) -> int:
	"""How many per cent of a running clock are used up, down to a whole one; at most 999."""

	def moment(percent: int) -> datetime:
		return moment_of(course, calendar, now, clock, percent) or _NEVER

	return bisect_right(range(1, _MOST + 1), now, key=moment)


def _new(clock: ClockName, warned: Warned) -> list[int]:
	return [percent for percent in THRESHOLDS if percent > warned.of(clock)]


@dataclass(frozen=True)
class Rhythm:
	"""What an administrator chooses: at most one digest in so long, the manager after so long."""

	digest_every: timedelta = timedelta(minutes=120)
	manager_after: timedelta = timedelta(minutes=15)

	def digest_goes(self, calendar: BusinessCalendar, last: datetime | None, now: datetime) -> bool:
		"""Whether a digest may go: in working hours, as the first of the day or long enough after the last."""
		if not calendar.is_open(now):
			return False
		return last is None or last + self.digest_every <= now or last < _opening(calendar, now)

	def manager_at(self, calendar: BusinessCalendar, told_at: datetime) -> datetime | None:
		"""When the manager is told of what nobody acknowledged: in clock time, but not before the desk is open."""
		at = calendar.add(told_at + self.manager_after, days(0))
		return None if isinstance(at, Refusal) else at


def _opening(calendar: BusinessCalendar, now: datetime) -> datetime:
	"""When the desk opened on the day of this moment, at which it is open."""
	midnight = datetime.combine(now.astimezone(calendar.zone).date(), time(), calendar.zone)
	opening = calendar.add(midnight.astimezone(timezone.utc), days(0))
	return now if isinstance(opening, Refusal) else opening


def link_works(told_at: datetime, now: datetime) -> bool:
	"""Whether the link of a warning that was told then still acknowledges it."""
	return now < told_at + LINK_LASTS


_SMS_LENGTH = 160
_GSM = frozenset(
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
	"¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("\f^{}\\[~]|€")
"""What costs two characters in an SMS; what is in neither set makes it one of 70 (GSM 03.38)."""


def fits_one_sms(text: str) -> bool:
	"""Whether a text is sent as one SMS."""
	length = sum(1 if character in _GSM else 2 for character in text)
	return length <= _SMS_LENGTH and all(character in _GSM or character in _GSM_DOUBLE for character in text)


def as_one_sms(texts: Sequence[str]) -> str:
	"""The first of these texts that fits into one SMS; the last one is cut if none does.

	A character that would make the SMS a short one is replaced.
	"""
	plain = ["".join(c if c in _GSM or c in _GSM_DOUBLE else "?" for c in text) for text in texts]
	for text in plain:
		if fits_one_sms(text):
			return text
	return "".join(c for c in plain[-1] if c in _GSM)[:_SMS_LENGTH]
