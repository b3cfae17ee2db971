"""A product that customers have tickets and contracts for."""

from __future__ import annotations

from frappe.model.document import Document

from crm_support_ext.store import renames
from crm_support_ext.store.contract_moves import check_merge


class SoftwareProduct(Document):
	"""Kept by administrators."""

	def before_rename(self, old: str, new: str, merge: bool = False) -> None:
		if merge:
			check_merge("product", old, new)
			renames.check_releases(old, new)
			renames.keep_one_installation("product", old, new)

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		renames.rename_releases(new)
