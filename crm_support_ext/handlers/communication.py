"""Communication: whose words a message is, and on which ticket or escalation they belong."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import ESCALATION, ORIGIN, TICKET
from crm_support_ext.domain.intake import Origin, origin_of
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.services.follow_ups import place_for
from crm_support_ext.store import notices, party_mail
from crm_support_ext.store.frappe import FrappeStore, SiteTicket, is_merged_nowhere, now
from crm_support_ext.store.senders import ReceivedMessage
from crm_support_ext.store.under_way import is_merging


def before_insert(doc: Any, method: str | None = None) -> None:
	"""Note a message's origin; lead a party's words to its escalation, the customer's on a closed ticket to its follow-up."""
	if doc.communication_type != "Communication":
		return
	if _is_mail_from_outside(doc):
		party_mail.lead_to_escalation(doc)
	if doc.reference_doctype == ESCALATION:
		(party_mail.receive if doc.sent_or_received == "Received" else party_mail.send)(doc)
	elif doc.reference_doctype == TICKET:
		_file_on_ticket(doc)


def _is_mail_from_outside(doc: Any) -> bool:
	return doc.sent_or_received == "Received" and doc.communication_medium == "Email" and not is_merging()


def _file_on_ticket(doc: Any) -> None:
	if doc.sent_or_received != "Received":
		doc.set(ORIGIN, Origin.COPY.value if is_merging() else None)
		return
	ticket = frappe.get_doc(TICKET, doc.reference_name)
	origin = origin_of(ReceivedMessage(doc, ticket))
	doc.set(ORIGIN, origin.value)
	if origin is not Origin.CUSTOMER:
		notices.mark(ticket, origin, doc.sender)
	elif ticket.status == Status.PARKED.value:
		notices.tell_assignees(ticket, _("The customer wrote on a parked ticket"))
	elif not is_merged_nowhere(ticket):
		doc.reference_name = place_for(FrappeStore(), SiteTicket(ticket), now()).name
