"""Somebody to whom tickets go: a line of our own house, or a supplier, manufacturer or hosting provider."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.domain.escalation import OUTSIDE, Line


class EscalationParty(Document):
	"""A party is reached by mail or phone; one of us by the bell, too."""

	def validate(self) -> None:
		self.email = (self.email or "").strip().lower()
		if Line(self.line) in OUTSIDE:
			self.user = self.team = None
		if not (self.email or self.phone or self.user or self.team):
			frappe.throw(
				_(
					"{0} cannot be reached. Give an email address or a phone number; for one of us, a user or a team."
				).format(self.party_name)
			)
