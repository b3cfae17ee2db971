"""Contracts at a glance: when each ends, what is left of its strippen, and which want attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.domain.contracts import Contract, State
from crm_support_ext.store.contract_figures import RUNNING, Standing, standings

SHOWN: dict[str, Callable[[Standing], bool]] = {
	"running": lambda standing: standing.doc.state in RUNNING,
	"expiring": lambda standing: standing.expires_soon,
	"used": lambda standing: standing.doc.state == State.ACTIVE.value and standing.is_nearly_used_up,
	"all": lambda standing: True,
}
BARS = 10
"""So many contracts are in the chart: those that are used most."""


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict], None, dict]:
	"""Columns, rows and the chart, as the framework wants them."""
	chosen = frappe._dict(filters or {})
	only = {field: chosen[field] for field in ("customer", "plan") if chosen.get(field)}
	is_shown = SHOWN.get(chosen.show, SHOWN["running"])
	found = [standing for standing in standings(getdate(), only) if is_shown(standing)]
	return columns(), [_row(standing) for standing in found], None, chart(found)


def columns() -> list[dict[str, Any]]:
	"""What is agreed, what is left, and what to look at."""
	return [
		_link("contract", _("Contract"), "Maintenance Contract", 110),
		_link("customer", _("Customer"), "HD Customer", 190),
		{"fieldname": "end", "label": _("Last day"), "fieldtype": "Date", "width": 110},
		{"fieldname": "days_left", "label": _("Days left"), "fieldtype": "Int", "width": 90},
		_strippen("given", _("Strippen this year")),
		_strippen("balance", _("Strippen left")),
		{"fieldname": "used", "label": _("Used, %"), "fieldtype": "Percent", "precision": 1, "width": 90},
		{"fieldname": "attention", "label": _("To look at"), "fieldtype": "Data", "width": 210},
		{"fieldname": "state", "label": _("State"), "fieldtype": "Data", "width": 100},
		{"fieldname": "renews", "label": _("Renews by itself"), "fieldtype": "Data", "width": 130},
		_link("plan", _("Plan"), "Maintenance Plan", 120),
		_link("product", _("Product"), "Software Product", 120),
	]


def _link(fieldname: str, label: str, options: str, width: int) -> dict[str, Any]:
	"""A link where the reader may follow it; the framework refuses the whole report if they may not."""
	kind = "Link" if frappe.has_permission(options, "read") else "Data"
	return {"fieldname": fieldname, "label": label, "fieldtype": kind, "options": options, "width": width}


def _strippen(fieldname: str, label: str) -> dict[str, Any]:
	return {"fieldname": fieldname, "label": label, "fieldtype": "Float", "precision": 2, "width": 130}


def _row(standing: Standing) -> dict[str, Any]:
	doc, contract, account = standing.doc, standing.contract, standing.account
	return {
		"contract": contract.name,
		"customer": contract.customer,
		"product": contract.product,
		"plan": contract.plan.name,
		"state": _(doc.state),
		"end": contract.end,
		"days_left": standing.days_left if doc.state in RUNNING else None,
		"renews": _("Yes") if doc.renews else _("No"),
		"given": float(account.given) if account else None,
		"balance": float(account.balance) if account else None,
		"used": standing.used,
		"attention": "; ".join(_attention(standing)),
	}


def _attention(standing: Standing) -> list[str]:
	found = []
	if standing.account is None:
		found.append(_("The ledger is not as it was written"))
	if standing.expires_soon:
		found.append(_("Expires in {0} days").format(standing.days_left))
	if standing.is_nearly_used_up and standing.doc.state == State.ACTIVE.value:
		found.append(_("All strippen are used") if standing.used == 100 else _("Strippen nearly used up"))
	return found


def chart(found: list[Standing]) -> dict[str, Any]:
	"""How much of the contract year's strippen is used, of the contracts that are used most."""
	most = sorted((each for each in found if each.used), key=lambda each: -each.used)[:BARS]
	return {
		"type": "bar",
		"colors": ["#E79913"],
		"data": {
			"labels": [", ".join(filter(None, _whose(each.contract))) for each in most],
			"datasets": [{"name": _("Used, %"), "values": [round(each.used, 1) for each in most]}],
		},
	}


def _whose(contract: Contract) -> tuple[str, str]:
	return contract.customer, contract.product
