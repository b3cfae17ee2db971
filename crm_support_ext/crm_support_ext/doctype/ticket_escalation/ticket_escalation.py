"""A ticket's stay with a party: what was asked, when it went and came back, and the answer. Its mail is its timeline."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.domain.party_mail import PREFIX, subject_with


class TicketEscalation(Document):
	"""Written by ``store/escalations.py`` alone. No customer reads any of it: the portal's roles have no permission."""

	def autoname(self) -> None:
		"""A code that nobody guesses: it leads a mail here."""
		self.name = PREFIX + frappe.generate_hash(length=8).upper()

	def validate(self) -> None:
		if self.is_new():
			self.subject = subject_with(self.name, _first_line(self.question or ""))
		elif not self.flags.cse_came_back:
			self._stays_as_it_went_out()

	def _stays_as_it_went_out(self) -> None:
		before = self.get_doc_before_save()
		changed = [
			field.label
			for field in self.meta.fields
			if before.get(field.fieldname) != self.get(field.fieldname)
		]
		if changed:
			frappe.throw(
				_(
					"{0}: an escalation stays as it went out. Press “Came back” on the ticket, and escalate anew."
				).format(", ".join(_(label) for label in changed))
			)


def _first_line(text: str) -> str:
	lines = [line.strip() for line in text.splitlines() if line.strip()]
	return lines[0][:100] if lines else ""
