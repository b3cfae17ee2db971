"""A statement as a page and as paper show it, and how its chain is checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import CONTRACT
from crm_support_ext.domain.strippen import Account
from crm_support_ext.store.amounts import long_date, plain
from crm_support_ext.store.statements import (
	LONG,
	Period,
	choice_of,
	lots_in_words,
	period_of,
	rows_of,
	this_year,
)

SHOWN_OF_A_HASH = 12


def sheet_of(contract: str, first: date | None = None, last: date | None = None) -> dict[str, Any]:
	"""Head, opening, rows, closing and chain of a period; a long one has no rows. Without days: the contract year."""
	if not (first and last):
		first, last = this_year(contract)
	period = period_of(contract, first, last)
	opening, closing = period.opening(), period.closing()
	return {
		"head": head_of(period),
		"days": (period.first.isoformat(), period.last.isoformat()),
		"opening": edge(_("Opening"), opening.account),
		"closing": edge(_("Closing"), closing.account),
		"is_long": period.count > LONG,
		"rows": [] if period.count > LONG else list(rows_of(period, opening.account)),
		"chain": {
			"first": opening.hash,
			"last": closing.hash,
			"first_short": _shortened(opening.hash),
			"last_short": _shortened(closing.hash),
		},
		"statement": choice_of(contract, period.first, period.last),
		"words": words(period),
	}


def head_of(period: Period) -> dict[str, Any]:
	"""Whose statement it is, and of which days."""
	doc = frappe.get_cached_doc(CONTRACT, period.contract)
	return {
		"contract": doc.name,
		"customer": doc.customer,
		"period": _("{0} to {1}").format(long_date(period.first), long_date(period.last)),
		"count": period.count,
	}


def edge(label: str, account: Account) -> dict[str, str]:
	"""The balance at the beginning or the end, with the lots that it is made of."""
	return {"label": label, "balance": plain(account.balance), "lots": lots_in_words(account)}


def _shortened(digest: str) -> str:
	return f"{digest[:SHOWN_OF_A_HASH]}…"


def words(period: Period) -> dict[str, str]:
	"""What stands around the figures."""
	return {
		**column_words(),
		"title": _("Statement of strippen"),
		"print": _("Print"),
		"back": _("Back to the contract"),
		"nothing": _("Nothing was booked in this period."),
		"long": _(
			"{0} entries are too many for one page. Choose a shorter period, or have the statement made as a file."
		).format(period.count),
		"no_pdf": _("This site cannot make a PDF. Print the page instead."),
		"make_pdf": _("Make the PDF"),
		"make_csv": _("Make the CSV file"),
		"period": _("Another period"),
		"check": _("How to check this statement"),
		"chain": _(
			"Each entry carries a hash of itself and of the entry before, so none can be changed, added or left out unseen."
		),
		"first_hash": _("Hash before the first entry"),
		"last_hash": _("Hash of the last entry"),
		"how": _("Download the statement as CSV, and on any computer with the program crm-support run:"),
		"result": _(
			"It counts every balance and every hash again, and names the line at which one does not hold."
		),
	}


def column_words() -> dict[str, str]:
	"""The heads of the columns, and what chooses a period."""
	return {
		"date": _("Date"),
		"what": _("Entry"),
		"hours_short": _("Hours"),
		"strippen": _("Strippen"),
		"after": _("Balance"),
		"number": _("no. {0}"),
		"from": _("First day"),
		"to": _("Last day"),
		"show": _("Show"),
	}


def latest(period: Period, most: int) -> Iterable[dict[str, str]]:
	"""The last entries of a period, the newest first."""
	tail = period._replace(before=max(period.before, period.until - most))
	return reversed(list(rows_of(tail, tail.opening().account)))
