"""Work of the scheduler in pieces, each a transaction of its own: one that fails is undone alone and hinders no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import frappe


def each(pieces: Iterable[str], do: Callable[[str], Any], fail: Callable[[str, Exception], None]) -> int:
	"""Do each piece; ``fail`` notes what went wrong with one. The answer is how many went well."""
	done = 0
	for piece in pieces:
		frappe.db.commit()  # nosemgrep: what was read to find it is not what is read to do it
		try:
			do(piece)
			done += 1
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()  # somebody is at it; the next run comes
		except Exception as error:
			frappe.db.rollback()
			fail(piece, error)
		frappe.db.commit()  # nosemgrep: each piece is its own transaction
	return done


def report_once(doctype: str, name: str, field: str, title: str, error: Exception) -> None:
	"""Keep an error in this field of a ticket's row, and log it unless it stood there; ``title`` takes the ticket."""
	known = frappe.db.get_value(doctype, name, ["ticket", field], as_dict=True)
	sentence = str(error)[:500] or type(error).__name__
	if known and known[field] != sentence:
		frappe.log_error(title=title.format(known.ticket), reference_doctype=doctype, reference_name=name)
		frappe.db.set_value(doctype, name, field, sentence, update_modified=False)
