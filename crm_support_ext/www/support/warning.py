"""What the link of a warning opens: the ticket's number and subject, and a button. Opening it changes nothing.

Programs that check the links of a mail open them; so only the button acknowledges (api/warnings.py).
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.sessions import get_csrf_token

from crm_support_ext.constants import TARGET_WARNING, TICKET
from crm_support_ext.store.frappe import now
from crm_support_ext.store.warning_links import told_by
from crm_support_ext.store.wording import speaking_to

no_cache = 1


def get_context(context: Any) -> None:
	"""Say what the warning is about, in the language of whoever got it."""
	key = str(frappe.form_dict.get("key") or "")
	line = _told_by(key)
	with speaking_to(line.user if line else frappe.session.user):
		context.update({"key": key, "title": _("Warning"), "lang": frappe.local.lang})
		if line is None:
			context.http_status_code = 404
			context.words = _("This link is not valid, or not any more. Look at the ticket itself.")
			return
		warning = frappe.db.get_value(
			TARGET_WARNING, line.parent, ["ticket", "acknowledged_at"], as_dict=True
		)
		context.title = f"#{warning.ticket} {frappe.db.get_value(TICKET, warning.ticket, 'subject')}"
		if warning.acknowledged_at:
			context.words = _("This warning was acknowledged.")
		else:
			context.words = _("The time for this ticket is running out.")
			context.button, context.token = _("I have seen it"), get_csrf_token()


@rate_limit(limit=60, seconds=60 * 60)
def _told_by(key: str) -> Any:
	return told_by(key, now())
