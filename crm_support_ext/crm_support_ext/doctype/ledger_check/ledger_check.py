"""What is known of a contract's ledger: the head that the last booking left, and what the nightly check saw.

A head that was noted must stay in the chain, so entries that are cut off at the end are missed.
"""

from __future__ import annotations

from frappe.model.document import Document


class LedgerCheck(Document):
	"""The head is written by ``store/ledger.py``, the rest by ``store/ledger_checks.py``."""
