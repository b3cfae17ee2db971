"""An entry of a contract's ledger of strippen (domain.md section 6). Only ever added, by ``store/ledger.py`` alone.

Everything that the framework does to a document ends in one of the methods below: a form, REST, a bulk edit, an import,
a rename, for whoever it may be, the Administrator too. What passes them by is SQL, and the nightly check finds that.
"""

from __future__ import annotations

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document


class StrippenLedgerEntry(Document):
	"""Nobody adds one here, changes it or deletes it."""

	def before_insert(self) -> None:
		"""Refuse before the framework asks for what is missing."""
		self._refuse()

	def before_validate(self) -> None:
		"""Refuse any save."""
		self._refuse()

	def db_insert(self, *args: Any, **kwargs: Any) -> NoReturn:
		"""Refuse what leaves out the events."""
		self._refuse()

	def db_update(self) -> NoReturn:
		"""Refuse what leaves out the events."""
		self._refuse()

	def db_set(self, *args: Any, **kwargs: Any) -> NoReturn:
		"""Refuse a single value."""
		self._refuse()

	def on_trash(self) -> None:
		"""Refuse a deletion, forced or not."""
		self._refuse()

	def after_delete(self) -> None:
		"""Undo a deletion that left out the event before it."""
		self._refuse()

	def before_rename(self, *args: Any) -> None:
		"""Refuse another name."""
		self._refuse()

	def after_rename(self, *args: Any) -> None:
		"""Undo a rename that left out the event before it."""
		self._refuse()

	def _refuse(self) -> NoReturn:
		if self.is_new():
			words = _(
				"Nobody writes an entry of a ledger by hand. Grant or buy strippen, or correct an entry, on the contract."
			)
		else:
			words = _(
				"Entry {0} of the ledger of contract {1} stays as it is: entries are only ever added. Correct it on the contract; that adds an entry which takes it back."
			).format(self.number, self.contract)
		frappe.throw(words, title=_("Not possible"))


def on_doctype_update() -> None:
	"""No two entries of a ledger bear one number; by that index the last ones are found, by the others one of many."""
	frappe.db.add_unique("Strippen Ledger Entry", ["contract", "number"])
	frappe.db.add_index("Strippen Ledger Entry", ["contract", "at", "number"])
	frappe.db.add_index("Strippen Ledger Entry", ["contract", "reverses"])
