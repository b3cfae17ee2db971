"""The hours that went into a ticket, and how they are settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe import _

from crm_support_ext.constants import BOOKED, WORK_LOG
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Settlement
from crm_support_ext.domain.strippen import NOTHING
from crm_support_ext.store.amounts import hours, strippen
from crm_support_ext.store.contracts import decimal


@dataclass
class Hours:
	"""Minutes in all, minutes by settlement in the order in which they first came, and strippen."""

	minutes: int = 0
	by_settlement: dict[Settlement, int] = field(default_factory=dict)
	strippen: Decimal = NOTHING


def hours_of(ticket: str) -> Hours:
	"""What was booked on a ticket and not withdrawn."""
	answer = Hours()
	rows = frappe.get_all(
		WORK_LOG,
		filters={"ticket": ticket, "state": BOOKED},
		fields=["settlement", "minutes", "strippen"],
		order_by="start asc, creation asc",
	)
	for row in rows:
		way = Settlement(row.settlement)
		answer.minutes += row.minutes
		answer.by_settlement[way] = answer.by_settlement.get(way, 0) + row.minutes
		answer.strippen += decimal(row.strippen)
	return answer


def refuses_deletion(ticket: str) -> Refusal | None:
	"""Whether work keeps a ticket from being deleted: a customer's statement names it, and goes on doing so.

	Withdrawn work does so, too: what it took and gave back both stand in the ledger.
	"""
	minutes = frappe.get_all(WORK_LOG, filters={"ticket": ticket}, pluck="minutes")
	return Refusal("work_is_logged", {"ticket": ticket, "minutes": sum(minutes)}) if minutes else None


def in_words(sums: Hours) -> str:
	"""The hours in a line; empty if there are none."""
	if not sums.by_settlement:
		return ""
	parts = [f"{_(way.value)} {hours(minutes)}" for way, minutes in sums.by_settlement.items()]
	if sums.strippen:
		parts.append(strippen(sums.strippen))
	return _("So far {0}: {1}").format(hours(sums.minutes), ", ".join(parts))
