"""The table of settlement of domain.md section 5, until an administrator writes another."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import RULES
from crm_support_ext.domain import settlement
from crm_support_ext.store import contracts


def create() -> None:
	"""Write the table down where there is none; one that somebody changed stays so. An empty one is no table."""
	if contracts.rules_of(frappe.get_doc(RULES)):
		return
	doc = frappe.get_doc(RULES)
	for rule in settlement.RULES:
		doc.append(
			"rules",
			{
				"settlement": rule.settlement.value,
				"kind": rule.kind,
				"activity": rule.activity,
				"role": rule.role and rule.role.value,
				"place": rule.place and rule.place.value,
				"contract": contracts.SAYS_OF_CONTRACT[rule.has_contract],
			},
		)
	doc.save(ignore_permissions=True)
