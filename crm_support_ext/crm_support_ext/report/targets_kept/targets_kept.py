"""Targets kept: how many of the tickets that began in a period were answered in time, per tier, customer, team or month."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import add_months, getdate

from crm_support_ext.store.kept_targets import count

PARTS = {"tier": "Priority Tier", "customer": "HD Customer", "team": "HD Team", "month": ""}
"""What can be counted by, and what it links to."""

MONTHS = 3
"""How far back the report looks unless it is told."""


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], None, dict]:
	"""Columns, rows and the chart, as the framework wants them."""
	chosen = frappe._dict(filters or {})
	by = chosen.by if chosen.by in PARTS else "tier"
	last = getdate(chosen.to_date or None)
	first = getdate(chosen.from_date or add_months(last, -MONTHS))
	only = {part: chosen[part] for part in ("tier", "customer") if chosen.get(part)}
	rows = [_row(found) for found in count(first, last, by, only)]
	return columns(by), rows, None, chart(rows)


def columns(by: str) -> list[dict[str, Any]]:
	"""The part, the counts, the shares, and how long it took."""
	parts = {"tier": _("Tier"), "customer": _("Customer"), "team": _("Team"), "month": _("Month")}
	first = {"fieldname": "part", "label": parts[by], "fieldtype": "Data", "width": 180}
	if PARTS[by]:
		first |= {"fieldtype": "Link", "options": PARTS[by]}
	return [
		first,
		_column("tickets", _("Tickets"), "Int"),
		_column("decided", _("Decided"), "Int"),
		_column("kept", _("Kept"), "Int"),
		_column("share", _("Kept, %"), "Percent"),
		_column("response_share", _("First response kept, %"), "Percent", width=160),
		_column("used", _("Working time used, median"), "Duration", hide_days=1, width=180),
		_column("late", _("Late"), "Int"),
		_column("late_by", _("Late by, median"), "Duration", hide_days=1, width=140),
		_column("latest", _("Late by, most"), "Duration", hide_days=1, width=140),
	]


def _column(name: str, label: str, fieldtype: str, **more: Any) -> dict[str, Any]:
	return {"fieldname": name, "label": label, "fieldtype": fieldtype, "width": 110, **more}


def _row(found: Any) -> dict[str, Any]:
	return {
		**found,
		"decided": found.kept + found.late,
		"share": share(found.kept, found.late),
		"response_share": share(found.response_kept, found.response_late),
	}


def share(kept: int, late: int) -> float | None:
	"""How many per cent were kept of those that are decided; None where none is."""
	return round(float(kept) * 100 / float(kept + late), 2) if kept + late else None


def chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
	"""Kept and late beside each other."""
	return {
		"type": "bar",
		"barOptions": {"stacked": True},
		"colors": ["#46B37E", "#E24C4C"],
		"data": {
			"labels": [row["part"] or _("none") for row in rows],
			"datasets": [
				{"name": _("Kept"), "values": [int(row["kept"]) for row in rows]},
				{"name": _("Late"), "values": [int(row["late"]) for row in rows]},
			],
		},
	}
