"""Where a customer's words belong once a ticket has closed: one thread, one follow-up (domain.md section 1)."""

from __future__ import annotations

from datetime import datetime

from crm_support_ext.domain.lifecycle import Event, FollowUp, decide
from crm_support_ext.services.ports import Store, T


def end_of_thread(store: Store[T], ticket: T) -> T:
	"""The last link of the chain of follow-ups that begins with, or runs through, this ticket."""
	while (following := store.follow_up_of(ticket)) is not None:
		ticket = following
	return ticket


def place_for(store: Store[T], ticket: T, at: datetime, event: Event = Event.CUSTOMER_REPLIED) -> T:
	"""The ticket on which the customer's words belong: the end of the thread, or a new follow-up of it.

	A follow-up is made only when the last link is closed, so later replies to the old ticket join
	the one that is there. If the answer is not ``end_of_thread``, the words are its first message.
	"""
	last = end_of_thread(store, ticket)
	if decide(last.status, event) is FollowUp.NEEDED:
		return store.open_follow_up(last, at)
	return last
