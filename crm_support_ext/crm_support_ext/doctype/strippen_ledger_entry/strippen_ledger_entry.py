"""An entry of a contract's ledger of strippen (domain.md 6). Only ever added; each carries the hash of the one before."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class StrippenLedgerEntry(Document):
	"""Added by ``store/ledger.py`` alone; never changed or deleted."""


def on_doctype_update() -> None:
	"""The indexes by which rows are found, and what must be there once."""
	frappe.db.add_unique("Strippen Ledger Entry", ["contract", "number"])
