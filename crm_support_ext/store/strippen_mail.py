"""Who hears that strippen run out: those who order for the customer, and its account manager, once for each share.

Each reads it in their own language. If one booking reaches two shares, or the job was off, they hear the highest.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_url, getdate, now_datetime

from crm_support_ext.constants import ACCOUNT_MANAGER, CONTRACT, CUSTOMER, PLAN, STRIPPEN_WARNING
from crm_support_ext.store.amounts import long_date
from crm_support_ext.store.contract_sheets import address_of
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import can_mail
from crm_support_ext.store.ledger import balance_of
from crm_support_ext.store.ledger_words import left
from crm_support_ext.store.orderers import orderers_of
from crm_support_ext.store.wording import speaking_to


def to_tell(most: int) -> list[str]:
	"""Warnings that nobody was told yet; those that failed before come last."""
	rows = frappe.qb.DocType(STRIPPEN_WARNING)
	query = frappe.qb.from_(rows).select(rows.name).where(rows.told_at.isnull())
	return query.orderby(rows.job_error.isnotnull()).orderby(rows.creation).limit(most).run(pluck=True)


def claim(name: str) -> list[Any]:
	"""A warning with the others of its contract year that wait, locked; nothing if somebody has them or told them."""
	key = frappe.db.get_value(STRIPPEN_WARNING, name, ["contract", "period"], as_dict=True)
	rows = frappe.qb.DocType(STRIPPEN_WARNING)
	query = frappe.qb.from_(rows).select(rows.name, rows.contract, rows.period, rows.share)
	mine = (rows.contract == key.contract) & (rows.period == key.period) & rows.told_at.isnull()
	return query.where(mine).orderby(rows.share).for_update(skip_locked=True).run(as_dict=True)


def tell(warnings: list[Any]) -> None:
	"""Mail the highest of these shares to those who order for the customer and to its account manager."""
	last = warnings[-1]
	contract = frappe.get_doc(CONTRACT, last.contract)
	users = _recipients(contract)
	if can_mail():
		for user in users:
			_mail(user, contract, last)
	told = {"told": ", ".join(users), "told_at": now_datetime(), "job_error": None}
	for warning in warnings:
		frappe.db.set_value(STRIPPEN_WARNING, warning.name, told, update_modified=False)


def _recipients(contract: Any) -> list[str]:
	manager = frappe.db.get_value(CUSTOMER, contract.customer, ACCOUNT_MANAGER)
	orderers = [orderer.user for orderer in orderers_of(contract.customer, contract.name)]
	enabled = manager and frappe.db.get_value("User", manager, "enabled")
	return list(dict.fromkeys([*orderers, *([manager] if enabled else [])]))


def _mail(user: str, contract: Any, warning: Any) -> None:
	with speaking_to(user):
		subject, message = _subject(contract, warning), _body(contract, warning)
	frappe.sendmail(
		recipients=[frappe.db.get_value("User", user, "email")],
		subject=subject,
		message=message,
		reference_doctype=CONTRACT,
		reference_name=contract.name,
		email_headers={"X-Auto-Generated": "cse-strippen", "Auto-Submitted": "auto-generated"},
	)


def _subject(contract: Any, warning: Any) -> str:
	if warning.share >= 100:
		return _("{0}: all strippen of this contract year are used").format(contract.customer)
	return _("{0}: {1} % of the strippen of this contract year are used").format(
		contract.customer, warning.share
	)


def _body(contract: Any, warning: Any) -> str:
	year = as_rule(contract, getdate(warning.period)).year_of(getdate(warning.period))
	assert year
	words = [
		_("Contract {0} of {1}, contract year from {2} to {3}.").format(
			contract.name,
			contract.customer,
			long_date(year.first),
			long_date(year.last),
		),
		_(
			"Of all strippen that were granted, bought and carried over into this year, {0} % are used."
		).format(warning.share),
		left(balance_of(contract.name)),
		_SHORTAGE[frappe.get_cached_value(PLAN, contract.plan, "on_shortage")](),
	]
	page = f'<a href="{get_url(address_of(contract.name))}">{escape_html(_("Balance, entries and statement"))}</a>'
	return "".join(f"<p>{line}</p>" for line in [*map(escape_html, words), page])


_SHORTAGE = {
	"Refuse": lambda: _(
		"When they are used up, work that is paid in strippen waits until more are bought or the next contract year begins."
	),
	"Split": lambda: _(
		"When they are used up, further work is charged by time and material until more are bought or the next contract year begins."
	),
	"Purchase": lambda: _(
		"When they are used up, more are bought at once with the next piece of work, as the contract says."
	),
}
"""What the plan says of work for which there are not enough."""
