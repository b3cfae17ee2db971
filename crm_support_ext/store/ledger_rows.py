"""Rows of Strippen Ledger Entry: an entry with its seal as columns, and back, to the letter (domain.md section 6).

What a column holds is text wherever the database might round, fold or shift it: amounts have two places, moments are in
UTC, and nothing links to a record that can be renamed. A row that is not exactly as its entry would be written anew is
not that entry: ``read`` raises ``BrokenLedger``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe
from frappe.utils import now

from crm_support_ext.constants import ENTRY
from crm_support_ext.domain.chain import Sealed, moment_text, read_moment
from crm_support_ext.domain.strippen import BrokenLedger, Entry, Kind, Wrong, amount

FACTS = (
	*(
		"name",
		"docstatus",
		"idx",
		"contract",
		"number",
		"at",
		"kind",
		"lot",
		"amount",
		"first_day",
		"last_day",
	),
	*("ticket", "work_log", "reverses", "reason", "checkpoint", "previous", "hash"),
)
"""The columns that say what was booked. The others are the framework's: who added the row, and when."""

_OPTIONAL = frozenset({"ticket", "work_log", "reason", "checkpoint"})

_COLUMNS = (*FACTS, "owner", "modified_by", "creation", "modified")


def add(contract: str, lines: Iterable[Sealed]) -> None:
	"""Insert these entries, past the document whose methods refuse everybody."""
	by = (frappe.session.user,) * 2 + (now(),) * 2
	rows = [(*_facts(contract, each).values(), *by) for each in lines]
	frappe.db.bulk_insert(ENTRY, list(_COLUMNS), rows)


def read(contract: str, row: Mapping[str, Any]) -> Sealed:
	"""The entry of a row with the columns ``FACTS``."""
	try:
		sealed = _sealed(row)
	except (TypeError, ValueError) as error:
		raise BrokenLedger(
			contract, row["number"], Wrong(f"it cannot be read: {error}", "an entry")
		) from None
	for column, fact in _facts(contract, sealed).items():
		if row[column] != fact:
			raise BrokenLedger(contract, row["number"], Wrong(f"{column} is {row[column]!r}", repr(fact)))
	return sealed


def read_all(contract: str, rows: Sequence[Mapping[str, Any]]) -> list[Sealed]:
	"""The entries of these rows."""
	return [read(contract, row) for row in rows]


def _sealed(row: Mapping[str, Any]) -> Sealed:
	if empty := [column for column in FACTS if row[column] is None and column not in _OPTIONAL]:
		raise ValueError(f"{', '.join(empty)} is empty")
	entry = Entry(
		row["number"],
		read_moment(row["at"]),
		Kind(row["kind"]),
		row["lot"],
		amount(row["amount"]),
		row["first_day"],
		row["last_day"],
		row["ticket"] or "",
		row["work_log"] or "",
		row["reverses"] or None,
		row["reason"] or "",
	)
	return Sealed(entry, row["checkpoint"] or "", row["previous"], row["hash"])


def _facts(contract: str, sealed: Sealed) -> dict[str, Any]:
	entry = sealed.entry
	return {
		"name": f"{contract}-E{entry.number}",
		"docstatus": 0,
		"idx": 0,
		"contract": contract,
		"number": entry.number,
		"at": moment_text(entry.at),
		"kind": entry.kind.value,
		"lot": entry.lot,
		"amount": str(entry.amount),
		"first_day": entry.first_day,
		"last_day": entry.last_day,
		"ticket": entry.ticket or None,
		"work_log": entry.work_log or None,
		"reverses": entry.reverses or 0,
		"reason": entry.reason or None,
		"checkpoint": sealed.checkpoint or None,
		"previous": sealed.previous,
		"hash": sealed.hash,
	}
