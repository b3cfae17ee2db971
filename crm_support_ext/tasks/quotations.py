"""Every night: quotations whose last day has passed expire, and their agents hear of it (domain.md section 5).

Each is locked and looked at again, so that one which is answered at this moment is not touched, and any number of
workers may run.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.constants import QUOTATION
from crm_support_ext.domain.quotations import State
from crm_support_ext.store import quotation_mail, quotations
from crm_support_ext.tasks.pieces import each


def run() -> None:
	"""Let everything expire that is due, however many days the job was off."""
	each(due(), _expire, _report)


def due() -> list[str]:
	"""The quotations that wait for an answer which can come no more."""
	filters = {"state": State.SENT.value, "valid_until": ("<", getdate())}
	return frappe.get_all(QUOTATION, filters=filters, pluck="name", order_by="valid_until asc")


def _expire(name: str) -> None:
	doc: Any = quotations.locked(name)
	if not quotations.expire(doc):
		quotation_mail.tell(doc)


def _report(name: str, error: Exception) -> None:
	title = _("Quotation {0} cannot expire").format(name)
	frappe.log_error(title=title, reference_doctype=QUOTATION, reference_name=name)
