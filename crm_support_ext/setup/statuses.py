"""The six status records, and the tickets that stand in another one."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import CATEGORY, CLOSES_AT, COLOUR, STATUS_LOG, STATUSES, TICKET, TICKET_STATUS
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.store.frappe import NEAREST, now, site_time, timing
from crm_support_ext.store.wording import apply_wording


def create() -> None:
	"""Make what is missing of the six, in their order, and retire what the helpdesk had besides."""
	missing = [status for status in Status if not frappe.db.exists(TICKET_STATUS, status.value)]
	for status in missing:
		frappe.get_doc(
			{
				"doctype": TICKET_STATUS,
				"label_agent": status.value,
				"category": CATEGORY[status],
				"color": COLOUR[status],
				"enabled": 1,
			}
		).insert(ignore_permissions=True)
	if missing:
		for order, status in enumerate(STATUSES, start=1):
			frappe.db.set_value(TICKET_STATUS, status, {"order": order, "enabled": 1})
		apply_wording()
	frappe.db.set_value(TICKET_STATUS, {"name": ("not in", STATUSES)}, "enabled", 0)


def move_tickets() -> None:
	"""Put tickets that stand in another status into the nearest of the six."""
	tickets = frappe.qb.DocType(TICKET)
	for category, status in NEAREST.items():
		frappe.qb.update(tickets).set(tickets.status, status.value).where(
			tickets.status.notin(STATUSES) & (tickets.status_category == category)
		).run()


def begin_records() -> None:
	"""Begin the record of every ticket that is not closed and has none: its times count from now.

	A ticket that was resolved before closes after the full time and is not asked about.
	"""
	tickets, log = frappe.qb.DocType(TICKET), frappe.qb.DocType(STATUS_LOG)
	known = frappe.qb.from_(log).select(log.ticket)
	rows = (
		frappe.qb.from_(tickets)
		.select(tickets.name, tickets.status)
		.where((tickets.status != Status.CLOSED.value) & tickets.name.notin(known))
	).run()
	at = now()
	fields = [
		"name",
		"creation",
		"modified",
		"owner",
		"modified_by",
		"ticket",
		"at",
		"to_status",
		"cause",
		"survey",
	]
	stamp = (site_time(at), site_time(at), "Administrator", "Administrator")
	values = [
		(
			frappe.generate_hash(length=10),
			*stamp,
			str(name),
			site_time(at),
			status,
			"installed",
			"Left out" if status == Status.RESOLVED.value else None,
		)
		for name, status in rows
	]
	if values:
		frappe.db.bulk_insert(STATUS_LOG, fields, values, chunk_size=5000)
		frappe.qb.update(tickets).set(tickets[CLOSES_AT], site_time(timing().close_due(at))).where(
			(tickets.status == Status.RESOLVED.value) & tickets[CLOSES_AT].isnull()
		).run()
