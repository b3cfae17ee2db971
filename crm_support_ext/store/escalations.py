"""Escalations on the site: to whom a ticket has gone, and whose move a save makes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import frappe

from crm_support_ext.constants import ESCALATION, PARTY, TICKET
from crm_support_ext.domain.escalation import (
	WAITS_FOR_PARTIES,
	Escalation,
	Involvement,
	Line,
	Move,
	whose_move,
)
from crm_support_ext.domain.lifecycle import Event, decide
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store.frappe import FrappeStore, SiteTicket, moment, now, site_time, status_of

_FIELDS = (
	"name",
	"party",
	"line",
	"went_at",
	"came_back_at",
	"reason",
	"question",
	"involvement",
	"chosen_by_customer",
	"who",
)


class SiteEscalations(FrappeStore):
	"""Tickets of the site, and their escalations. The ticket is saved by the caller."""

	def escalations(self, ticket: SiteTicket) -> list[Escalation]:
		rows = frappe.get_all(
			ESCALATION, filters={"ticket": ticket.name}, fields=_FIELDS, order_by="went_at asc, creation asc"
		)
		return [_value(row) for row in rows]

	def send_out(self, ticket: SiteTicket, escalation: Escalation) -> None:
		doc = frappe.new_doc(ESCALATION)
		doc.update(
			{
				"ticket": ticket.name,
				"party": escalation.party,
				"line": escalation.line.value,
				"email": frappe.db.get_value(PARTY, escalation.party, "email"),
				"went_at": site_time(escalation.went_at),
				"reason": escalation.reason,
				"question": escalation.question,
				"involvement": escalation.involvement.value,
				"chosen_by_customer": int(escalation.is_chosen_by_customer),
				"who": escalation.who,
			}
		)
		doc.insert(ignore_permissions=True)
		ticket.doc.flags.cse_escalation = doc
		_has_moved(ticket, escalation, escalation.went_at)

	def bring_back(self, ticket: SiteTicket, escalation: Escalation, answer: str) -> None:
		doc = frappe.get_doc(ESCALATION, escalation.name)
		doc.update({"came_back_at": site_time(escalation.came_back_at), "answer": answer})
		doc.flags.cse_came_back = True
		doc.save(ignore_permissions=True)
		_has_moved(ticket, escalation, escalation.came_back_at)


def _has_moved(ticket: SiteTicket, escalation: Escalation, at: datetime) -> None:
	"""Our own lines are "us", to the customer and in the record: only a party outside changes whose move it is."""
	if escalation.is_outside:
		ticket.doc.flags.cse_moved_at = at


def move_of_save(doc: Any) -> tuple[Move, datetime] | None:
	"""Whose move it is after the save of this ticket and since when, kept for its record; None: it stays as it is."""
	change = doc.flags.cse_change
	at = change.at if change else doc.flags.pop("cse_moved_at", None)
	if at is None:
		return None
	status = change.after if change else status_of(doc)
	can_be_out = status in WAITS_FOR_PARTIES and not doc.is_new()
	move = whose_move(status, SiteEscalations().escalations(SiteTicket(doc)) if can_be_out else ())
	doc.flags.cse_move = move
	return move, move.since(at)


def go_along(source: Any) -> None:
	"""What is out on a ticket that was merged goes along to the one that goes on, unless that is closed."""
	out = [each for each in SiteEscalations().escalations(SiteTicket(source)) if each.is_out]
	if not out:
		return
	target = frappe.get_doc(TICKET, source.merged_with)
	if isinstance(decide(status_of(target), Event.ESCALATED), Refusal):
		return
	frappe.db.set_value(ESCALATION, {"name": ("in", [each.name for each in out])}, "ticket", str(target.name))
	for each in out:
		_has_moved(SiteTicket(target), each, now())
	target.flags.cse_event = Event.ESCALATED
	target.save(ignore_permissions=True)


def _value(row: Any) -> Escalation:
	return Escalation(
		party=row.party,
		line=Line(row.line),
		went_at=moment(row.went_at),
		came_back_at=moment(row.came_back_at) if row.came_back_at else None,
		reason=row.reason or "",
		question=row.question or "",
		involvement=Involvement(row.involvement),
		is_chosen_by_customer=bool(row.chosen_by_customer),
		who=row.who or "",
		name=row.name,
	)


def forget(ticket: str) -> None:
	"""The escalations go with their ticket, and their mail with them."""
	for name in frappe.get_all(ESCALATION, filters={"ticket": ticket}, pluck="name"):
		for mail in frappe.get_all(
			"Communication", filters={"reference_doctype": ESCALATION, "reference_name": name}, pluck="name"
		):
			frappe.delete_doc("Communication", mail, ignore_permissions=True, force=True)
		frappe.delete_doc(ESCALATION, name, ignore_permissions=True, force=True)
