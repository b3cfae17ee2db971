"""A ticket in a group of tickets that are alike. The app alone writes it; a ticket is in one group."""

from __future__ import annotations

from frappe.model.document import Document


class SignalledTicket(Document):
	"""Its name is the ticket's, so that no two jobs put a ticket into two groups."""
