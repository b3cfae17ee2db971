"""Every five minutes: tell who must know that strippen run out (domain.md section 6).

The booking has noted it. Each note is claimed by its row and told in a transaction of its own; so any number of
workers may run, and be killed, and nobody is told twice or forgotten.
"""

from __future__ import annotations

import frappe
from frappe import _

from crm_support_ext.constants import CONTRACT, STRIPPEN_WARNING
from crm_support_ext.store import strippen_mail
from crm_support_ext.tasks.pieces import each

BATCH = 500


def run() -> None:
	"""Tell what waits; if a whole batch was told, another run follows at once."""
	if each(strippen_mail.to_tell(BATCH), _tell, _report) == BATCH:
		frappe.enqueue("crm_support_ext.tasks.strippen_warnings.run", queue="long")


def _tell(name: str) -> None:
	if warnings := strippen_mail.claim(name):
		strippen_mail.tell(warnings)


def _report(name: str, error: Exception) -> None:
	"""Keep the error with the warning, and log it unless it stood there."""
	known = frappe.db.get_value(STRIPPEN_WARNING, name, ["contract", "job_error"], as_dict=True)
	sentence = str(error)[:500] or type(error).__name__
	if known and known.job_error != sentence:
		title = _("That strippen of contract {0} run out cannot be told").format(known.contract)
		frappe.log_error(title=title, reference_doctype=CONTRACT, reference_name=known.contract)
		frappe.db.set_value(STRIPPEN_WARNING, name, "job_error", sentence, update_modified=False)
