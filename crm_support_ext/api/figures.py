"""Figures of the desk for the cards of its workspace."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import get_first_day, getdate

from crm_support_ext.constants import TARGET
from crm_support_ext.store.kept_targets import count


@frappe.whitelist()
def targets_kept_this_month(filters: dict | list | str | None = None) -> dict[str, Any] | str:
	"""The share of targets kept of those decided on tickets that began this month; for whoever reads targets."""
	frappe.has_permission(TARGET, "read", throw=True)
	today = getdate()
	found = count(get_first_day(today), today)[0]
	decided = found.kept + found.late
	if not decided:
		return "-"
	share = float(found.kept) * 100 / float(decided)
	return {"value": share, "fieldtype": "Percent", "route": ["query-report", "Targets Kept"]}
