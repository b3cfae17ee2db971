"""Customers without a contract: who had tickets in the last year, and what was worked for them."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.store.contract_figures import without_contract

BARS = 20
"""So many customers are in the chart: those with most tickets."""


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], None, dict]:
	"""Columns, rows and the chart, as the framework wants them."""
	rows = [{**row, "last_ticket": getdate(row.last_ticket)} for row in without_contract(getdate())]
	return columns(), rows, None, chart(rows)


def columns() -> list[dict[str, Any]]:
	"""The customer, what it asked of the desk, and its last contract."""
	# the framework refuses the whole report to who may not follow a link of it
	may_follow = frappe.has_permission("HD Customer", "read")
	link = {"fieldtype": "Link" if may_follow else "Data", "width": 220}
	return [
		{"fieldname": "customer", "label": _("Customer"), "options": "HD Customer", **link},
		{"fieldname": "tickets", "label": _("Tickets in the last year"), "fieldtype": "Int", "width": 170},
		{"fieldname": "last_ticket", "label": _("Last ticket"), "fieldtype": "Date", "width": 120},
		{
			"fieldname": "minutes",
			"label": _("Minutes worked without a contract"),
			"fieldtype": "Int",
			"width": 230,
		},
		{"fieldname": "contract", "label": _("Last contract"), "options": "Maintenance Contract", **link},
		{"fieldname": "ended", "label": _("Ended on"), "fieldtype": "Date", "width": 120},
	]


def chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
	"""The tickets of those who have most."""
	most = rows[:BARS]
	return {
		"type": "bar",
		"colors": ["#449CF0"],
		"data": {
			"labels": [row["customer"] for row in most],
			"datasets": [{"name": _("Tickets in the last year"), "values": [row["tickets"] for row in most]}],
		},
	}
