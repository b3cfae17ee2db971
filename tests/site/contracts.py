"""Shared by the tests of contracts: a plan, contracts of customers, and what they hang on."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import CONTRACT, ENTRY, LEDGER_CHECK, PLAN, STRIPPEN_WARNING, WORK_LOG
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves
from tests.factories import make

THE_CUSTOMER = "Bakkerij De Ochtend"


def plan(name: str = "Standard", **fields: Any) -> str:
	"""A plan of this name."""
	if not frappe.db.exists(PLAN, name):
		make(PLAN, plan_name=name, **{"strippen_per_year": 40, **fields})
	return name


def draft(start: str = "2026-01-01", end: str = "2026-12-31", **fields: Any) -> Any:
	"""A contract of the customer that is not active yet."""
	if "plan" not in fields:
		fields["plan"] = plan()
	return make(CONTRACT, **{"customer": THE_CUSTOMER, "start": start, "end": end, **fields})


def active(start: str = "2026-01-01", end: str = "2026-12-31", **fields: Any) -> Any:
	"""An active contract of the customer."""
	return contract_moves.move_to(draft(start, end, **fields).name, State.ACTIVE)


def remove(*names: str) -> None:
	"""Undo what a test committed: these contracts, and their ledgers, which no form takes away."""
	for name in names:
		for doctype in (ENTRY, LEDGER_CHECK, STRIPPEN_WARNING, WORK_LOG):
			frappe.db.delete(doctype, {"contract": name})
		frappe.db.delete("Email Queue", {"reference_name": name})
		frappe.db.delete("Notification Log", {"document_name": name})
		frappe.delete_doc(CONTRACT, name, force=True)


def product(name: str) -> str:
	"""A product of this name."""
	if not frappe.db.exists("Software Product", name):
		make("Software Product", product_name=name)
	return name
