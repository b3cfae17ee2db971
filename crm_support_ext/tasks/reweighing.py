"""After other weights were saved: weigh every item anew that was weighed by others, each in a transaction of its own.

An item keeps by which weights it was weighed, so the job may be killed and run any number of times: it goes on with what
is left. Every five minutes the scheduler looks whether anything is.
"""

from __future__ import annotations

import frappe
from frappe import _

from crm_support_ext.constants import PARKED_ITEM, WEIGHTS
from crm_support_ext.store import parked_items
from crm_support_ext.tasks.pieces import each

BATCH = 500


def run() -> None:
	"""Weigh what is left to weigh, batch by batch in the order of the names."""
	names = _left(after="")
	while names:
		frappe.clear_document_cache(WEIGHTS, WEIGHTS)  # they may have been changed again meanwhile
		each(names, parked_items.weigh, _report)
		names = _left(after=names[-1])


def _left(after: str) -> list[str]:
	items = frappe.qb.DocType(PARKED_ITEM)
	query = frappe.qb.from_(items).select(items.name)
	query = query.where(items.weighed_by != parked_items.fingerprint(parked_items.weights()))
	return query.where(items.name > after).orderby(items.name).limit(BATCH).run(pluck=True)


def _report(name: str, error: Exception) -> None:
	frappe.log_error(
		title=_("Parked item {0} cannot be weighed").format(name),
		reference_doctype=PARKED_ITEM,
		reference_name=name,
	)
