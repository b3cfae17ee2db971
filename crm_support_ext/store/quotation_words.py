"""What is said of a quotation: its figures, what became of it, and why something is not possible with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import frappe
from babel.numbers import format_currency
from frappe import _
from frappe.utils import get_fullname, get_url

from crm_support_ext.domain.quotations import SettlesIn, State
from crm_support_ext.store.amounts import day_in_words, minutes, strippen
from crm_support_ext.store.spans import locale, number
from crm_support_ext.store.wording import in_words

PAGE = "/support/quotation"


def address_of(name: str) -> str:
	"""The page where a quotation is read and answered."""
	return f"{PAGE}?name={name}"


def link_of(name: str) -> str:
	"""The same for a mail."""
	return get_url(address_of(name))


def in_unit(settles_in: SettlesIn, amount: Decimal) -> str:
	"""What is counted on a quotation: strippen, or minutes."""
	return strippen(amount) if settles_in is SettlesIn.STRIPPEN else minutes(amount)


def figures(doc: Any) -> str:
	"""What it costs, and at most."""
	if doc.settles_in == SettlesIn.STRIPPEN.value:
		return _("{0}, at most {1}").format(strippen(doc.estimate), number(doc.maximum))
	return _("{0} for at most {1} of work").format(price(doc), minutes(doc.max_minutes))


def price(doc: Any) -> str:
	"""A fixed price in its currency, as the reader writes it."""
	return format_currency(Decimal(str(doc.price or 0)), doc.currency or "", locale=locale())


def became(name: str, state: State, who: str | None, at: datetime | None) -> str:
	"""What became of a quotation that can be answered no more."""
	if state in (State.ACCEPTED, State.DECLINED, State.REPLACED) and at:
		sentence = {
			State.ACCEPTED: _("{0} was accepted by {1} on {2}."),
			State.DECLINED: _("{0} was declined by {1} on {2}."),
			State.REPLACED: _("{0} was accepted by {1} on {2}, and a newer one has taken its place since."),
		}[state]
		return sentence.format(name, get_fullname(who), in_words(at, frappe.local.lang))
	return {
		State.EXPIRED: _("{0} has expired without an answer. Ask the support desk for a new one."),
		State.WITHDRAWN: _("{0} was withdrawn by the support desk."),
		State.DRAFT: _("{0} has not been sent yet."),
	}.get(state, _("{0} waits for an answer.")).format(name)


def over(name: str, valid_until: date | str) -> str:
	"""That the last day has passed."""
	return _("{0} could be answered until {1}. Ask the support desk for a new one.").format(
		name, day_in_words(valid_until)
	)


def _without_maximum(facts: Mapping[str, Any]) -> str:
	if facts["settles_in"] is SettlesIn.STRIPPEN:
		return _("Say how many strippen it costs at most. Work above that is refused, so 0 would allow none.")
	return _(
		"Say how many minutes of work the price is for. Work above that is refused, so 0 would allow none."
	)


def _above(facts: Mapping[str, Any]) -> str:
	wanted, left, maximum = (
		in_unit(facts["settles_in"], facts[fact]) for fact in ("wanted", "left", "maximum")
	)
	return _(
		"This work is {0}, and {2} has {3} left of the {1} that the customer accepted. Nothing was booked. Make a new quotation, and book once it is accepted."
	).format(wanted, maximum, facts["quotation"], left)


SAID: dict[str, Callable[[Mapping[str, Any]], str]] = {
	"above_the_quotation": _above,
	"quotation_without_maximum": _without_maximum,
	"quotation_without_price": lambda facts: _("Say the price."),
	"quotation_without_estimate": lambda facts: _("Say how many strippen you expect it to cost."),
	"estimate_above_maximum": lambda facts: _(
		"The estimate of {0} is above the maximum of {1}. Lower the one or raise the other."
	).format(number(facts["estimate"]), number(facts["maximum"])),
	"quotation_without_end": lambda facts: _("Say on which day it can be answered at the latest."),
	"quotation_ends_before": lambda facts: _(
		"{0} has passed. Choose the last day on which the customer can answer."
	).format(day_in_words(facts["valid_until"])),
	"quotation_expired": lambda facts: over(facts["quotation"], facts["valid_until"]),
	"quotation_still_valid": lambda facts: _("{0} can be answered until {1}.").format(
		facts["quotation"], day_in_words(facts["valid_until"])
	),
	"quotation_is": lambda facts: became(
		facts["quotation"], facts["state"], facts["answered_by"], facts["answered_at"]
	),
	"quotation_not_yours": lambda facts: _("A quotation is answered by a contact who may order."),
	"quotation_open_already": lambda facts: _(
		"{0} waits for an answer on this ticket. Withdraw it first, or wait for the answer."
	).format(facts["quotation"]),
	"ticket_without_customer": lambda facts: _(
		"Ticket #{0} has no customer, so there is nobody to ask. Enter the customer on the ticket."
	).format(facts["ticket"]),
	"strippen_without_contract": lambda facts: _(
		"{0} has no contract that counts today, so no strippen. Quote a fixed price."
	).format(facts["customer"]),
	"nobody_may_order": lambda facts: _(
		"Nobody of {0} who may order can log in. Name an orderer in the contract, or a manager on the customer."
	).format(facts["customer"]),
	"may_not_order": lambda facts: _("{0} may not order for {1}. Choose one of: {2}.").format(
		facts["contact"], facts["customer"], ", ".join(facts["orderers"])
	),
}
"""What is said of a refusal, from its facts alone."""
