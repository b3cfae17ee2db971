"""Figures of the desk for the cards of its workspace."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import get_first_day, getdate

from crm_support_ext.constants import CONTRACT, TARGET
from crm_support_ext.store import contract_figures
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


@frappe.whitelist()
def contracts_expiring(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""How many contracts end within their notice and do not renew themselves; for whoever reads contracts."""
	frappe.has_permission(CONTRACT, "read", throw=True)
	return _contracts(contract_figures.expiring(getdate()), "expiring")


@frappe.whitelist()
def contracts_nearly_used_up(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""How many contracts have used the first share that is warned of; for whoever reads contracts."""
	frappe.has_permission(CONTRACT, "read", throw=True)
	return _contracts(contract_figures.nearly_used_up(getdate()), "used")


@frappe.whitelist()
def customers_without_contract(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""How many customers had tickets in the last year and have no contract; for whoever reads contracts."""
	frappe.has_permission(CONTRACT, "read", throw=True)
	found = contract_figures.without_contract(getdate())
	return {
		"value": len(found),
		"fieldtype": "Int",
		"route": ["query-report", "Customers without a Contract"],
	}


def _contracts(names: list[str], show: str) -> dict[str, Any]:
	route = ["query-report", "Contracts at a Glance"]
	return {"value": len(names), "fieldtype": "Int", "route": route, "route_options": {"show": show}}
