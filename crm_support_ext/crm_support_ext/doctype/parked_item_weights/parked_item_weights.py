"""What counts in the score of a parked item (domain.md sections 7 and 9)."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from crm_support_ext.domain.parked_priority import refuses
from crm_support_ext.messages import refuse
from crm_support_ext.store.parked_items import weights_of


class ParkedItemWeights(Document):
	"""Chosen by the product director; all items are weighed anew in the background."""

	def validate(self) -> None:
		if refusal := refuses(weights_of(self)):
			refuse(refusal)

	def on_update(self) -> None:
		frappe.enqueue(
			"crm_support_ext.tasks.reweighing.run",
			queue="long",
			job_id="cse-reweighing",
			deduplicate=True,
			enqueue_after_commit=True,
		)
