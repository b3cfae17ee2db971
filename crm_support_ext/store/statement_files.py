"""Statements as files, PDF or CSV. A short one is made at once; a long one is asked for, made in the background, and
kept for a day for the one reader who asked (Requested Statement; its file is private and goes with it).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from crm_support_ext.constants import CONTRACT, REQUESTED_STATEMENT
from crm_support_ext.domain import statement
from crm_support_ext.domain.chain import Sealed
from crm_support_ext.store import ledger
from crm_support_ext.store.statement_paper import Done, can_make, pdf_of
from crm_support_ext.store.statements import Period, period_of

KEPT_FOR = timedelta(days=1)
SILENT_FOR = timedelta(minutes=10)
"""One that has not moved for so long will not be made any more: its worker is gone."""

FORMS = ("PDF", "CSV")
WAITING, RUNNING, READY, FAILED = "Waiting", "Running", "Ready", "Failed"


def day_of(text: Any) -> date | None:
	"""A day as an address has it; None for anything else, and for one of an age that no zone has moments of."""
	try:
		day = date.fromisoformat(str(text or ""))
	except ValueError:
		return None
	return day if MINYEAR < day.year < MAXYEAR else None


def file_name(period: Period, form: str) -> str:
	"""How the file is called: by its contract and its days."""
	return f"statement-{period.contract}-{period.first}-{period.last}.{form.lower()}"


def downloads(contract: str, first: str, last: str) -> list[dict[str, str]]:
	"""The links to the files that this site can make."""
	forms = FORMS if can_make() else FORMS[1:]
	method = "/api/method/crm_support_ext.api.statement.download?"
	asked = {"contract": contract, "first": first, "last": last}
	return [{"label": form, "url": method + urlencode({**asked, "form": form})} for form in forms]


def content_of(period: Period, form: str, done: Done = lambda entries: None) -> bytes:
	"""The file; ``done`` hears now and then how many entries are in it."""
	return pdf_of(period, done) if form == "PDF" else _csv_of(period, done)


def _csv_of(period: Period, done: Done) -> bytes:
	doc = frappe.get_cached_doc(CONTRACT, period.contract)
	head = statement.Period(period.contract, doc.customer, ledger.desk_zone().key, period.first, period.last)
	account, last_hash = period.opening()
	lines = _counted(period.sealed(), done)
	rows = statement.rows(head, statement.Opening(account, last_hash), lines)
	return "".join(statement.as_csv(rows)).encode()


def _counted(lines: Iterator[Sealed], done: Done) -> Iterator[Sealed]:
	for number, line in enumerate(lines, 1):
		yield line
		if number % ledger.CHUNK == 0:
			done(number)


def ask(contract: str, first: date, last: date, form: str) -> str:
	"""Ask for a statement in the present reader's name, once for the same; its name."""
	period = period_of(contract, first, last)
	wanted = {
		"contract": contract,
		"first_day": period.first,
		"last_day": period.last,
		"form": form,
		"reader": frappe.session.user,
		"language": frappe.local.lang,
		"entries": period.count,
	}
	there = frappe.get_all(
		REQUESTED_STATEMENT,
		filters={**wanted, "state": ("!=", FAILED), "modified": (">", now_datetime() - SILENT_FOR)},
		pluck="name",
	)
	if there:
		return there[0]
	return frappe.get_doc({"doctype": REQUESTED_STATEMENT, **wanted}).insert(ignore_permissions=True).name


def asked_for(name: Any) -> dict[str, Any] | None:
	"""How far a statement is that the present reader asked for; None: there is none, or it is another's."""
	filters = {"name": str(name or ""), "reader": frappe.session.user}
	fields = ["name", "form", "state", "entries", "done", "modified"]
	row = frappe.db.get_value(REQUESTED_STATEMENT, filters, fields, as_dict=True)
	if not row:
		return None
	is_silent = get_datetime(row.modified) < now_datetime() - SILENT_FOR
	state = FAILED if row.state in (WAITING, RUNNING) and is_silent else row.state
	words = {
		WAITING: _("The {0} is about to be made.").format(row.form),
		RUNNING: _("The {0} is being made: {1} of {2} entries.").format(row.form, row.done, row.entries),
		READY: _("The {0} is ready. It stays here for a day.").format(row.form),
		FAILED: _("The {0} could not be made. Ask for it once more, or for a shorter period.").format(
			row.form
		),
	}
	return {
		"name": row.name,
		"words": words[state],
		"done": row.done,
		"entries": row.entries,
		"is_ready": state == READY,
		"is_going_on": state in (WAITING, RUNNING),
		"download": _("Download the {0}").format(row.form),
		"url": f"/api/method/crm_support_ext.api.statement.fetch?file={row.name}",
	}


def requested(name: str) -> Any:
	"""What the present reader asked for and was made; stops the request if there is no such."""
	filters = {"name": name, "reader": frappe.session.user, "state": READY}
	fields = ["name", "contract", "first_day", "last_day", "form"]
	row = frappe.db.get_value(REQUESTED_STATEMENT, filters, fields, as_dict=True)
	if not row:
		frappe.throw(
			_(
				"There is no such file, or it is not yours, or it was removed after its day. Ask for it once more."
			),
			frappe.PermissionError,
		)
	return row


def fetch(row: Any) -> tuple[str, bytes]:
	"""Name and content of the file that was made."""
	attached = {"attached_to_doctype": REQUESTED_STATEMENT, "attached_to_name": row.name}
	return _name_of(row), Path(frappe.get_doc("File", attached).get_full_path()).read_bytes()


def _name_of(row: Any) -> str:
	return file_name(Period(row.contract, row.first_day, row.last_day, 0, 0), row.form)


def keep(name: str, content: bytes) -> None:
	"""Keep what was made for a reader, in the reader's name."""
	row = frappe.get_doc(REQUESTED_STATEMENT, name)
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": _name_of(row),
			"attached_to_doctype": REQUESTED_STATEMENT,
			"attached_to_name": name,
			"is_private": 1,
			"content": content,
		}
	)
	file.insert(ignore_permissions=True)
	row.db_set({"state": READY, "done": row.entries})


def outdated() -> list[str]:
	"""Those whose day is over."""
	return frappe.get_all(
		REQUESTED_STATEMENT, filters={"creation": ("<", now_datetime() - KEPT_FOR)}, pluck="name"
	)
