"""HD Ticket Comment: an agent who comments on a new ticket has taken it up (domain.md section 1)."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import TICKET
from crm_support_ext.domain.lifecycle import Event, Status
from crm_support_ext.store.frappe import is_desk_user
from crm_support_ext.store.under_way import is_merging


def after_insert(doc: Any, method: str | None = None) -> None:
	"""Take up a ticket that is New, unless a merge made the comment."""
	if is_merging() or not is_desk_user(doc.commented_by):
		return
	if frappe.db.get_value(TICKET, doc.reference_ticket, "status") != Status.NEW.value:
		return
	ticket = frappe.get_doc(TICKET, doc.reference_ticket)
	ticket.flags.cse_event = Event.TAKEN_UP
	ticket.save(ignore_permissions=True)
