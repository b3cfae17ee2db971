"""What the link in the mail about a release opens: whether it is fixed, and two buttons. Opening it changes nothing.

Programs that check the links of a mail open them; so only the buttons answer (api/fixed.py). No other customer is named.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.sessions import get_csrf_token

from crm_support_ext.constants import PARKED_ITEM, TICKET
from crm_support_ext.domain.releases import Fixed
from crm_support_ext.store.drafts import customer_language
from crm_support_ext.store.fixed_links import asked_by
from crm_support_ext.store.frappe import now
from crm_support_ext.store.wording import language_of, speaking

no_cache = 1


def get_context(context: Any) -> None:
	"""Ask, or say what was answered, in the language of whoever got the mail."""
	key = str(frappe.form_dict.get("key") or "")
	row = _asked_by(key)
	ticket = frappe.get_doc(TICKET, row.ticket) if row else None
	with speaking(customer_language(ticket) if ticket else language_of(frappe.session.user)):
		context.update({"key": key, "title": _("Is it fixed?"), "lang": frappe.local.lang})
		if row is None:
			context.http_status_code = 404
			context.words = _("This link is not valid, or not any more. Reply to our mail instead.")
			return
		context.title = f"#{ticket.name} {ticket.subject}"
		context.update(_asked(row))
		if context.buttons:
			context.token = get_csrf_token()


def _asked(row: Any) -> dict[str, Any]:
	yes, no = (Fixed.YES.value, _("Yes, it is fixed")), (Fixed.NO.value, _("No, it is not fixed"))
	if row.fixed == Fixed.NO.value:
		words = _(
			"You told us that {0} did not fix it, and we are at work on it. If it is fixed after all, reply to our mail."
		)
		return {"words": words.format(row.release), "buttons": []}
	if row.fixed == Fixed.YES.value:
		return {"words": _("You told us that {0} fixed it. Thank you.").format(row.release), "buttons": [no]}
	title = frappe.db.get_value(PARKED_ITEM, row.item, "title")
	words = _("Did {0} fix this for you: {1}?").format(row.release, title)
	proposed = frappe.form_dict.get("answer")
	return {"words": words, "buttons": [yes, no], "proposed": proposed}


@rate_limit("key", limit=60, seconds=60 * 60)
def _asked_by(key: str) -> Any:
	return asked_by(key, now())
