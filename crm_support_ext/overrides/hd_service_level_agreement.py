"""The stock agreement's arithmetic, replaced for tickets of a Priority Tier (domain.md section 2).

The helpdesk picks an agreement for a ticket and asks it twice: at every save for the due times, and once an hour
for the word in which they stand. Both questions are answered here, so its screens and reports show our figures.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from helpdesk.helpdesk.doctype.hd_service_level_agreement.hd_service_level_agreement import (
	HDServiceLevelAgreement,
)

from crm_support_ext.constants import TIER
from crm_support_ext.domain.tiers import Tier
from crm_support_ext.store import targets
from crm_support_ext.store.calendars import tier_named
from crm_support_ext.store.frappe import now


class SupportAgreement(HDServiceLevelAgreement):
	"""An agreement that leaves the counting to the ticket's tier; a priority without one is counted as in stock."""

	def apply(self, doc: Any) -> None:
		"""Put due times and figures into a ticket that is being saved."""
		self.handle_new(doc)
		if tier := self._tier(doc):
			targets.count(doc, tier)
		else:
			targets.leave(doc)
			super().apply(doc)

	def handle_agreement_status(self, doc: Any) -> None:
		"""Say where a ticket stands: at a save, and in the helpdesk's hourly job."""
		if self._tier(doc):
			doc.agreement_status = targets.agreement(doc, now())
		else:
			super().handle_agreement_status(doc)

	def validate_all_priorities(self) -> None:
		"""Ask only for the priorities that have no tier."""
		known = {row.priority for row in self.priorities} | set(frappe.get_all(TIER, pluck="priority"))
		for priority in frappe.get_all("HD Ticket Priority", filters={"disabled": 0}, pluck="name"):
			if priority not in known:
				frappe.msgprint(
					_("Priority {0} has neither a Priority Tier nor a row in {1}.").format(
						priority, self.name
					)
				)

	def _tier(self, doc: Any) -> Tier | None:
		"""The tier in which we count; None for a priority that this agreement knows and that has no tier of its own.

		A priority that neither knows is counted by us, so that it never blocks a ticket.
		"""
		is_stock = doc.priority in {row.priority for row in self.priorities} and not tier_named(doc.priority)
		return None if is_stock else targets.tier_of(doc)
