"""What the nightly check saw of a ledger. A last entry that was seen once must stay in the chain."""

from __future__ import annotations

from frappe.model.document import Document


class LedgerCheck(Document):
	"""Written by the nightly check alone."""
