"""Quotation, on the agent's ticket page and in the desk, and the customer's answer to one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, get_url_to_form, get_url_to_list, getdate, today

from crm_support_ext.api.buttons import Button, Field
from crm_support_ext.constants import QUOTATION, TICKET
from crm_support_ext.domain.lifecycle import Actor, Event, Status
from crm_support_ext.domain.quotations import SettlesIn
from crm_support_ext.domain.results import Refusal
from crm_support_ext.messages import refuse
from crm_support_ext.permissions import actor, may_answer_quotation
from crm_support_ext.store import quotation_mail, quotations
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.contracts import contract_of_ticket
from crm_support_ext.store.frappe import status_of
from crm_support_ext.store.orderers import orderers_of
from crm_support_ext.store.quotation_words import address_of


def _can_quote(doc: Any) -> bool:
	is_open = status_of(doc) is not Status.CLOSED and not quotations.open_on(str(doc.name))
	return is_open and actor() is not Actor.CUSTOMER and frappe.has_permission(QUOTATION, "create")


def _can_withdraw(doc: Any) -> bool:
	is_sent = actor() is not Actor.CUSTOMER and bool(quotations.open_on(str(doc.name)))
	return is_sent and frappe.has_permission(QUOTATION, "write")


def _can_answer(doc: Any) -> bool:
	return actor() is Actor.CUSTOMER and bool(quotations.to_answer(frappe.session.user, str(doc.name)))


def _has_any(doc: Any) -> bool:
	is_reader = actor() is not Actor.CUSTOMER and frappe.has_permission(QUOTATION, "read")
	return bool(is_reader and frappe.get_list(QUOTATION, {"ticket": str(doc.name)}, limit=1))


def _asked(doc: Any) -> list[Field]:
	people = {orderer.contact: orderer.full_name for orderer in _orderers(doc)}
	ways = {each.value: _(each.value) for each in SettlesIn}
	first = SettlesIn.STRIPPEN if contract_of_ticket(doc, getdate()) else SettlesIn.FIXED_PRICE
	return [
		Field("text", _("What does the customer get? They read this."), "textarea", required=True),
		Field("settles_in", _("Settled as"), "select", ways, default=first.value, required=True),
		Field("estimate", _("Estimate in strippen")),
		Field("maximum", _("At most, in strippen")),
		Field("price", _("Fixed price")),
		Field("currency", _("Currency"), default=frappe.db.get_default("currency") or ""),
		Field("max_minutes", _("For at most so many minutes of work"), "number"),
		Field("sent_to", _whom(doc, people), "select", people, default=next(iter(people), ""), required=True),
		Field("valid_until", _("To be answered until"), "date", default=_last_day(), required=True),
	]


def _orderers(doc: Any) -> list[Any]:
	contract = contract_of_ticket(doc, getdate())
	return orderers_of(doc.customer, contract.name if contract else None) if doc.customer else []


def _whom(doc: Any, people: Mapping[str, str]) -> str:
	if people:
		return _("To")
	if not doc.customer:
		return _("To (the ticket has no customer)")
	return _("To (nobody of {0} who may order can log in)").format(doc.customer)


def _last_day() -> str:
	return str(add_days(today(), quotations.VALID_FOR_DAYS))


def _quote(doc: Any, words: str, values: Mapping[str, Any]) -> dict[str, str]:
	amounts = {field: _amount(field, values[field]) for field in ("estimate", "maximum", "price")}
	quotation = frappe.get_doc({"doctype": QUOTATION, "ticket": str(doc.name), **values, **amounts})
	_send(quotations.locked(quotation.insert().name))
	return {"quotation": quotation.name, "said": _("Quotation {0} was sent").format(quotation.name)}


def _amount(field: str, given: str | None) -> float | None:
	"""A number as people type it, with a comma or a point."""
	plain = (given or "").replace(",", ".")
	if not plain or re.fullmatch(r"-?\d{1,9}(\.\d+)?", plain):
		return float(plain) if plain else None
	label = _(frappe.get_meta(QUOTATION).get_label(field))
	frappe.throw(_("{0}: {1} is not a number. Nothing was changed.").format(label, given))


def _withdraw(doc: Any, words: str, values: Mapping[str, Any]) -> None:
	for name in quotations.open_on(str(doc.name)):
		withdraw(name)


def _page(doc: Any) -> str:
	"""The form of the ticket's quotation; the list, if there are several."""
	names = frappe.get_list(QUOTATION, {"ticket": str(doc.name)}, pluck="name")
	if len(names) == 1:
		return get_url_to_form(QUOTATION, names[0])
	return f"{get_url_to_list(QUOTATION)}?ticket={doc.name}"


def _answer_page(doc: Any) -> str:
	return address_of(next(iter(quotations.to_answer(frappe.session.user, str(doc.name))), ""))


BUTTONS = (
	Button("answer_quotation", lambda: _("Answer the quotation"), _can_answer, url=_answer_page),
	Button(
		"quote",
		lambda: _("Quotation"),
		_can_quote,
		press=_quote,
		fields=_asked,
		is_seldom=True,
		more=lambda doc: {"does": _("Send the quotation")},
	),
	Button(
		"withdraw_quotation",
		lambda: _("Withdraw the quotation"),
		_can_withdraw,
		press=_withdraw,
		is_seldom=True,
	),
	Button("quotations", lambda: _("Quotations"), _has_any, url=_page, is_seldom=True),
)


@frappe.whitelist(methods=["POST"])
def send(name: str) -> None:
	"""Send a draft to the contact who is asked; for whoever may write it."""
	_send(_writable(name))


def _send(doc: Any) -> None:
	_refuse(quotations.send(doc))
	quotation_mail.ask(doc)


@frappe.whitelist(methods=["POST"])
def withdraw(name: str) -> None:
	"""Take back a quotation that nobody has answered; for whoever may write it."""
	doc = _writable(name)
	_refuse(quotations.withdraw(doc))
	quotation_mail.tell(doc)


def _writable(name: str) -> Any:
	"""A locked quotation; who may write none hears of none."""
	frappe.has_permission(QUOTATION, "write", throw=True)
	doc = quotations.locked(name)
	doc.check_permission("write")
	return doc


@frappe.whitelist(methods=["POST"])
def answer(name: str, accepts: bool, words: str = "") -> dict[str, str]:
	"""Accept or decline a quotation, for a contact who may order; of two answers the first counts. Answers its state."""
	_refuse(patiently(lambda: _answer(name, accepts, words)))
	return {"state": frappe.db.get_value(QUOTATION, name, "state")}


@frappe.whitelist(methods=["POST"])
def answer_on_page(quotation: str, answer: str, word: str = "") -> None:
	"""The same from a form: the page is shown again, and says what became of it, whoever was first."""
	if answer not in ("accept", "decline"):
		frappe.throw(_("{0} is no answer to a quotation. Accept or decline it.").format(answer))
	patiently(lambda: _answer(quotation, answer == "accept", word))
	frappe.local.response["type"] = "redirect"
	frappe.local.response["location"] = address_of(quotation)


def _answer(name: str, accepts: bool, words: str) -> Refusal | None:
	if not may_answer_quotation(name):
		frappe.throw(_("There is no such quotation, or it is not yours to answer."), frappe.PermissionError)
	doc = quotations.locked(name)
	if refusal := quotations.answer(doc, accepts=accepts, words=words.strip()):
		return refusal
	quotation_mail.tell(doc)
	ticket = frappe.get_doc(TICKET, doc.ticket)
	if status_of(ticket) is Status.PENDING:  # this is the answer that it waits for
		ticket.flags.cse_event = Event.CUSTOMER_REPLIED
		ticket.save(ignore_permissions=True)
	return None


@frappe.whitelist()
def orderers(ticket: str) -> list[dict[str, str]]:
	"""The contacts who may be asked about a quotation for this ticket, for whoever may make one: contact and full_name."""
	frappe.has_permission(QUOTATION, "create", throw=True)
	doc = frappe.get_doc(TICKET, ticket)
	doc.check_permission("read")
	return [{"contact": each.contact, "full_name": each.full_name} for each in _orderers(doc)]


def _refuse(refusal: Refusal | None) -> None:
	if refusal:
		refuse(refusal)
