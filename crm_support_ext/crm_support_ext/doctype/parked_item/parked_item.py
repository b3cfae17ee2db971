"""What the software is to do or to do better, for which tickets wait (domain.md section 7)."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.constants import PARKED_ITEM, PARKING
from crm_support_ext.domain.decisions import State
from crm_support_ext.permissions import is_product_director
from crm_support_ext.store import decisions, parked_items

WEIGHED_BY = ("workaround", "effort")


class ParkedItem(Document):
	"""Anybody of the desk may describe one; once it is decided on, only the product director changes it."""

	def validate(self) -> None:
		self.title = (self.title or "").strip()
		self._keep_what_is_not_written_here()
		if self.is_new():
			return
		if self.state != State.PARKED.value and not is_product_director():
			frappe.throw(
				_("“{0}” is {1}: only the product director changes it now. Nothing was saved.").format(
					self.title, _(self.state)
				),
				frappe.PermissionError,
			)
		is_used = self.state != State.PARKED.value or frappe.db.exists(PARKING, {"item": self.name})
		if self.has_value_changed("product") and is_used:
			frappe.throw(_("Tickets wait for this item, so it stays with its product. Make another item."))

	def _keep_what_is_not_written_here(self) -> None:
		"""Refuse another decision than the stored one, and put back the figures, whoever sends them by whatever way.

		They are read as they are now, under the item's lock: since this document was read, others may have parked.
		"""
		stored = frappe.new_doc(PARKED_ITEM) if self.is_new() else parked_items.stored(self.name)
		for field in self.meta.get("fields", {"read_only": 1}):
			is_other = str(self.get(field.fieldname) or "") != str(stored.get(field.fieldname) or "")
			if is_other and field.fieldname in decisions.DECIDED and not self.is_new():
				frappe.throw(
					_("{0}: this is decided on the board of parked items. Nothing was saved.").format(
						_(field.label)
					),
					frappe.PermissionError,
				)
			self.set(field.fieldname, stored.get(field.fieldname))

	def on_update(self) -> None:
		if self.get_doc_before_save() and any(self.has_value_changed(field) for field in WEIGHED_BY):
			parked_items.weigh(self.name)
			self.load_from_db()

	def on_trash(self) -> None:
		if frappe.db.exists(PARKING, {"item": self.name}):
			frappe.throw(_("Tickets wait or waited for this item, so it stays. Decline it instead."))


def on_doctype_update() -> None:
	"""The order of a product's items, which of them are planned, which has a title, and for which of those that are out
	somebody waits, is read from an index."""
	frappe.db.add_index(PARKED_ITEM, ["product", "order_key", "effort"], "by_rank")
	frappe.db.add_index(PARKED_ITEM, ["product", "state", "order_key"], "by_state")
	frappe.db.add_index(PARKED_ITEM, ["title"], "by_title")
	frappe.db.add_index(PARKED_ITEM, ["state", "tickets"], "by_waits")
