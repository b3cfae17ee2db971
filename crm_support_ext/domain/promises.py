"""Promises: by when the customer hears from us again, and what became of it.

Rule: domain.md section 3; "you hear from us again before a time" is that of seeds/000 and 004. Every ticket that
does not wait on its customer carries one promise. It begins as a default and a person may make another. It ends

- kept, when the customer has words from us before it passes: a reply, not a change of status;
- broken, when it passes;
- replaced, when a person makes another one before it passed and says nothing to the customer (ours): nobody was
  told, so it counts for neither side; with words it was kept;
- withdrawn, when the ticket comes to wait on the customer or is answered without words in the same act.

After words, and after a breach (ours), a new default begins, so that no ticket is ever without one. A default, unlike
a person's promise, follows what it was reckoned from (ours): parking gives it the time of a parked ticket, and
another tier or date, or the end of the parking, moves it up if that gives an earlier time, and never puts it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction

from crm_support_ext.domain.business_calendar import BusinessCalendar, Span, as_hours, days, hours
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tiers import BY_AGREEMENT, Tier

_AT_LATEST, _PARKED = days(5), days(20)


class State(str, Enum):
	"""What became of a promise. The values are those of the field on Ticket Promise."""

	OPEN = "Open"
	KEPT = "Kept"
	BROKEN = "Broken"
	WITHDRAWN = "Withdrawn"
	REPLACED = "Replaced"


@dataclass(frozen=True)
class Terms:
	"""How long the defaults are, and how long before its end the holder of a promise is warned.

	``part`` is the share of the tier's target after which the customer hears from us, ``at_latest`` and ``parked`` are
	the longest defaults. The warning comes a quarter of the span before the end, but not earlier than ``warn_before``.
	"""

	part: Fraction = Fraction(1, 2)
	at_latest: Span = _AT_LATEST
	parked: Span = _PARKED
	warn_before: timedelta = timedelta(hours=2)


CARRYING = frozenset({Status.NEW, Status.OPEN, Status.PARKED})
"""The statuses in which a ticket does not wait on its customer, and is not answered."""


def default_due(
	status: Status,
	tier: Tier | None,
	agreed: date | datetime | None,
	calendar: BusinessCalendar,
	at: datetime,
	terms: Terms,
) -> datetime | None:
	"""When a default promise that begins now is due, on the minute; None if the desk never opens.

	``agreed`` is the date or moment agreed with the customer: a ticket by agreement is promised no later time.
	"""
	spans = [terms.parked if status is Status.PARKED else terms.at_latest]
	if tier and tier.target and status is not Status.PARKED:
		spans.append(tier.target.share(terms.part))
	dues = [calendar.add(at, span) for span in spans]
	if agreed is not None and (tier is None or tier.target is None or tier.name == BY_AGREEMENT):
		dues.append(agreed if isinstance(agreed, datetime) else calendar.close_of(agreed))
	reached = [due for due in dues if not isinstance(due, Refusal) and due > at]
	return _on_the_minute(min(reached), at) if reached else None


def _on_the_minute(due: datetime, at: datetime) -> datetime:
	"""What the customer reads is what counts."""
	minute = due.replace(second=0, microsecond=0)
	return minute if minute > at else due


def warned_from(
	made_at: datetime, due: datetime, calendar: BusinessCalendar, terms: Terms
) -> datetime | None:
	"""When the holder is warned, inside working hours; None if there are none before the promise passes."""
	span = calendar.measure(made_at, due)
	if not span:
		return None
	until = span - min(terms.warn_before, span / 4)
	reached = calendar.add(made_at, hours(as_hours(until)))
	# what is up at closing time is told at the next opening
	opening = reached if isinstance(reached, Refusal) else calendar.add(reached, days(0))
	return None if isinstance(opening, Refusal) else opening


@dataclass(frozen=True)
class Happening:
	"""What a save of a ticket says about its promise.

	``words``: the customer has words from us; ``made``: a person makes a promise; ``moved``: what a default is
	reckoned from is another.
	"""

	words: bool = False
	made: bool = False
	moved: bool = False


def refuses(due: datetime, now: datetime) -> Refusal | None:
	"""Why nothing can be promised for this time: ``has_passed`` (fact ``due``); None if it can."""
	return Refusal("has_passed", {"due": due}) if due <= now else None


class Begins(Enum):
	"""What a save begins."""

	NOTHING = "nothing"
	DEFAULT = "a default"
	MADE = "the promise that a person makes"
	MOVED = "another time for the default, if it is one"


@dataclass(frozen=True)
class Step:
	"""How the present promise ends if it has not passed, None: it stays; and what begins."""

	ends: State | None = None
	begins: Begins = Begins.NOTHING


def step(status: Status, has_promise: bool, happening: Happening) -> Step:
	"""What a save that leaves the ticket in this status means for its promise."""
	ends = _ends(status, happening) if has_promise else None
	if status not in CARRYING:
		return Step(ends)
	if happening.made:
		return Step(ends, Begins.MADE)
	if happening.words or not has_promise:
		return Step(ends, Begins.DEFAULT)
	return Step(ends, Begins.MOVED if happening.moved else Begins.NOTHING)


def _ends(status: Status, happening: Happening) -> State | None:
	if happening.words:
		return State.KEPT
	if status not in CARRYING:
		return State.WITHDRAWN
	return State.REPLACED if happening.made else None


def fate(due: datetime, at: datetime, in_time: State) -> State:
	"""How a promise ends at a moment: as ``in_time`` says, unless it had passed by then."""
	return State.BROKEN if at > due else in_time


def moved_to(due: datetime, fresh: datetime, *, parked: bool) -> datetime:
	"""When a default is due after what it was reckoned from has changed; ``parked``: the ticket was parked just now."""
	return fresh if parked else min(due, fresh)


def stand_in(holder: str, away: Mapping[str, str]) -> str:
	"""Who holds the promises of ``holder`` now; empty if nobody is there.

	``away`` says of everybody who is absent who takes over, or nobody: a deputy may be absent as well.
	"""
	seen: set[str] = set()
	while holder in away:
		if holder in seen:
			return ""
		seen.add(holder)
		holder = away[holder]
	return holder


def kept_rate(kept: int, broken: int) -> Fraction | None:
	"""The share of the promises that were kept, of those that were kept or broken; None if none was."""
	return Fraction(kept, kept + broken) if kept + broken else None
