"""The SMS of a warning, sent at most once: what a job was killed over is never sent again (domain.md section 2).

The call to the gateway cannot be rolled back, so it is noted, and committed, before it is made. A line that stays at
Sending was cut off there; the manager is told because nobody acknowledged.
"""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe import _

from crm_support_ext.constants import TARGET_WARNING, TICKET, WARNING_RECIPIENT
from crm_support_ext.store import sms
from crm_support_ext.store.calendars import hours_of_warning
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.holders import mobile_of
from crm_support_ext.store.warning_lines import line_of
from crm_support_ext.store.warning_links import link_of
from crm_support_ext.store.warning_words import sms_text

TO_SEND, SENDING, SENT, FAILED = "To send", "Sending", "Sent", "Failed"
MANAGER = "Manager"
BATCH = 100


def can_send(user: str) -> bool:
	"""Whether this user can be reached by SMS."""
	return sms.is_set_up() and bool(mobile_of(user))


def to_send() -> list[str]:
	"""The lines whose SMS has not been tried, oldest first."""
	return frappe.get_all(
		WARNING_RECIPIENT, filters={"sms_state": TO_SEND}, pluck="name", order_by="told_at", limit=BATCH
	)


def begin(name: str, at: datetime) -> tuple[str, str] | None:
	"""Note that the SMS of a line is being sent; number and text. The caller commits before it calls ``send``.

	None if another worker has it, while the desk is closed, and if it is no longer news.
	"""
	told = frappe.qb.DocType(WARNING_RECIPIENT)
	mine = (told.name == name) & (told.sms_state == TO_SEND)
	query = frappe.qb.from_(told).select(told.parent, told.user, told.told_as).where(mine)
	for line in query.for_update(skip_locked=True).run(as_dict=True):
		warning = frappe.get_doc(TARGET_WARNING, line.parent)
		doc = frappe.get_doc(TICKET, warning.ticket)
		if not hours_of_warning(doc).is_open(at):
			return None
		said = None if warning.acknowledged_at else line_of(warning, doc, at)
		entry = {"sms_state": SENDING if said else "", "sms_at": site_time(at)}
		frappe.db.set_value(WARNING_RECIPIENT, name, entry, update_modified=False)
		if said:
			to_manager = line.told_as == MANAGER
			return mobile_of(line.user), sms_text(line.user, said, link_of(name), to_manager=to_manager)
	return None


def send(name: str, number: str, text: str) -> None:
	"""Call the gateway, and note how it went."""
	error = ""
	try:
		sms.send(number, text)
	except Exception as problem:
		frappe.db.rollback()
		error = (str(problem) or type(problem).__name__)[:140]
		_report_once(name, error)
	entry = {"sms_state": FAILED if error else SENT, "sms_error": error}
	frappe.db.set_value(WARNING_RECIPIENT, name, entry, update_modified=False)


def _report_once(name: str, error: str) -> None:
	"""Put it into the Error Log unless the SMS before failed in the same way."""
	finished = {"sms_state": ("in", (SENT, FAILED)), "name": ("!=", name)}
	before = frappe.get_all(
		WARNING_RECIPIENT, filters=finished, pluck="sms_error", order_by="sms_at desc, modified desc", limit=1
	)
	if before != [error]:
		frappe.log_error(
			title=_("An SMS could not be sent"),
			message=error,
			reference_doctype=WARNING_RECIPIENT,
			reference_name=name,
		)
