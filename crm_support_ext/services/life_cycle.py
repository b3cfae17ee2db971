"""Let an event happen to a ticket (domain.md section 1)."""

from __future__ import annotations

from datetime import datetime

from crm_support_ext.domain.lifecycle import Event, Outcome, Status, StatusChange, decide
from crm_support_ext.services.ports import Store, T


def play(
	store: Store[T], ticket: T, event: Event, at: datetime, *, actor: str = "", reason: str = ""
) -> Outcome:
	"""Decide what the event makes of the ticket, and apply it; the answer is that of ``lifecycle.decide``.

	A refusal, a follow-up that is needed, and a status that stays leave the ticket untouched.
	"""
	outcome = decide(ticket.status, event)
	if isinstance(outcome, Status) and outcome is not ticket.status:
		store.change_status(ticket, StatusChange(at, ticket.status, outcome, event.value, actor, reason))
	return outcome
