"""Before the app goes: contracts, ledgers, parked items and what hangs on them are written to a file, which stays.

A zip in the site's private files: of each kind of record a file with a line of JSON each, and of each ledger its
statement as CSV, which ``crm-support verify`` proves without this app on the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import frappe
from frappe.query_builder import Order
from frappe.utils import getdate, now_datetime

from crm_support_ext.constants import (
	CONTRACT,
	DECISION,
	ENTRY,
	INSTALLATION,
	LEDGER_CHECK,
	PARKED_ITEM,
	PARKING,
	PLAN,
	PRODUCT,
	QUOTATION,
	RELEASE,
	RULES,
	STRIPPEN_WARNING,
	TARIFF,
	WEIGHTS,
	WORK_LOG,
)
from crm_support_ext.store.ledger import LedgerBroken
from crm_support_ext.store.statement_files import content_of
from crm_support_ext.store.statements import period_of

KEPT = (CONTRACT, ENTRY, WORK_LOG, QUOTATION, PARKED_ITEM, RELEASE, INSTALLATION)
"""What is worth a file: without any of these there is none."""

RECORDS = (*KEPT, PLAN, PRODUCT, TARIFF, STRIPPEN_WARNING, LEDGER_CHECK, DECISION, PARKING)
SINGLES = (RULES, WEIGHTS)
CHUNK = 1000
BROKEN = "The ledger is not as it was written, so there is no statement of it. Its entries are in {0}.\n"


def export() -> Path | None:
	"""Write the file; where it is, or None if there is nothing to keep."""
	if not any(frappe.db.count(doctype) for doctype in KEPT):
		return None
	folder = Path(frappe.get_site_path("private", "files")).resolve()
	path = folder / f"contracts-and-ledgers-{now_datetime():%Y-%m-%d-%H%M%S}.zip"
	with ZipFile(path, "w", ZIP_DEFLATED) as file:
		for doctype in RECORDS:
			_write(file, _file_of(doctype), (_as_line(row) for row in _rows(doctype)))
		for single in SINGLES:
			_write(file, _file_of(single), [_as_line(frappe.get_doc(single).as_dict())])
		for contract in _ledgers():
			_statement(file, contract)
	return path


def _file_of(doctype: str) -> str:
	return f"{frappe.scrub(doctype)}.jsonl"


def _rows(doctype: str) -> Iterator[dict[str, Any]]:
	"""Every record, read piece by piece; those that have tables with their rows."""
	table, last = frappe.qb.DocType(doctype), ""
	query = frappe.qb.from_(table).select("*").orderby(table.name, order=Order.asc).limit(CHUNK)
	has_tables = bool(frappe.get_meta(doctype).get_table_fields())
	while found := query.where(table.name > last).run(as_dict=True):
		yield from (frappe.get_doc(doctype, row.name).as_dict() if has_tables else row for row in found)
		last = found[-1].name


def _as_line(row: dict[str, Any]) -> str:
	return json.dumps(row, default=str, ensure_ascii=False) + "\n"


def _write(file: ZipFile, name: str, lines: Any) -> None:
	with file.open(name, "w", force_zip64=True) as inside, TextIOWrapper(inside, "utf-8") as text:
		text.writelines(lines)


def _ledgers() -> list[str]:
	entries = frappe.qb.DocType(ENTRY)
	return (
		frappe.qb.from_(entries).select(entries.contract).distinct().orderby(entries.contract).run(pluck=True)
	)


def _statement(file: ZipFile, contract: str) -> None:
	"""The whole ledger of a contract as a statement; one that is broken is only said to be so."""
	try:
		start, end = map(getdate, frappe.db.get_value(CONTRACT, contract, ["start", "end"]))
		period = period_of(contract, start, max(end, getdate()))
		file.writestr(f"statements/{contract}.csv", content_of(period, "CSV"))
	except (LedgerBroken, TypeError):  # no such contract any more
		frappe.clear_messages()
		file.writestr(f"statements/{contract}.txt", BROKEN.format(_file_of(ENTRY)))
