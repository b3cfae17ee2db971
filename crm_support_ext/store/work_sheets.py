"""The hours and the progress of a ticket, as its customer reads them (seeds/001): every booked piece of work with the
text that was written for the customer, and each change of status in the customer's words.

Nothing internal is in it: no reasons, no names, no rule of settlement.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import frappe
from frappe import _

from crm_support_ext.constants import BOOKED, STATUS_LOG, TICKET, WAITING_ON, WORK_LOG
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.settlement import Settlement
from crm_support_ext.store.amounts import (
	hours,
	plain,
	short_date,
	short_time,
	strippen,
)
from crm_support_ext.store.contracts import decimal
from crm_support_ext.store.receipt_sheets import address_of as receipt_url
from crm_support_ext.store.wording import customer_wording
from crm_support_ext.store.work_sums import Hours, hours_of


def address_of(ticket: str) -> str:
	"""Where the page with the hours and the progress of a ticket is."""
	return f"/support/work-done?ticket={quote(ticket)}"


def label_of(ticket: str) -> str:
	"""What the button on the ticket's page says: the hours so far; empty if there are none."""
	minutes = hours_of(ticket).minutes
	return _("Hours: {0}").format(hours(minutes)) if minutes else ""


def sheet_of(ticket: str) -> dict[str, Any]:
	"""Subject, facts, the pieces of work with their sums, and the changes of status, newest first."""
	doc = frappe.db.get_value(TICKET, ticket, ["name", "subject", "status", WAITING_ON], as_dict=True)
	sums = hours_of(ticket)
	total = hours(sums.minutes)
	return {
		"ticket": str(doc.name),
		"subject": doc.subject,
		"receipt_url": receipt_url(ticket),
		"facts": [
			fact
			for fact in (
				(_("Status"), _status_word(doc.status)),
				(_("Waiting on"), doc.get(WAITING_ON)),
				(_("Hours"), total if sums.by_settlement else ""),
				*_by_settlement(sums),
			)
			if fact[1]
		],
		"work": [_row(piece) for piece in _work(ticket)],
		"total": total,
		"strippen": plain(sums.strippen),
		"progress": [
			{"at": short_time(change.at), "status": _status_word(change.to_status)}
			for change in frappe.get_all(
				STATUS_LOG,
				filters={"ticket": ticket},
				fields=["at", "to_status"],
				order_by="at desc, creation desc",
			)
		],
		"words": _words(),
	}


def _work(ticket: str) -> list[Any]:
	fields = ["start", "minutes", "text", "settlement", "strippen"]
	filters = {"ticket": ticket, "state": BOOKED}
	return frappe.get_all(WORK_LOG, filters=filters, fields=fields, order_by="start asc, creation asc")


def _row(piece: Any) -> dict[str, str]:
	return {
		"day": short_date(piece.start),
		"time": f"{piece.start:%H:%M}",
		"text": piece.text or "",
		"hours": hours(piece.minutes),
		"settlement": _(piece.settlement),
		"strippen": plain(decimal(piece.strippen)) if piece.settlement == Settlement.STRIPPEN.value else "",
	}


def _by_settlement(sums: Hours) -> list[tuple[str, str]]:
	"""The hours by settlement, and how many strippen were paid."""
	return [
		(
			_(way.value),
			f"{hours(taken)}, {strippen(sums.strippen)}" if way is Settlement.STRIPPEN else hours(taken),
		)
		for way, taken in sums.by_settlement.items()
	]


def _status_word(status: str) -> str:
	words = {state.value: word for state, word in customer_wording(frappe.local.lang).items()}
	return words.get(status) or (_("Closed") if status == Status.CLOSED.value else status)


def _words() -> dict[str, str]:
	return {
		"work": _("Work done"),
		"progress": _("Progress"),
		"date": _("Date"),
		"text": _("What was done"),
		"hours": _("Hours"),
		"strippen": _("Strippen"),
		"sum": _("Sum"),
		"status": _("Status"),
		"since": _("Since"),
		"nothing": _("No work was booked on this ticket yet."),
		"print": _("Print"),
		"receipt": _("Receipt"),
		"back": _("Back to the ticket"),
	}
