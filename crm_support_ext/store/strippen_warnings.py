"""Warnings that strippen run out: noticed by the booking that reaches a share (domain.md section 6).

A row of Strippen Warning is added in the transaction of the booking, so no share is forgotten and none is told of a
booking that was undone. Its key is the contract, the contract year and the share: each is told once, however often a
purchase brings the share down in between. A job tells (strippen_mail.py), so nobody waits for a mail while booking.
"""

from __future__ import annotations

from datetime import date

import frappe
from frappe.utils import now_datetime

from crm_support_ext.constants import CONTRACT, STRIPPEN_WARNING
from crm_support_ext.domain.strippen import Account
from crm_support_ext.domain.strippen_warnings import reached
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import site_time


def notice(before: Account, after: Account) -> None:
	"""Note the shares of the contract year that a booking has reached."""
	assert after.at
	at = site_time(after.at)
	shares = set(reached(after, at.date())) - set(reached(before, at.date()))
	if shares and (first := _first_day(after.contract, at.date())):
		columns = ["name", "contract", "period", "share", "at", "creation", "modified", "owner", "told_at"]
		told_at = now_datetime() if frappe.flags.cse_history else None  # an old desk's work is told to nobody
		rest = (at, now_datetime(), now_datetime(), frappe.session.user, told_at)
		rows = [
			(frappe.generate_hash(length=10), after.contract, first, share, *rest) for share in sorted(shares)
		]
		frappe.db.bulk_insert(STRIPPEN_WARNING, columns, rows, ignore_duplicates=True)


def _first_day(contract: str, day: date) -> date | None:
	"""The first day of the contract year of a day; None outside of all of them."""
	year = as_rule(frappe.get_doc(CONTRACT, contract), day).year_of(day)
	return year and year.first
