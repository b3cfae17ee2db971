"""The ports in memory: for the replay, and for tests of the use cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from crm_support_ext.domain.course import Course, Turn
from crm_support_ext.domain.lifecycle import CREATED, FOLLOW_UP_CAUSE, Status, StatusChange
from crm_support_ext.domain.parked_priority import Workaround
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tiers import Tier
from crm_support_ext.services.settlements import Settled


class Refused(NamedTuple):
	"""An event that was refused: when, which, the code, and the status that the ticket then had."""

	at: datetime
	event: str
	code: str
	status: Status


class Worked(NamedTuple):
	"""A piece of work: when, the number of the log's row, its minutes, under which contract, and what became of it.

	``outcome`` is how it is settled, or why it was not booked.
	"""

	at: datetime
	row: int
	minutes: int
	contract: str
	outcome: Settled | Refusal


class Parked(NamedTuple):
	"""What is said when a ticket is parked: on which item, of what product, what one can do meanwhile, days of work."""

	item: str
	product: str = ""
	workaround: Workaround = Workaround.NONE
	effort: Decimal = Decimal(0)


class Condition(NamedTuple):
	"""What holds besides the status, from a moment on: after so many lines of the record.

	``away``: it waits on a third party that the customer chose; ``workaround``: one was given and stands.
	"""

	at: datetime
	lines: int = 0
	away: bool = False
	workaround: bool = False


@dataclass(slots=True, eq=False)
class MemoryTicket:
	"""A ticket as a log knows it. ``history`` is its record, the first line being its arrival.

	``item`` is the parked item that it waits for or last waited for; ``number`` counts the tickets as
	they arrive; ``surveyed_at`` is the last satisfaction request and ``surveys`` how many there were.
	``first_reply`` is when the customer first had words from us, ``agreed`` the date agreed with them, ``away``
	the parties of the customer's choice that have the ticket, ``conditions`` what changed besides the status,
	``work`` what was worked on it.
	"""

	name: str
	customer: str = ""
	contact: str = ""
	tier: str = ""
	kind: str = ""
	product: str = ""
	status: Status = Status.NEW
	history: list[StatusChange] = field(default_factory=list)
	refused: list[Refused] = field(default_factory=list)
	follow_up_of: MemoryTicket | None = None
	follow_up: MemoryTicket | None = None
	surveyed_at: datetime | None = None
	surveys: int = 0
	item: str = ""
	number: int = 0
	first_reply: datetime | None = None
	agreed: date | datetime | None = None
	away: set[str] | None = None
	conditions: list[Condition] | None = None
	work: list[Worked] | None = None

	def course(self, tier: Tier | None) -> Course:
		"""What its figures depend on, if it is of this tier."""
		return Course(list(self._turns()), tier, self.agreed, self.first_reply)

	def add_work(self, worked: Worked) -> None:
		"""Keep what was worked on it."""
		if self.work is None:
			self.work = []
		self.work.append(worked)

	def _turns(self) -> Iterator[Turn]:
		conditions = iter(self.conditions or ())
		following, holds = next(conditions, None), _NOTHING
		for number, change in enumerate(self.history, 1):
			yield Turn(change.at, change.after, holds.away, holds.workaround)
			while following is not None and following.lines == number:
				holds, following = following, next(conditions, None)
				yield Turn(holds.at, change.after, holds.away, holds.workaround)


_NOTHING = Condition(datetime.min)


@dataclass(slots=True, eq=False)
class MemoryItem:
	"""A parked item as a log knows it: when it was first parked on, and what was last said of it.

	``waiting`` has the tickets that wait for it, and since when; ``waits`` how long those did that no longer do.
	"""

	name: str
	first_parked: datetime
	product: str = ""
	workaround: Workaround = Workaround.NONE
	effort: Decimal = Decimal(0)
	waiting: dict[MemoryTicket, datetime] = field(default_factory=dict)
	waits: list[timedelta] = field(default_factory=list)

	def leave(self, ticket: MemoryTicket, at: datetime) -> None:
		"""Let a ticket wait no longer, if it did."""
		since = self.waiting.pop(ticket, None)
		if since is not None:
			self.waits.append(at - since)

	def by_arrival(self) -> list[MemoryTicket]:
		"""The tickets that wait for it, in the order in which they arrived at the desk."""
		return sorted(self.waiting, key=_number)


class MemoryStore:
	"""Tickets and parked items by name, and when each contact was last asked how satisfied they were."""

	def __init__(self) -> None:
		self.tickets: dict[str, MemoryTicket] = {}
		self.items: dict[str, MemoryItem] = {}
		self._last_asked: dict[tuple[str, str], datetime] = {}

	def add(self, ticket: MemoryTicket, at: datetime, cause: str = CREATED) -> MemoryTicket:
		"""Take in a ticket in its first status, and begin its record."""
		ticket.history.append(StatusChange(at, None, ticket.status, cause))
		ticket.number = len(self.tickets)
		self.tickets[ticket.name] = ticket
		return ticket

	def change_status(self, ticket: MemoryTicket, change: StatusChange) -> None:
		ticket.status = change.after
		ticket.history.append(change)
		if change.before is Status.PARKED and ticket.item:
			self.items[ticket.item].leave(ticket, change.at)

	def park(self, ticket: MemoryTicket, at: datetime, parked: Parked) -> None:
		"""Let a parked ticket wait for this item, and for no other; the item is as is said now."""
		if ticket.item not in ("", parked.item):
			self.items[ticket.item].leave(ticket, at)
		ticket.item = parked.item
		item = self.items.setdefault(parked.item, MemoryItem(parked.item, at))
		item.product = parked.product or item.product or ticket.product
		item.workaround, item.effort = parked.workaround, parked.effort
		item.waiting.setdefault(ticket, at)

	def parked_on(self, item: str) -> list[MemoryTicket]:
		"""The tickets that wait for this item, in the order in which they arrived at the desk."""
		found = self.items.get(item)
		return found.by_arrival() if found else []

	def follow_up_of(self, ticket: MemoryTicket) -> MemoryTicket | None:
		return ticket.follow_up

	def open_follow_up(self, ticket: MemoryTicket, at: datetime) -> MemoryTicket:
		name = next(name for name in _links(ticket) if name not in self.tickets)
		following = MemoryTicket(
			name,
			ticket.customer,
			ticket.contact,
			ticket.tier,
			ticket.kind,
			ticket.product,
			follow_up_of=ticket,
		)
		ticket.follow_up = following
		return self.add(following, at, FOLLOW_UP_CAUSE)

	def set_workaround(self, ticket: MemoryTicket, at: datetime, *, stands: bool) -> None:
		"""Note that the customer has a workaround, or that it failed."""
		self._hold(ticket, at, workaround=stands)

	def send_away(self, ticket: MemoryTicket, at: datetime, party: str) -> None:
		"""Note that a party of the customer's choice has the ticket."""
		if ticket.away is None:
			ticket.away = set()
		ticket.away.add(party)
		self._hold(ticket, at, away=True)

	def take_back(self, ticket: MemoryTicket, at: datetime, party: str) -> None:
		"""Note that a party no longer has the ticket; without a name, that none has."""
		if ticket.away:
			ticket.away.discard(party) if party else ticket.away.clear()
			self._hold(ticket, at, away=bool(ticket.away))

	def _hold(self, ticket: MemoryTicket, at: datetime, **holds: bool) -> None:
		"""Add a condition if it is another than the last."""
		if ticket.conditions is None:
			ticket.conditions = []
		last = ticket.conditions[-1] if ticket.conditions else _NOTHING
		condition = last._replace(at=at, lines=len(ticket.history), **holds)
		if condition[2:] != last[2:]:
			ticket.conditions.append(condition)

	def last_survey(self, ticket: MemoryTicket) -> datetime | None:
		return self._last_asked.get((ticket.customer, ticket.contact))

	def survey(self, ticket: MemoryTicket, at: datetime, *, asked: bool) -> None:
		if asked:
			ticket.surveyed_at = at
			ticket.surveys += 1
			if ticket.contact:
				self._last_asked[ticket.customer, ticket.contact] = at


def _number(ticket: MemoryTicket) -> int:
	return ticket.number


def _links(ticket: MemoryTicket) -> Iterator[str]:
	"""The names of the links of a chain: T1~1, T1~2 ...; a log may have taken one of them already."""
	root = ticket.name.rpartition("~")[0] if ticket.follow_up_of else ticket.name
	return (f"{root}~{number}" for number in count(1))
