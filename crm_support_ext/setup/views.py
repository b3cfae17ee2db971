"""Queues in the agent's sidebar, as public views."""

from __future__ import annotations

import json

import frappe

from crm_support_ext.constants import AGREED_ON, CLOSES_AT, TICKET, WAITING_ON
from crm_support_ext.domain.tiers import BY_AGREEMENT

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

_DUE = [
	{"label": "Due", "type": "Datetime", "key": "resolution_by", "width": "9rem"}
	if column["key"] == CLOSES_AT
	else column
	for column in _COLUMNS
]

_RUNS = {"resolution_date": ["is", "not set"], "on_hold_since": ["is", "not set"]}
"""Neither solved nor held by a workaround, and the clock does not rest."""

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
	"CSE-VIEW-DUE-TODAY": (
		"Due today",
		"alarm-clock",
		{**_RUNS, "resolution_by": ["timespan", "today"]},
		"resolution_by asc",
	),
	"CSE-VIEW-OVERDUE": (
		"Overdue",
		"alarm-clock-off",
		{**_RUNS, "agreement_status": "Failed"},
		"resolution_by asc",
	),
	"CSE-VIEW-NO-DATE": (
		"By agreement, no date yet",
		"calendar-x",
		{"resolution_date": ["is", "not set"], "priority": BY_AGREEMENT, AGREED_ON: ["is", "not set"]},
		"creation asc",
	),
}
"""By name: label, icon, filters, order. (The helpdesk's own "Pending Tickets" are something else.)"""


def create() -> None:
	"""Make the views that are missing; one that an administrator changed stays."""
	keys = {column["key"]: None for column in (*_COLUMNS, *_DUE)}
	rows = [*keys, "modified", "status_category", "agreement_status"]
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
				"columns": json.dumps(_DUE if "resolution_date" in filters else _COLUMNS),
				"rows": json.dumps(rows),
				"public": 1,
				"is_standard": 1,
				"user": "Administrator",
			}
		)
		doc.flags.name_set = True
		doc.insert(ignore_permissions=True)
