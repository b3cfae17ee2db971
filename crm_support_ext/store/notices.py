"""What the desk's people are told: lines on a ticket's activity, and the bell of its assignees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from helpdesk.helpdesk.doctype.hd_ticket_activity.hd_ticket_activity import log_ticket_activity

from crm_support_ext.domain.intake import Origin
from crm_support_ext.store.holders import assigned


def mark(ticket: Any, origin: Origin, sender: str) -> None:
	"""Say on the ticket that a message was filed which moves nothing; a stranger's rings the bell too."""
	sentences = {
		Origin.MACHINE: _("filed an automatic message of {0}; the status stays"),
		Origin.STRANGER: _("filed a message of {0}, who belongs neither to this ticket nor to its customer"),
		Origin.THANKS: _("filed thanks of {0}; the ticket was not reopened"),
	}
	if origin in sentences:
		line = sentences[origin].format(sender)
		log_ticket_activity(ticket.name, line)
		if origin is Origin.STRANGER:
			tell_assignees(ticket, line)


def tell_assignees(ticket: Any, line: str) -> None:
	"""Ring the bell of those who hold the ticket."""
	tell(assigned(ticket), ticket, line)


def tell(users: Iterable[str], ticket: Any, line: str) -> None:
	"""Ring the bell of these users with a line about the ticket, but not of the one who acts."""
	for user in users:
		if user != frappe.session.user:
			frappe.get_doc(
				{
					"doctype": "HD Notification",
					"notification_type": "Reaction",
					"user_from": frappe.session.user,
					"user_to": user,
					"reference_ticket": str(ticket.name),
					"message": line,
				}
			).insert(ignore_permissions=True)
