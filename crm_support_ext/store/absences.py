"""Who is absent, and who takes over what an agent has promised meanwhile (domain.md section 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import frappe

from crm_support_ext.constants import ABSENCE
from crm_support_ext.domain.promises import stand_in
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.holders import assignees, managers


class Held(NamedTuple):
	"""Who a ticket's promise is with: its holder, the deputy in the holder's absence, and who is told."""

	holder: str | None
	deputy: str | None
	told: list[str]


def held_by(ticket: Any, at: datetime) -> Held:
	"""Who answers for the promise of a ticket now. Where nobody holds it, or is there, its managers are told."""
	holder = next(iter(assignees(ticket)), None)
	there = stand_in(holder, away(at)) if holder else ""
	deputy = there if there and there != holder else None
	return Held(holder, deputy, [there] if there else managers(ticket))


def away(at: datetime) -> dict[str, str]:
	"""Everybody who is absent, and who takes over; empty for nobody in particular.

	An agent is absent on the days of an Agent Absence, and while Unavailable in the helpdesk.
	"""
	today = site_time(at).date()
	absences = frappe.get_all(
		ABSENCE,
		filters={"first_day": ("<=", today)},
		or_filters=[["last_day", ">=", today], ["last_day", "is", "not set"]],
		fields=["agent", "deputy"],
		order_by="first_day asc",
	)
	return dict.fromkeys(_unavailable(), "") | {row.agent: row.deputy or "" for row in absences}


def _unavailable() -> list[str]:
	if not frappe.get_meta("HD Agent").has_field("availability"):
		return []
	filters = {"category": "Unavailable"}
	statuses = frappe.get_all("HD Agent Status", filters=filters, pluck="name")
	return frappe.get_all("HD Agent", filters={"availability": ("in", statuses or [""])}, pluck="user")
