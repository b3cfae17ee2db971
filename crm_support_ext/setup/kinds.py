"""What the helpdesk's own ticket types are about, until an administrator says otherwise."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import KIND, TICKET_TYPE
from crm_support_ext.domain.escalation import Kind

KINDS = {"Bug": Kind.FAULT, "Incident": Kind.FAULT, "Question": Kind.QUESTION}


def create() -> None:
	"""Give the stock types their kinds, unless some type has one already."""
	if frappe.db.exists(TICKET_TYPE, {KIND: ("is", "set")}):
		return
	for name, kind in KINDS.items():
		if frappe.db.exists(TICKET_TYPE, name):
			frappe.db.set_value(TICKET_TYPE, name, KIND, kind.value, update_modified=False)
