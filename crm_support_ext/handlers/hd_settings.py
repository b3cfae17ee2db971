"""HD Settings: what our timers do in the helpdesk's stead stays off, with a word on where it is set now."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import REPLACED_SETTINGS, SETTINGS


def validate(doc: Any, method: str | None = None) -> None:
	"""Put back what would make the helpdesk close or ask a second time, or begin in another status."""
	wrong = [field for field, value in REPLACED_SETTINGS.items() if doc.get(field) != value]
	if wrong:
		doc.update({field: REPLACED_SETTINGS[field] for field in wrong})
		labels = ", ".join(_(doc.meta.get_label(field)) for field in wrong)
		frappe.msgprint(
			_(
				"{0}: kept as the life cycle needs it. Closing and the satisfaction request are set in {1}."
			).format(labels, _(SETTINGS))
		)
