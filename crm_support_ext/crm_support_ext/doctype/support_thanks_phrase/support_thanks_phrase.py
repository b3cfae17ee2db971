"""One phrase that, alone, is thanks and no question."""

from __future__ import annotations

from frappe.model.document import Document


class SupportThanksPhrase(Document):
	pass
