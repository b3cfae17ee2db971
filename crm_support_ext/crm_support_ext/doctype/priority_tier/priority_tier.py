"""A priority class: within how much working time the customer hears from us and has a solution (domain.md 2)."""

from __future__ import annotations

from frappe import _
from frappe.model.document import Document

from crm_support_ext.domain.business_calendar import Span, Unit
from crm_support_ext.store.calendars import calendar_of, tier_as_rule
from crm_support_ext.store.recounting import to_be_recounted


class PriorityTier(Document):
	"""Administrators keep it; tickets that run in it are counted again when it changes."""

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		if before and tier_as_rule(before) != tier_as_rule(self):
			to_be_recounted(tier=self.name)

	@property
	def response_reads(self) -> str:
		"""The first response's target in both units."""
		return in_words(tier_as_rule(self).response)

	@property
	def target_reads(self) -> str:
		"""The target in both units, so that the two are never confused."""
		return in_words(tier_as_rule(self).target)


def in_words(span: Span | None) -> str:
	"""A target, and working days in hours besides, as far as the days of the default calendar are of one length."""
	if span is None:
		return _("no target")
	if span.unit is Unit.HOUR:
		return _("{0} working hours").format(_number(span.amount))
	lengths = {sum(closes - opens for opens, closes in day) for day in calendar_of(None).week if day}
	words = _("{0} working days").format(_number(span.amount))
	if len(lengths) > 1:
		return _("{0} of unequal length").format(words)
	return _("{0} = {1} working hours").format(words, _number(span.amount * lengths.pop() / 60))


def _number(amount) -> str:
	return f"{float(amount):g}"
