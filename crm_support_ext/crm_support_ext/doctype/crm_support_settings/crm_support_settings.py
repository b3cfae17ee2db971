"""What an administrator chooses for the life cycle."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from crm_support_ext.store.frappe import recompute_closing
from crm_support_ext.store.wording import apply_wording


class CRMSupportSettings(Document):
	"""Hours, shares, wording and thanks; each default is that of domain.md section 1."""

	def validate(self) -> None:
		if self.close_after_hours < self.survey_after_hours:
			frappe.throw(
				_(
					"A ticket would close after {0} hours, before the customer is asked after {1}. Ask earlier or close later."
				).format(self.close_after_hours, self.survey_after_hours)
			)
		if not 0 <= (self.survey_share or 0) <= 100:
			frappe.throw(_("The share of resolutions that are asked about lies between 0 and 100 %."))
		if not 0 <= (self.promise_share or 0) <= 100:
			frappe.throw(
				_("The share of the target after which the customer hears from us lies between 0 and 100 %.")
			)

	def on_update(self) -> None:
		if not self.get_doc_before_save():
			return  # the framework writes the defaults; install does the rest
		if self.has_value_changed("wording_language"):
			apply_wording()
		if self.has_value_changed("close_after_hours"):
			recompute_closing(self.close_after_hours)
