"""The two clocks on the agent's page: a workaround is given or fails, the receipt, and what a change would move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.api.buttons import Button, Field
from crm_support_ext.constants import CALENDAR, CONTRACT, TICKET, TIER
from crm_support_ext.domain.course import SOLVED
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.messages import event_label
from crm_support_ext.permissions import may
from crm_support_ext.store import workarounds
from crm_support_ext.store.calendars import holidays_from
from crm_support_ext.store.frappe import status_of
from crm_support_ext.store.receipt_sheets import address_of, sheet_of
from crm_support_ext.store.receipts import receipt_of
from crm_support_ext.store.recounting import what_moves
from crm_support_ext.store.wording import as_html


def _may_be_given(doc: Any) -> bool:
	is_news = status_of(doc) not in SOLVED and not workarounds.standing(str(doc.name))
	return is_news and may(doc, Event.WORKAROUND_GIVEN)


def _may_fail(doc: Any) -> bool:
	return may(doc, Event.WORKAROUND_FAILED) and bool(workarounds.standing(str(doc.name)))


def _give(doc: Any, words: str, values: Mapping[str, Any]) -> None:
	workarounds.give(doc, words)
	if values["tell"]:
		doc.reply_via_agent(message=as_html(words), to=doc.raised_by)


def _fail(doc: Any, words: str, values: Mapping[str, Any]) -> None:
	workarounds.fail(doc, words)


BUTTONS = (
	Button(
		event=Event.WORKAROUND_GIVEN.value,
		label=lambda: event_label(Event.WORKAROUND_GIVEN),
		prompt=lambda: _("How can the customer go on meanwhile?"),
		needs_text=True,
		fields=lambda doc: [Field("tell", _("Send this to the customer"), "check", default=1)],
		is_offered=_may_be_given,
		press=_give,
		is_seldom=True,
	),
	Button(
		event=Event.WORKAROUND_FAILED.value,
		label=lambda: event_label(Event.WORKAROUND_FAILED),
		prompt=lambda: _("What went wrong with the workaround?"),
		is_offered=_may_fail,
		press=_fail,
		is_seldom=True,
	),
	Button(
		event="receipt",
		label=lambda: _("Receipt"),
		is_offered=lambda doc: True,
		is_seldom=True,
		url=lambda doc: address_of(str(doc.name)),
	),
)


@frappe.whitelist()
def receipt(ticket: str) -> dict[str, Any]:
	"""The receipt of a ticket: its figures, and every interval that was counted, paused or outside hours.

	For whoever may read the ticket. Times are the site's; seconds and shares of the lines add up to the figures.
	"""
	frappe.get_doc(TICKET, ticket).check_permission("read")
	return receipt_of(ticket)


def ticket_receipt(ticket: str) -> dict[str, Any]:
	"""The receipt as print formats show it (store/receipt_sheets.py), for whoever may read the ticket."""
	frappe.get_doc(TICKET, ticket).check_permission("read")
	return sheet_of(ticket)


@frappe.whitelist()
def preview(doc: dict | str) -> dict[str, int]:
	"""What saving this calendar, tier or contract would do to the running tickets; nothing is saved.

	Answers how many run by it, how many would be due earlier or later, and how many would be late at once.
	"""
	changed = frappe.get_doc(frappe.parse_json(doc))
	if changed.doctype not in (CALENDAR, TIER, CONTRACT):
		frappe.throw(_("A {0} has no preview.").format(_(changed.doctype)))
	frappe.has_permission(changed.doctype, "write", throw=True)
	changed.load_doc_before_save()
	changed.run_method("validate")
	return what_moves(changed)


@frappe.whitelist()
def coming_holidays(country: str, subdivision: str = "") -> list[dict[str, str]]:
	"""The public holidays of a country and region in the coming year, for whoever may read a calendar."""
	frappe.has_permission(CALENDAR, "read", throw=True)
	return holidays_from(country, subdivision, getdate())
