"""What the clock alone does to a resolved ticket: ask how it was, and close it (domain.md section 1, Timers)."""

from __future__ import annotations

from datetime import datetime

from crm_support_ext.domain.lifecycle import Event, Timing
from crm_support_ext.services.life_cycle import play
from crm_support_ext.services.ports import Store, T


def ask_satisfaction(store: Store[T], ticket: T, resolved_at: datetime, at: datetime, timing: Timing) -> bool:
	"""Deal with the satisfaction request of one resolution, once; the answer is whether it was asked.

	``at`` is the moment that the request bears: when it was due in a replay, now on a site.
	"""
	resolution = f"{ticket.name} {resolved_at.timestamp():.0f}"
	asked = timing.asks_after(resolution, store.last_survey(ticket), at)
	store.survey(ticket, at, asked=asked)
	return asked


def close(store: Store[T], ticket: T, at: datetime) -> None:
	"""Close a resolved ticket whose time is up. A ticket that is no longer Resolved is left alone."""
	play(store, ticket, Event.TIMER, at)
