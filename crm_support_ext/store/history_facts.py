"""What a row of an old desk's log says besides a status: tiers, dates, workarounds, parties, first words, work.

Work is settled as the site settles it now, if it has contracts: without any, nobody could say how it was paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import AGREED_ON, CONTRACT, KIND, PARTY, PRODUCT, TICKET_TYPE, TIER
from crm_support_ext.domain.contracts import State
from crm_support_ext.domain.course import FIRST_RESPONSES
from crm_support_ext.domain.escalation import Escalation, Kind, Line
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Place, Role
from crm_support_ext.store import work_logs, workarounds
from crm_support_ext.store.escalations import SiteEscalations
from crm_support_ext.store.frappe import SiteTicket, site_time
from crm_support_ext.store.work_logs import Worked


@dataclass(frozen=True)
class HistoryRow:
	"""One row of a log: what happened to which of its tickets, and when."""

	row: int
	at: datetime
	ticket: str
	customer: str = ""
	actor: str = ""
	item: str = ""
	tier: str = ""
	date: str = ""
	party: str = ""
	chosen_by_customer: str = ""
	kind: str = ""
	product: str = ""
	minutes: str = ""
	activity: str = ""
	role: str = ""
	place: str = ""
	contact: str = ""
	workaround: str = ""
	effort: str = ""
	release: str = ""


def take_in(doc: Any, event: Event, row: HistoryRow) -> Refusal | None:
	"""Put what happened into the ticket at the time that the log gives, and save it if anything moved.

	A refusal if it was work that cannot be paid: those of ``work_logs.record``.
	"""
	doc.flags.cse_at = row.at
	if event is Event.WORKED:
		return _log(doc, row)
	if event in FIRST_RESPONSES and not doc.first_responded_on:
		doc.first_responded_on = site_time(row.at)
		doc.flags.cse_replied = True
	if event in _TAKEN_IN:
		_TAKEN_IN[event](doc, row)
	elif doc.flags.cse_change or doc.flags.cse_replied:
		doc.save(ignore_permissions=True)
	return None


def _log(doc: Any, row: HistoryRow) -> Refusal | None:
	if not frappe.db.exists(CONTRACT, {"state": ("!=", State.DRAFT.value)}):
		return None
	worked = Worked(
		row.at,
		int(row.minutes or 0),
		row.activity,
		Role(row.role) if row.role else Role.HELPDESK,
		Place(row.place) if row.place else Place.REMOTE,
	)
	agent = (row.actor and frappe.db.exists("User", row.actor)) or frappe.session.user
	outcome = work_logs.record(doc, worked, agent, row.at)
	return outcome if isinstance(outcome, Refusal) else None


def _set_tier(doc: Any, row: HistoryRow) -> None:
	doc.priority = tier(row.tier)
	doc.save(ignore_permissions=True)


def _agree(doc: Any, row: HistoryRow) -> None:
	agreed = datetime.fromisoformat(row.date)
	doc.set(AGREED_ON, site_time(agreed) if agreed.tzinfo else agreed)
	doc.save(ignore_permissions=True)


def _give(doc: Any, row: HistoryRow) -> None:
	workarounds.give(doc)


def _fail(doc: Any, row: HistoryRow) -> None:
	workarounds.fail(doc)


def _send_out(doc: Any, row: HistoryRow) -> None:
	unknown = _("Not in the log of the old desk")
	went = Escalation(
		reason=unknown,
		question=unknown,
		party=_party(row.party),
		line=Line.SUPPLIER,
		went_at=row.at,
		is_chosen_by_customer=row.chosen_by_customer == "1",
		who=(row.actor and frappe.db.exists("User", row.actor)) or "",
	)
	SiteEscalations().send_out(SiteTicket(doc), went)
	doc.flags.cse_event = Event.ESCALATED
	doc.save(ignore_permissions=True)


def _bring_back(doc: Any, row: HistoryRow) -> None:
	store, ticket = SiteEscalations(), SiteTicket(doc)
	party = row.party and _party(row.party)
	for each in store.escalations(ticket):
		if each.is_out and party in ("", each.party):
			store.bring_back(ticket, replace(each, came_back_at=row.at), "")
	doc.flags.cse_event = Event.RETURNED
	doc.save(ignore_permissions=True)


_TAKEN_IN: dict[Event, Callable[[Any, HistoryRow], None]] = {
	Event.TIER_SET: _set_tier,
	Event.AGREED: _agree,
	Event.WORKAROUND_GIVEN: _give,
	Event.WORKAROUND_FAILED: _fail,
	Event.ESCALATED: _send_out,
	Event.RETURNED: _bring_back,
}


def tier(name: str) -> str | None:
	"""The priority of this tier; None, and so the desk's default, if the log names none that there is."""
	return name if name and frappe.db.exists(TIER, name) else None


def type_about(kind: str) -> str | None:
	"""A ticket type of this kind, made if the desk has none."""
	if not kind:
		return None
	known = frappe.db.get_value(TICKET_TYPE, {KIND: kind}, order_by="name")
	if not known:
		doc = frappe.get_doc({"doctype": TICKET_TYPE, KIND: Kind(kind).value})
		known = doc.insert(ignore_permissions=True, set_name=kind.capitalize()).name
	return known


def product(name: str) -> str | None:
	"""The product of this name, made if the desk does not know it."""
	if name and not frappe.db.exists(PRODUCT, name):
		frappe.get_doc({"doctype": PRODUCT, "product_name": name}).insert(ignore_permissions=True)
	return name or None


def _party(name: str) -> str:
	"""The party of this name, made if the desk does not know it; a log need not name one."""
	name = name or "Unknown party"
	if not frappe.db.exists(PARTY, name):
		party = frappe.get_doc({"doctype": PARTY, "party_name": name, "line": Line.SUPPLIER.value})
		party.flags.ignore_validate = True  # a log does not say how to reach it
		party.insert(ignore_permissions=True)
	return name


def customer(name: str) -> str | None:
	"""The customer of this name, made if the desk does not know it."""
	if name and not frappe.db.exists("HD Customer", name):
		frappe.get_doc({"doctype": "HD Customer", "customer_name": name}).insert(ignore_permissions=True)
	return name or None


def contact(name: str, of: str) -> str | None:
	"""The contact of this name at a customer's, made without a login if the desk does not know it."""
	if not (name and of):
		return None
	known = f"{name}-{of}"
	if not frappe.db.exists("Contact", known):
		links = [{"link_doctype": "HD Customer", "link_name": customer(of)}]
		doc = frappe.get_doc({"doctype": "Contact", "first_name": name, "links": links})
		known = doc.insert(ignore_permissions=True).name
	return known
