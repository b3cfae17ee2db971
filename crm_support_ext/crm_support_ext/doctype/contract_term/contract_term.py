"""A term for which a contract was made or renewed."""

from __future__ import annotations

from frappe.model.document import Document


class ContractTerm(Document):
	"""Written by the contract that it belongs to."""
