"""An offer for paid work on a ticket: an estimate in strippen with a maximum, or a fixed price."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.constants import TICKET
from crm_support_ext.domain.quotations import SettlesIn, State
from crm_support_ext.messages import refuse
from crm_support_ext.store import quotations

_MOVED = ("state", "sent_at", "replaced_by", "answered_by", "answered_at", "answer")


class SupportQuotation(Document):
	"""Made by agents, answered in the portal. A draft can be changed; ``store/quotations.py`` alone moves it."""

	def validate(self) -> None:
		if self.flags.cse_move or not self.ticket:
			return  # the framework says what is missing
		frappe.get_doc(TICKET, self.ticket).check_permission("write")
		before = self.get_doc_before_save()
		if before is None:
			self.update({**dict.fromkeys(_MOVED), "state": State.DRAFT.value})
		else:
			self._stays(before)
		self._is_complete()

	def _is_complete(self) -> None:
		if self.settles_in not in [each.value for each in SettlesIn]:
			return  # the framework says which there are
		in_strippen = self.settles_in == SettlesIn.STRIPPEN.value
		unused = ("price", "currency", "max_minutes") if in_strippen else ("estimate", "maximum")
		self.update(dict.fromkeys(unused))
		if not in_strippen and not self.currency:
			self.currency = frappe.db.get_default("currency")
		quotations.place(self)
		if refusal := quotations.check(self):
			refuse(refusal)

	def _stays(self, before: Document) -> None:
		is_draft = before.state == State.DRAFT.value
		changed = [
			_(field.label)
			for field in self.meta.fields
			if (field.fieldname in _MOVED or not is_draft) and self.has_value_changed(field.fieldname)
		]
		if changed and is_draft:
			frappe.throw(_("{0}: send the quotation, and this follows.").format(", ".join(changed)))
		if not is_draft:
			frappe.throw(_("{0} stays as it was sent. Withdraw it, and make a new one.").format(self.name))


def on_doctype_update() -> None:
	"""The index by which the nightly job finds those whose last day has passed."""
	frappe.db.add_index("Support Quotation", ["state", "valid_until"])
