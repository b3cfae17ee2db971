"""Promises kept: how many of those that were decided in a period, per holder, customer or month."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_first_day, get_fullname, get_last_day, getdate

from crm_support_ext.domain.promises import kept_rate
from crm_support_ext.store.kept_promises import count

STATES = ("kept", "broken", "withdrawn", "replaced")


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], None, dict]:
	"""Columns, rows and the chart, as the framework wants them."""
	chosen = frappe._dict(filters or {})
	by = chosen.by if chosen.by in PARTS else "holder"
	first = getdate(chosen.from_date or get_first_day(getdate()))
	last = getdate(chosen.to_date or get_last_day(getdate()))
	only = {part: chosen[part] for part in ("holder", "customer") if chosen.get(part)}
	rows = [_row(found) for found in count(first, last, by, only)]
	return columns(by), rows, None, chart(rows, by)


PARTS = {"holder": "User", "customer": "HD Customer", "month": ""}
"""What can be counted by, and what it links to."""


def columns(by: str) -> list[dict[str, Any]]:
	"""The part, the counts and the rate."""
	parts = {"holder": _("Holder"), "customer": _("Customer"), "month": _("Month")}
	labels = {
		"kept": _("Kept"),
		"broken": _("Broken"),
		"withdrawn": _("Withdrawn"),
		"replaced": _("Replaced"),
	}
	first = {"fieldname": "part", "label": parts[by], "fieldtype": "Data", "width": 220}
	if PARTS[by]:
		first |= {"fieldtype": "Link", "options": PARTS[by]}
	counts = [{"fieldname": state, "label": labels[state], "fieldtype": "Int"} for state in STATES]
	return [
		first,
		*counts,
		{"fieldname": "rate", "label": _("Kept, %"), "fieldtype": "Percent", "precision": 1},
	]


def _row(found: Any) -> dict[str, Any]:
	rate = kept_rate(found.kept, found.broken)
	return {**found, "rate": None if rate is None else float(rate * 100)}


def chart(rows: list[dict[str, Any]], by: str) -> dict[str, Any]:
	"""Kept and broken, one on the other."""
	names = [get_fullname(row["part"]) if by == "holder" and row["part"] else row["part"] for row in rows]
	return {
		"type": "bar",
		"barOptions": {"stacked": True},
		"colors": ["#46B37E", "#E24C4C"],
		"data": {
			"labels": [name or _("nobody") for name in names],
			"datasets": [
				{"name": _("Kept"), "values": [row["kept"] for row in rows]},
				{"name": _("Broken"), "values": [row["broken"] for row in rows]},
			],
		},
	}
