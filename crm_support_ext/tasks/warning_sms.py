"""Every minute: send the SMS of warnings; a gateway that is slow holds up no mail (domain.md section 2)."""

from __future__ import annotations

import frappe

from crm_support_ext.store.frappe import now
from crm_support_ext.store.warning_sms import begin, send, to_send


def run() -> None:
	"""Send each once. A job that is killed during the call leaves a line at Sending, which nobody sends again."""
	for name in to_send():
		frappe.db.commit()  # nosemgrep: each SMS is claimed in a transaction of its own
		message = begin(name, now())
		frappe.db.commit()  # nosemgrep: before the call, which cannot be rolled back
		if message:
			send(name, *message)
			frappe.db.commit()  # nosemgrep: the next one may fail
