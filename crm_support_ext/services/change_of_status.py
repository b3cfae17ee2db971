"""Settle the status of a ticket that is being saved (domain.md section 1: every path obeys the same table).

A screen, a bulk edit, a REST client or the helpdesk itself writes a status; a button, a reply or the clock says
what happened. Either way the table decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_support_ext.domain.lifecycle import Actor, Event, Outcome, Status, meant_by, permit
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services.life_cycle import play
from crm_support_ext.services.ports import Store, T

_SAID = frozenset({Event.CUSTOMER_REPLIED, Event.MACHINE_REPLIED, Event.REPLIED, Event.MERGED})
_LET_IN = _SAID | {Event.TIMER, Event.ITEM_RELEASED, Event.ITEM_DECLINED}
"""What needs no permission of its own when it is said: a message that was let in, a merge, the clock, and what became
of the item that the ticket waits for."""


@dataclass(frozen=True)
class Saved:
	"""What a save says: the status it writes, ``event`` if it is known what happened, and ``item``, what it waits for."""

	status: Status
	actor: Actor
	user: str = ""
	reason: str = ""
	event: Event | None = None
	item: str = ""


def settle(store: Store[T], ticket: T, saved: Saved, at: datetime) -> Outcome:
	"""Decide and apply what the save says; a status that stays is answered as it is.

	Refusals: those of ``lifecycle.decide``, ``permit`` and ``meant_by``.
	"""
	said = saved.event or _meant(ticket.status, saved)
	if said is None:
		return ticket.status
	if isinstance(said, Refusal):
		return said
	if saved.event not in _LET_IN:
		refusal = permit(said, saved.actor, saved.reason, saved.item)
		if refusal:
			return refusal
	return play(store, ticket, said, at, actor=saved.user, reason=saved.reason)


def _meant(before: Status, saved: Saved) -> Event | Refusal | None:
	written = saved.status
	if saved.actor is Actor.CUSTOMER and written is Status.CLOSED and before is not Status.CLOSED:
		written = Status.RESOLVED  # the portal's Close means: I am satisfied
	return None if written is before else meant_by(before, written, saved.actor)
