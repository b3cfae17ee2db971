"""A contract as its customer reads it: what it includes in words, what is left, what was used, whom to call.

Nothing internal is in it: no notes, no other customers, of remote access the method and what was agreed. A ticket is
a link with its work in words for whoever may read that ticket; to others it is its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.constants import CONTRACT, PLAN
from crm_support_ext.domain.contracts import Contract, OnShortage, State
from crm_support_ext.domain.strippen import NOTHING, Account, Kind, Lot, end_and_number
from crm_support_ext.domain.strippen_warnings import reached, share_used, used
from crm_support_ext.store.amounts import long_date, strippen
from crm_support_ext.store.contracts import as_rule, decimal
from crm_support_ext.store.spans import number

WIDTH = 1000
"""How wide the bar is, in units of its own."""

THEMES = ("green", "amber", "red", "red")
"""The colour of what is left, by how many of the shares are used of which somebody hears."""


def address_of(contract: str = "") -> str:
	"""Where the page of a contract is; of none: where the reader's own are."""
	return f"/support/contract?name={quote(contract)}" if contract else "/support/contract"


def choices(names: Sequence[str]) -> list[dict[str, str]]:
	"""The contracts from which a reader of several chooses."""
	docs = (frappe.get_cached_doc(CONTRACT, name) for name in names)
	return [
		{
			"url": address_of(doc.name),
			"label": _("{0}, {1}").format(doc.name, doc.product or doc.plan),
			"customer": doc.customer,
			"state": _(doc.state),
		}
		for doc in docs
	]


def head(doc: Any) -> dict[str, Any]:
	"""Who has agreed what, for how long, and how it stands."""
	rule, today = as_rule(doc), getdate()
	facts = [
		(_("Customer"), doc.customer),
		(_("Plan"), doc.plan),
		(_("Product"), doc.product or _("all products")),
		(_("Term"), _span(rule.start, rule.end)),
		(_("Contract year"), _span(*year_with(rule, today))),
		(_("Renewal"), _renewal(doc, rule)),
	]
	title = _("Maintenance contract {0}").format(doc.name)
	return {"name": doc.name, "title": title, "state": _state(doc, rule, today), "facts": facts}


def year_with(contract: Contract, day: date) -> tuple[date, date]:
	"""The contract year of a day; before the term the first one, after it the last."""
	year = contract.year_of(min(max(day, contract.start), contract.end))
	assert year
	return year.first, year.last


def _span(first: date, last: date) -> str:
	return _("{0} to {1}").format(long_date(first), long_date(last))


def _renewal(doc: Any, rule: Contract) -> str:
	if doc.state not in (State.ACTIVE.value, State.SUSPENDED.value):
		return _("none")
	if not doc.renews:
		return _("not by itself")
	return _("by itself, for {0} months from {1}").format(
		doc.renew_months, long_date(date.fromordinal(rule.end.toordinal() + 1))
	)


def _state(doc: Any, rule: Contract, today: date) -> dict[str, str]:
	"""The state with its colour; one that runs and will not go on by itself says so in time.

	One whose last day has passed is expired, though the nightly job has not written that down yet.
	"""
	themes = {State.ACTIVE: "green", State.SUSPENDED: "amber", State.EXPIRED: "red"}
	left = (rule.end - today).days
	state = State.EXPIRED if doc.state == State.ACTIVE.value and left < 0 else State(doc.state)
	if state is State.ACTIVE and not doc.renews and left <= (doc.notice_days or 0):
		return {
			"words": _("{0}, ends on {1}").format(_(state.value), long_date(rule.end)),
			"theme": "amber",
		}
	return {"words": _(state.value), "theme": themes.get(state, "")}


def included(doc: Any) -> list[str]:
	"""What the contract includes, a sentence each (domain.md section 4)."""
	plan = frappe.get_cached_doc(PLAN, doc.plan)
	return [
		_("Support for faults: unlimited, free of charge."),
		*_user_support(plan),
		_("Updates: included."),
		_upgrades(doc, plan),
		_("The current version and the two before it are supported."),
		_("By phone: agreed.") if doc.phone_allowed else _("By phone: not agreed. Use the portal or mail."),
	]


def _user_support(plan: Any) -> Iterator[str]:
	granted, kept = decimal(plan.strippen_per_year), decimal(plan.carry_over)
	if not granted:
		yield _("User support: settled in strippen; the plan grants none by itself.")
	else:
		yield _("User support: {0} in each contract year.").format(strippen(granted))
		yield (
			_("Of what is left at the end of a contract year, at most {0} go on to the next.").format(
				number(kept)
			)
			if kept
			else _("What is left at the end of a contract year lapses.")
		)
	yield {
		OnShortage.REFUSE: _("Work that costs more strippen than there are is agreed with you first."),
		OnShortage.SPLIT: _(
			"Work that costs more strippen than there are is charged by the hour for the rest."
		),
		OnShortage.PURCHASE: _("If the strippen do not suffice, {0} are bought at once.").format(
			number(decimal(plan.purchase))
		),
	}[OnShortage(plan.on_shortage.lower())]


def _upgrades(doc: Any, plan: Any) -> str:
	discount = decimal(plan.upgrade_discount)
	words = (
		_("Upgrades: at most one in two years, with a discount of {0} %.").format(number(discount))
		if discount
		else _("Upgrades: at most one in two years, not free.")
	)
	if not doc.last_upgrade:
		return words
	return " ".join(
		(
			words,
			_("The last was on {0}, the next can be from {1}.").format(
				long_date(getdate(doc.last_upgrade)), long_date(doc.next_upgrade)
			),
		)
	)


def balance(account: Account, kinds: Mapping[str, Kind], today: date) -> dict[str, Any]:
	"""What is left, and what was used in the contract year: as figures, as a bar, and lot by lot with how it came."""
	taken, left = used(account, today) or NOTHING, account.balance
	percent = int((share_used(account, today) or 0) * 100)
	return {
		"left": number(left),
		"unit": _("strip left") if left == 1 else _("strippen left"),
		"words": _("{0} left; {1} used this contract year ({2} %).").format(
			strippen(left), strippen(taken), percent
		),
		"theme": THEMES[len(reached(account, today))],
		"bar": list(_bar(taken, account.lots)),
		"lots": [_lot(lot, kinds[lot.name], today) for lot in sorted(account.lots, key=end_and_number)],
	}


def _bar(taken: Decimal, lots: Sequence[Lot]) -> Iterator[dict[str, Any]]:
	"""What was used, then the lots in the order in which they will be."""
	parts = [("used", taken), *(("left", lot.left) for lot in sorted(lots, key=end_and_number))]
	at, total = NOTHING, sum((part for _kind, part in parts), NOTHING)
	for kind, part in parts:
		if part:
			width = part * WIDTH / total
			yield {"kind": kind, "x": round(at, 1), "width": round(width, 1)}
			at += width


def _lot(lot: Lot, kind: Kind, today: date) -> str:
	what = _("{0} ({1})").format(strippen(lot.left), _(kind.value).lower())
	if lot.first_day > today:
		return _("{0}, good from {1} to {2}").format(what, long_date(lot.first_day), long_date(lot.last_day))
	return _("{0}, good until {1}").format(what, long_date(lot.last_day))


def people(doc: Any) -> dict[str, Any]:
	"""Who may order for the customer, and whom of us they call."""
	return {
		"orderers": [row.full_name or row.contact for row in doc.orderers],
		"ours": [
			{
				"name": row.full_name or row.user,
				"role": row.role_words or "",
				"mobile": row.mobile or "",
				"tel": "".join(sign for sign in row.mobile or "" if sign.isdigit() or sign == "+"),
			}
			for row in doc.contact_persons
		],
	}


def remote_access(doc: Any) -> list[dict[str, str]]:
	"""By which method we may connect, and what was agreed about it."""
	return [{"method": _(row.method), "agreed": row.agreed or ""} for row in doc.remote_access]
