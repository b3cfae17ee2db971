"""A group of tickets that are alike: a signal once it grows (domain.md section 7). The app alone writes it."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from crm_support_ext.constants import SIGNALLED


class TicketSignal(Document):
	"""What is done with it is done by the buttons of its form (api/signals.py)."""

	def on_trash(self) -> None:
		"""Its tickets are looked at again, if they are recent."""
		frappe.db.delete(SIGNALLED, {"signal": self.name})
