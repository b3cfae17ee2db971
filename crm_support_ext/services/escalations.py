"""Send a ticket to a party, and take it back (domain.md section 3). The ticket stays with its agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crm_support_ext.domain.escalation import Escalation
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services.life_cycle import play
from crm_support_ext.services.ports import EscalationStore, T


def escalate(store: EscalationStore[T], ticket: T, wanted: Escalation) -> Refusal | None:
	"""Let a ticket go out to a party; None: it is out.

	Refusals: those of the table, and ``already_out`` (facts ``party``, ``went_at``) if that party has it.
	"""
	refusal = play(store, ticket, Event.ESCALATED, wanted.went_at, actor=wanted.who)
	if isinstance(refusal, Refusal):
		return refusal
	for each in store.escalations(ticket):
		if each.is_out and each.party == wanted.party:
			return Refusal("already_out", {"party": each.party, "went_at": each.went_at})
	store.send_out(ticket, wanted)
	return None


def come_back(
	store: EscalationStore[T], ticket: T, at: datetime, party: str = "", answer: str = "", actor: str = ""
) -> Refusal | None:
	"""Take a ticket back from a party, or from all that have it; None: it is back.

	Refusals: those of the table, and ``not_out`` (fact ``party``) if nobody of that name has it.
	"""
	refusal = play(store, ticket, Event.RETURNED, at, actor=actor)
	if isinstance(refusal, Refusal):
		return refusal
	back = [each for each in store.escalations(ticket) if each.is_out and party in ("", each.party)]
	if not back:
		return Refusal("not_out", {"party": party})
	for each in back:
		store.bring_back(ticket, replace(each, came_back_at=at), answer)
	return None
