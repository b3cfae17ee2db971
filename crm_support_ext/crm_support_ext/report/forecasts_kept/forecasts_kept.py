"""Forecasts kept: of what went out, when each decision said that it would come, and how many days it came after that."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.domain.decisions import Decision
from crm_support_ext.store.decision_words import decision_label
from crm_support_ext.store.kept_forecasts import Held, by_release, held


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], None, dict]:
	"""Columns, rows and the chart, as the framework wants them."""
	chosen = frappe._dict(filters or {})
	days = [chosen.get(day) and getdate(chosen.get(day)) for day in ("from_date", "to_date")]
	found = held(days[0] or None, days[1] or None, chosen.product or "", chosen.item or "")
	return columns(), [_row(each) for each in found], None, chart(found)


def columns() -> list[dict[str, Any]]:
	"""What was decided, what was to be expected then, and what came."""
	release = {"fieldtype": "Link", "options": "Software Release", "width": 130}
	return [
		{"fieldname": "item", "label": _("Parked item"), "fieldtype": "Link", "options": "Parked Item"},
		{"fieldname": "title", "label": _("What it is about"), "fieldtype": "Data", "width": 240},
		{"fieldname": "at", "label": _("Decided at"), "fieldtype": "Datetime", "width": 150},
		{"fieldname": "decision", "label": _("Decision"), "fieldtype": "Data", "width": 100},
		{"fieldname": "forecast", "label": _("Forecast then"), **release},
		{"fieldname": "forecast_date", "label": _("For the day"), "fieldtype": "Date"},
		{"fieldname": "release", "label": _("Came with"), **release},
		{"fieldname": "out_on", "label": _("Went out on"), "fieldtype": "Date"},
		{"fieldname": "late", "label": _("Days late"), "fieldtype": "Int"},
		{"fieldname": "is_first", "label": _("First forecast"), "fieldtype": "Check"},
	]


def _row(found: Held) -> dict[str, Any]:
	return {**vars(found), "decision": decision_label(Decision(found.decision))}


def chart(found: list[Held]) -> dict[str, Any]:
	"""The first forecasts that held, and those that did not, by release."""
	counts = by_release(found)
	return {
		"type": "bar",
		"barOptions": {"stacked": True},
		"colors": ["#46B37E", "#E24C4C"],
		"data": {
			"labels": list(counts),
			"datasets": [
				{"name": _("Held"), "values": [each.held for each in counts.values()]},
				{"name": _("Late"), "values": [each.late for each in counts.values()]},
			],
		},
	}
