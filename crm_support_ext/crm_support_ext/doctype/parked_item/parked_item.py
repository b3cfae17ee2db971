"""What the software is to do or to do better, for which tickets wait (domain.md section 7)."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.constants import PARKED_ITEM, PARKING
from crm_support_ext.domain.decisions import State
from crm_support_ext.permissions import is_product_director
from crm_support_ext.store import parked_items

WEIGHED_BY = ("workaround", "effort")


class ParkedItem(Document):
	"""Anybody of the desk may describe one; once it is decided on, only the product director changes it."""

	def validate(self) -> None:
		self.title = (self.title or "").strip()
		if self.is_new():
			self.update(
				{"state": State.PARKED.value, "release": None, "deferred_until": None, "reason": None}
			)
		elif self.state != State.PARKED.value and not is_product_director():
			frappe.throw(
				_("“{0}” is {1}: only the product director changes it now. Nothing was saved.").format(
					self.title, _(self.state)
				),
				frappe.PermissionError,
			)
		elif self.has_value_changed("product") and frappe.db.exists(PARKING, {"item": self.name}):
			frappe.throw(_("Tickets wait for this item, so it stays with its product. Make another item."))

	def on_update(self) -> None:
		if self.get_doc_before_save() and any(self.has_value_changed(field) for field in WEIGHED_BY):
			parked_items.weigh(self.name)
			self.load_from_db()

	def on_trash(self) -> None:
		if frappe.db.exists(PARKING, {"item": self.name}):
			frappe.throw(_("Tickets wait or waited for this item, so it stays. Decline it instead."))


def on_doctype_update() -> None:
	"""The order of a product's items is read from an index."""
	frappe.db.add_index(PARKED_ITEM, ["product", "order_key", "effort"], "by_rank")
