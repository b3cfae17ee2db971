"""Shared by the tests of contracts: a plan, contracts of customers, and what they hang on."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import CONTRACT, PLAN
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
	fields = {"customer": THE_CUSTOMER, "plan": plan(), "start": start, "end": end, **fields}
	return make(CONTRACT, **fields)


def active(start: str = "2026-01-01", end: str = "2026-12-31", **fields: Any) -> Any:
	"""An active contract of the customer."""
	return contract_moves.move_to(draft(start, end, **fields).name, State.ACTIVE)


def product(name: str) -> str:
	"""A product of this name."""
	if not frappe.db.exists("Software Product", name):
		make("Software Product", product_name=name)
	return name
