"""A priority class: within how much working time the customer hears from us and has a solution (domain.md 2)."""

from __future__ import annotations

from frappe.model.document import Document

from crm_support_ext.store.calendars import calendar_of, tier_as_rule
from crm_support_ext.store.recounting import to_be_recounted
from crm_support_ext.store.spans import both_units


class PriorityTier(Document):
	"""Administrators keep it; tickets that run in it are counted again when it changes."""

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before and tier_as_rule(before) != tier_as_rule(self):
			to_be_recounted(tier=self.name)

	@property
	def response_reads(self) -> str:
		"""The first response's target in both units."""
		return both_units(tier_as_rule(self).response, calendar_of(None))

	@property
	def target_reads(self) -> str:
		"""The target in both units, so that the two are never confused."""
		return both_units(tier_as_rule(self).target, calendar_of(None))
