"""The ports in memory: for the replay, and for tests of the use cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crm_support_ext.domain.lifecycle import CREATED, FOLLOW_UP_CAUSE, Status, StatusChange


@dataclass(slots=True, eq=False)
class MemoryTicket:
	"""A ticket as a log knows it. ``history`` is its record, the first line being its arrival."""

	name: str
	customer: str = ""
	contact: str = ""
	tier: str = ""
	kind: str = ""
	product: str = ""
	status: Status = Status.NEW
	history: list[StatusChange] = field(default_factory=list)
	follow_up_of: MemoryTicket | None = None
	follow_up: MemoryTicket | None = None
	surveyed_at: datetime | None = None


class MemoryStore:
	"""Tickets by name, and when each contact was last asked how satisfied they were."""

	def __init__(self) -> None:
		self.tickets: dict[str, MemoryTicket] = {}
		self._last_asked: dict[tuple[str, str], datetime] = {}

	def add(self, ticket: MemoryTicket, at: datetime, cause: str = CREATED) -> MemoryTicket:
		"""Take in a ticket in its first status, and begin its record."""
		ticket.history.append(StatusChange(at, None, ticket.status, cause))
		self.tickets[ticket.name] = ticket
		return ticket

	def change_status(self, ticket: MemoryTicket, change: StatusChange) -> None:
		ticket.status = change.after
		ticket.history.append(change)

	def follow_up_of(self, ticket: MemoryTicket) -> MemoryTicket | None:
		return ticket.follow_up

	def open_follow_up(self, ticket: MemoryTicket, at: datetime) -> MemoryTicket:
		root, _, number = ticket.name.rpartition("~")
		name = f"{root}~{int(number) + 1}" if ticket.follow_up_of else f"{ticket.name}~1"
		following = MemoryTicket(
			name, ticket.customer, ticket.contact, ticket.tier, ticket.kind, ticket.product, follow_up_of=ticket
		)
		ticket.follow_up = following
		return self.add(following, at, FOLLOW_UP_CAUSE)

	def last_survey(self, ticket: MemoryTicket) -> datetime | None:
		return self._last_asked.get((ticket.customer, ticket.contact)) if ticket.contact else None

	def survey(self, ticket: MemoryTicket, at: datetime, *, asked: bool) -> None:
		if asked:
			ticket.surveyed_at = at
			if ticket.contact:
				self._last_asked[ticket.customer, ticket.contact] = at
