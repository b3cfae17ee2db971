"""The life cycle of a ticket: six statuses, what may happen in each, and where it leads.

Rule: domain.md section 1; the statuses and the 48 hours are those of a vendor's help centre
(seeds/002), the receipt and the follow-up of seeds/000 and 004. ``TABLE`` is the whole rule;
everything else in this module reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from zlib import crc32

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tables import cells


class Status(str, Enum):
	"""Where a ticket stands. The values are the names of the helpdesk's status records."""

	NEW = "New"
	OPEN = "Open"
	PENDING = "Pending"
	PARKED = "Parked"
	RESOLVED = "Resolved"
	CLOSED = "Closed"


class Event(str, Enum):
	"""What can happen to a ticket that exists. The values are the names in a log (replay.md)."""

	TAKEN_UP = "taken_up"
	REPLIED = "replied"
	ASKED = "asked"
	CUSTOMER_REPLIED = "customer_replied"
	MACHINE_REPLIED = "machine_replied"
	PARKED = "parked"
	UNPARKED = "unparked"
	RESOLVED = "resolved"
	REOPENED = "reopened"
	CONFIRMED = "confirmed"
	MERGED = "merged"
	FORCE_CLOSED = "force_closed"
	TIMER = "timer"
	ITEM_RELEASED = "item_released"
	ITEM_DECLINED = "item_declined"
	TIER_SET = "tier_set"
	AGREED = "agreed"
	WORKAROUND_GIVEN = "workaround_given"
	WORKAROUND_FAILED = "workaround_failed"
	ESCALATED = "escalated"
	RETURNED = "returned"
	WORKED = "worked"


CREATED = "created"
"""The cause of the first change in a ticket's record."""

FOLLOW_UP_CAUSE = "follow_up"
"""The cause of the first change of a ticket that was made as a follow-up."""

# = changes no status, - is refused, "follow-up" leaves the ticket closed and needs a new one.
TABLE = """
event               New        Open       Pending    Parked     Resolved   Closed
taken_up            Open       =          Open       -          Open       -
replied             Open       =          =          =          =          -
asked               Pending    Pending    =          -          -          -
customer_replied    =          =          Open       =          Open       follow-up
machine_replied     =          =          =          =          =          =
parked              Parked     Parked     Parked     =          -          -
unparked            -          -          -          Open       -          -
resolved            Resolved   Resolved   Resolved   Resolved   =          -
reopened            -          -          -          -          Open       follow-up
confirmed           Resolved   Resolved   Resolved   Resolved   =          -
merged              Closed     Closed     Closed     Closed     Closed     -
force_closed        Closed     Closed     Closed     Closed     Closed     -
timer               -          -          -          -          Closed     -
item_released       -          -          -          Resolved   -          -
item_declined       -          -          -          Resolved   -          -
tier_set            =          =          =          =          =          -
agreed              =          =          =          =          =          -
workaround_given    =          =          =          =          =          -
workaround_failed   =          =          =          =          =          -
escalated           =          =          =          =          =          -
returned            =          =          =          =          =          -
worked              =          =          =          =          =          =
"""


class FollowUp(Enum):
	"""The answer "this ticket stays closed; what was said belongs to its follow-up"."""

	NEEDED = "follow-up"


Outcome = Status | FollowUp | Refusal
"""The status that the ticket has afterwards (the same one: kept), a follow-up, or a refusal."""


class Actor(str, Enum):
	"""On whose behalf something happens."""

	CUSTOMER = "customer"
	AGENT = "agent"
	MANAGER = "manager"
	SYSTEM = "system"


_BY_CUSTOMER = frozenset({Event.CUSTOMER_REPLIED, Event.REOPENED, Event.CONFIRMED})
_BY_SYSTEM = frozenset({Event.TIMER, Event.MACHINE_REPLIED, Event.ITEM_RELEASED, Event.ITEM_DECLINED})
_BY_MANAGER = frozenset({Event.FORCE_CLOSED})
_BY_AGENT = frozenset(Event) - _BY_SYSTEM - _BY_MANAGER - {Event.CUSTOMER_REPLIED, Event.CONFIRMED}

MAY = {
	Actor.CUSTOMER: _BY_CUSTOMER,
	Actor.AGENT: _BY_AGENT,
	Actor.MANAGER: _BY_AGENT | _BY_MANAGER,
	Actor.SYSTEM: frozenset(Event),
}
"""Who may bring about what (domain.md 1 and 9)."""

NEEDS_REASON = frozenset({Event.PARKED, Event.UNPARKED, Event.FORCE_CLOSED})
"""What is refused without a word on why (domain.md 1)."""

NEEDS_ITEM = frozenset({Event.PARKED})
"""What is refused without the parked item that the ticket then waits for (domain.md 1 and 7)."""

EXPRESSIBLE = (
	Event.TAKEN_UP,
	Event.REOPENED,
	Event.UNPARKED,
	Event.ASKED,
	Event.PARKED,
	Event.RESOLVED,
	Event.CONFIRMED,
	Event.FORCE_CLOSED,
)
"""What a bare change of status can mean, first that fits first."""


class WaitingOn(str, Enum):
	"""Whose move it is."""

	US = "us"
	CUSTOMER = "the customer"
	THIRD_PARTY = "a third party"
	PRODUCT = "the product"


WAITING_ON = {
	Status.NEW: WaitingOn.US,
	Status.OPEN: WaitingOn.US,
	Status.PENDING: WaitingOn.CUSTOMER,
	Status.PARKED: WaitingOn.PRODUCT,
	Status.RESOLVED: None,
	Status.CLOSED: None,
}
"""Whose move it is in each status; nobody's once the ticket is answered."""


def _read(table: str) -> dict[Event, dict[Status, Outcome]]:
	(_, *names), *rows = cells(table)
	columns = [Status(name) for name in names]
	return {
		Event(event): {
			status: _outcome(Event(event), status, cell)
			for status, cell in zip(columns, outcomes, strict=True)
		}
		for event, *outcomes in rows
	}


def _outcome(event: Event, status: Status, cell: str) -> Outcome:
	if cell == "=":
		return status
	if cell == "-":
		code = "closed_is_final" if status is Status.CLOSED else "not_allowed"
		return Refusal(code, {"status": status, "event": event})
	if cell == FollowUp.NEEDED.value:
		return FollowUp.NEEDED
	return Status(cell)


_OUTCOMES = _read(TABLE)


def decide(status: Status, event: Event) -> Outcome:
	"""What an event makes of a ticket in a status: the table of domain.md section 1.

	Answers the status afterwards, ``FollowUp.NEEDED``, or a refusal with the code
	``closed_is_final`` or ``not_allowed`` and the facts ``status`` and ``event``.
	"""
	return _OUTCOMES[event][status]


def permit(event: Event, actor: Actor, reason: str = "", item: str = "") -> Refusal | None:
	"""Whether the actor may bring the event about, with this reason and for this parked item; None means yes.

	Refusals: ``not_yours`` (facts ``event``, ``actor``), ``reason_needed`` and ``item_needed`` (fact ``event``).
	"""
	if event not in MAY[actor]:
		return Refusal("not_yours", {"event": event, "actor": actor})
	if event in NEEDS_REASON and not reason.strip():
		return Refusal("reason_needed", {"event": event})
	if event in NEEDS_ITEM and not item:
		return Refusal("item_needed", {"event": event})
	return None


def allowed(status: Status, actor: Actor) -> Iterator[Event]:
	"""The events by which the actor can move a ticket out of this status, for buttons and sentences."""
	for event in EXPRESSIBLE:
		if event in MAY[actor] and decide(status, event) not in (status, FollowUp.NEEDED):
			if not isinstance(decide(status, event), Refusal):
				yield event


def meant_by(before: Status, after: Status, actor: Actor) -> Event | Refusal:
	"""The event that a bare change of status by this actor stands for.

	A screen, a bulk edit or a REST client writes only the new status; the first event of
	``EXPRESSIBLE`` that the actor may bring about and that leads there is what was meant.
	Refusals: ``closed_is_final`` or ``no_such_move`` (facts ``status``, ``to``, ``actor``).
	"""
	for event in EXPRESSIBLE:
		if event in MAY[actor] and decide(before, event) is after:
			return event
	code = "closed_is_final" if before is Status.CLOSED else "no_such_move"
	return Refusal(code, {"status": before, "to": after, "actor": actor})


@dataclass(frozen=True, slots=True)
class StatusChange:
	"""One line of a ticket's record. ``before`` is None for the first one."""

	at: datetime
	before: Status | None
	after: Status
	cause: str
	actor: str = ""
	reason: str = ""


@dataclass(frozen=True)
class Timing:
	"""When a resolved ticket is asked about and closed, in clock hours (domain.md 1, Timers).

	``survey_share`` is the share of resolutions, in per cent, after which the customer is asked;
	``survey_contact_days`` is how long one contact is left in peace after being asked.
	"""

	survey_after_hours: int = 24
	close_after_hours: int = 48
	survey_share: int = 100
	survey_contact_days: int = 14

	def survey_due(self, resolved_at: datetime) -> datetime:
		"""When the customer is asked how satisfied they were."""
		return resolved_at + timedelta(hours=self.survey_after_hours)

	def close_due(self, resolved_at: datetime) -> datetime:
		"""When the ticket closes, unless it was reopened before."""
		return resolved_at + timedelta(hours=self.close_after_hours)

	def asks_after(self, resolution: str, last_asked: datetime | None, now: datetime) -> bool:
		"""Whether this resolution is one after which the customer is asked.

		``resolution`` names it (ticket and moment), so that the same one always gives the same
		answer; ``last_asked`` is when this contact was last asked, about whatever ticket.
		"""
		if crc32(resolution.encode()) % 100 >= self.survey_share:
			return False
		return last_asked is None or now - last_asked >= timedelta(days=self.survey_contact_days)
