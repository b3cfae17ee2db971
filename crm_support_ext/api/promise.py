"""Promise and Send the drafted message, on the agent's ticket page, and the rate that the desk shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_first_day, get_last_day, getdate

from crm_support_ext.api.buttons import Button, Field
from crm_support_ext.constants import AGENT_MANAGER, SYSTEM_MANAGER, TICKET
from crm_support_ext.domain.lifecycle import Actor
from crm_support_ext.domain.promises import kept_rate, refuses
from crm_support_ext.messages import refuse
from crm_support_ext.permissions import actor
from crm_support_ext.store import drafts, promises
from crm_support_ext.store.frappe import now
from crm_support_ext.store.kept_promises import count


def _can_promise(doc: Any) -> bool:
	return actor() is not Actor.CUSTOMER and promises.is_carried(doc)


def _is_close(doc: Any) -> bool:
	return _can_promise(doc) and promises.is_close(doc, now())


def _asked(doc: Any) -> list[Field]:
	due = promises.default_of(doc, now())
	return [
		Field("due", _("Next update by"), "datetime", default=due.isoformat() if due else "", required=True)
	]


def _asked_with_draft(doc: Any) -> list[Field]:
	message = Field("message", _("Message"), "textarea", default=drafts.draft(doc), required=True)
	return [*_asked(doc), message]


def _promise(doc: Any, words: str, values: Mapping[str, Any]) -> dict[str, str]:
	due: datetime = values["due"]
	if refusal := refuses(due, now()):
		refuse(refusal)
	promises.make(doc, due, f"{words}\n\n{drafts.closing(doc, due)}" if words else "")
	return {"status": frappe.db.get_value(TICKET, doc.name, "status")}


def _send(doc: Any, words: str, values: Mapping[str, Any]) -> dict[str, str]:
	return _promise(doc, values["message"], values)


BUTTONS = (
	Button(
		event="send_draft",
		label=lambda: _("Send the drafted message"),
		is_offered=_is_close,
		press=_send,
		fields=_asked_with_draft,
	),
	Button(
		event="promise",
		label=lambda: _("Promise"),
		prompt=lambda: _(
			"Words to the customer; the time is added in their language. Leave it empty to tell them nothing."
		),
		is_offered=_can_promise,
		press=_promise,
		fields=_asked,
	),
)


@frappe.whitelist()
def kept_this_month(filters: dict | list | str | None = None) -> dict[str, Any]:
	"""The share of the promises kept of those decided this month, for a number card; for managers."""
	frappe.only_for((AGENT_MANAGER, SYSTEM_MANAGER))
	today = getdate()
	found = count(get_first_day(today), get_last_day(today))
	rate = kept_rate(sum(row.kept for row in found), sum(row.broken for row in found))
	return {"value": 0 if rate is None else float(rate * 100), "fieldtype": "Percent"}
