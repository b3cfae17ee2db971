"""Every night: contracts whose last day has passed renew themselves or expire (domain.md section 4).

What the job was off for is caught up, term after term, and a second run finds nothing to do. Nobody waits for it:
whoever asks for a contract before it ran gets the contract as renewed (store/contracts.py).
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.constants import CONTRACT
from crm_support_ext.store.contract_moves import settle_end, that_end
from crm_support_ext.tasks.pieces import each


def run() -> None:
	"""Settle each contract that has come to its end, in a transaction of its own."""
	today = getdate()
	each(that_end(today), lambda name: settle_end(name, today), _report)


def _report(name: str, error: Exception) -> None:
	title = _("Contract {0} cannot be renewed or expire").format(name)
	frappe.log_error(title=title, reference_doctype=CONTRACT, reference_name=name)
