"""A version of a product: an upgrade, or an update of one (domain.md section 7, seeds/001)."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.constants import RELEASE
from crm_support_ext.domain.releases import Stage
from crm_support_ext.domain.results import Refusal
from crm_support_ext.messages import refuse
from crm_support_ext.permissions import is_product_director

FIXED = ("update_of", "date", "capacity_days")
"""What of a release that is out is as it was."""


class SoftwareRelease(Document):
	"""Kept by the product director; how far it is, its buttons alone say (store/releases.py)."""

	def before_insert(self) -> None:
		self.update({"state": Stage.PLANNED.value, "out_at": None, "version": (self.version or "").strip()})
		if frappe.db.exists(RELEASE, {"product": self.product, "version": self.version}):
			frappe.throw(
				_("{0} has a version {1} already. Choose another number; nothing was saved.").format(
					self.product, self.version
				)
			)

	def validate(self) -> None:
		_only_the_director()
		if before := self.get_doc_before_save():
			self._check_stage(before)
		if self.update_of:
			self._check_upgrade()

	def _check_stage(self, before: Document) -> None:
		if self.has_value_changed("state") or self.has_value_changed("out_at"):
			frappe.throw(
				_("A release goes out by its button “Release”, and by nothing else. Nothing was saved.")
			)
		changed = [field for field in FIXED if self.has_value_changed(field)]
		if before.state != Stage.PLANNED.value and changed:
			labels = ", ".join(_(self.meta.get_label(field)) for field in changed)
			frappe.throw(
				_("{0} is out: only its notes can still be changed, and not {1}. Nothing was saved.").format(
					self.name, labels
				)
			)

	def _check_upgrade(self) -> None:
		upgrade = frappe.db.get_value(RELEASE, self.update_of, ["product", "update_of"], as_dict=True)
		if not upgrade or upgrade.product != self.product or upgrade.update_of or self.update_of == self.name:
			frappe.throw(
				_(
					"{0} is no upgrade of {1}. An update belongs to an upgrade of the same product; leave the field empty if this is an upgrade itself."
				).format(self.update_of, self.product)
			)
		if not self.is_new() and frappe.db.exists(RELEASE, {"update_of": self.name}):
			frappe.throw(
				_("{0} has updates, so it is an upgrade itself. Nothing was saved.").format(self.name)
			)

	def on_trash(self) -> None:
		_only_the_director()
		if self.state != Stage.PLANNED.value:
			frappe.throw(
				_("{0} is out, and customers were told so: it stays. Change its notes instead.").format(
					self.name
				)
			)


def _only_the_director() -> None:
	if not is_product_director():
		refuse(Refusal("releases_are_the_directors"))
