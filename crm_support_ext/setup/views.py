"""Queues in the agent's sidebar, as public views."""

from __future__ import annotations

import json

import frappe

from crm_support_ext.constants import CLOSES_AT, TICKET, WAITING_ON

_COLUMNS = [
	{"label": "ID", "type": "Data", "key": "name", "width": "5rem"},
	{"label": "Subject", "type": "Data", "key": "subject", "width": "25rem"},
	{"label": "Status", "type": "Select", "key": "status", "width": "8rem"},
	{"label": "Waiting on", "type": "Data", "key": WAITING_ON, "width": "16rem"},
	{"label": "Customer", "type": "Link", "key": "customer", "options": "HD Customer", "width": "9rem"},
	{"label": "Assigned To", "type": "MultipleAvatar", "key": "_assign", "width": "8rem"},
	{"label": "Closes at", "type": "Datetime", "key": CLOSES_AT, "width": "9rem"},
	{"label": "Created", "type": "Datetime", "key": "creation", "width": "8rem"},
]

VIEWS = {
	"CSE-VIEW-NEW": ("New, not taken up", "inbox", {"status": "New"}, "creation asc"),
	"CSE-VIEW-PENDING": ("Waiting for the customer", "hourglass", {"status": "Pending"}, "modified asc"),
	"CSE-VIEW-PARKED": ("Parked", "circle-parking", {"status": "Parked"}, "creation asc"),
	"CSE-VIEW-CLOSES-TODAY": (
		"Closes today",
		"calendar-clock",
		{"status": "Resolved", CLOSES_AT: ["timespan", "today"]},
		f"{CLOSES_AT} asc",
	),
}
"""By name: label, icon, filters, order. (The helpdesk's own "Pending Tickets" are something else.)"""


def create() -> None:
	"""Make the views that are missing; one that an administrator changed stays."""
	rows = [column["key"] for column in _COLUMNS] + ["modified", "status_category", "agreement_status"]
	for name, (label, icon, filters, order_by) in VIEWS.items():
		if frappe.db.exists("HD View", name):
			continue
		doc = frappe.get_doc(
			{
				"doctype": "HD View",
				"name": name,
				"label": label,
				"icon": icon,
				"dt": TICKET,
				"type": "list",
				"route_name": "TicketsAgent",
				"filters": json.dumps(filters),
				"order_by": order_by,
				"columns": json.dumps(_COLUMNS),
				"rows": json.dumps(rows),
				"public": 1,
				"is_standard": 1,
				"user": "Administrator",
			}
		)
		doc.flags.name_set = True
		doc.insert(ignore_permissions=True)
