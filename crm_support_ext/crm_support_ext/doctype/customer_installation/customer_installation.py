"""Which version of a product runs at a customer's: one line for each customer and product."""

from __future__ import annotations

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.constants import INSTALLATION
from crm_support_ext.store import installations

WHOSE = ("customer", "product")


class CustomerInstallation(Document):
	"""Kept by the desk. What is said of a release by it is judged again when it changes."""

	def _validate_links(self) -> None:
		"""Take a bare version for its release; the framework looks for the record's name before anything else."""
		self._name_release()
		super()._validate_links()

	def _name_release(self) -> None:
		given = str(self.release or "").strip()
		if not (given and self.product):
			return  # the framework says what is missing
		found = installations.by_version(self.product, given)
		if not found or not installations.is_out(found):
			known = ", ".join(installations.versions_out(self.product)) or _("none")
			frappe.throw(
				_("{0} has no version {1} that is out. Known are: {2}. Nothing was saved.").format(
					self.product, given, known
				)
			)
		self.release = found

	def validate(self) -> None:
		mine = {"customer": self.customer, "product": self.product, "name": ("!=", self.name or "")}
		if frappe.db.exists(INSTALLATION, mine):
			self._is_known()

	def show_unique_validation_message(self, e: Any) -> None:
		"""Somebody else has just entered one for the same customer and product."""
		self._is_known()

	def _is_known(self) -> NoReturn:
		frappe.throw(
			_("{0} has an installation of {1} already. Change its version there; nothing was saved.").format(
				self.customer, self.product
			),
			frappe.UniqueValidationError,
		)

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before is None or any(self.has_value_changed(field) for field in (*WHOSE, "release")):
			installations.judge_again(self.customer, self.product)
		if before and any(self.has_value_changed(field) for field in WHOSE):
			installations.judge_again(before.customer, before.product)

	def after_delete(self) -> None:
		installations.judge_again(self.customer, self.product)


def on_doctype_update() -> None:
	"""One line for each customer and product, whoever enters two at the same moment."""
	frappe.db.add_unique(INSTALLATION, WHOSE, "customer_product")
