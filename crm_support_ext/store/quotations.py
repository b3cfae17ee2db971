"""Quotations of the site: Support Quotation rows, moved by the table of domain/quotations.py alone.

A quotation is locked before it moves, so that of two answers at the same moment one finds that the other was first.
Work is booked on the accepted one of its ticket under the same lock (``offer_of``), and counted from the work logs.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Sum
from frappe.utils import getdate

from crm_support_ext.constants import BOOKED, QUOTATION, TICKET, WORK_LOG
from crm_support_ext.domain.quotations import Offer, Party, SettlesIn, State, Terms, incomplete, move
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store.contracts import contract_of_ticket, decimal
from crm_support_ext.store.frappe import moment, now, site_time
from crm_support_ext.store.orderers import orderers_of, orders_of

VALID_FOR_DAYS = 30


def terms_of(doc: Any) -> Terms:
	"""What a quotation offers, as a value."""
	settles_in = SettlesIn(doc.settles_in)
	return Terms(
		settles_in,
		_maximum(settles_in, doc),
		getdate(doc.valid_until) if doc.valid_until else None,
		estimate=decimal(doc.estimate),
		price=decimal(doc.price),
	)


def _maximum(settles_in: SettlesIn, row: Any) -> Decimal:
	return decimal(row.maximum) if settles_in is SettlesIn.STRIPPEN else Decimal(row.max_minutes or 0)


def offer_of(
	ticket: str, settles_in: SettlesIn | str | None = None, *, for_update: bool = False
) -> Offer | None:
	"""The accepted quotation of a ticket, with what was booked on it so far; None: there is none, or none settled so.

	With ``for_update`` nobody else books on it, or replaces it, until this transaction ends.
	"""
	rows = frappe.qb.DocType(QUOTATION)
	accepted = (
		frappe.qb.from_(rows)
		.select(rows.name, rows.settles_in, rows.maximum, rows.max_minutes)
		.where((rows.ticket == str(ticket)) & (rows.state == State.ACCEPTED.value))
		.orderby(rows.answered_at, order=Order.desc)
		.limit(1)
	)
	found = (accepted.for_update() if for_update else accepted).run(as_dict=True)
	if not found or (settles_in and SettlesIn(found[0].settles_in) != SettlesIn(settles_in)):
		return None
	kind = SettlesIn(found[0].settles_in)
	return Offer(found[0].name, kind, _maximum(kind, found[0]), _used(found[0].name, kind, for_update))


def _used(name: str, settles_in: SettlesIn, for_update: bool) -> Decimal:
	"""What the work logs say was booked; under the lock, with what others have booked since this transaction began."""
	logs = frappe.qb.DocType(WORK_LOG)
	counted = logs.strippen if settles_in is SettlesIn.STRIPPEN else logs.minutes
	booked = frappe.qb.from_(logs).select(Sum(counted)).where(logs.quotation == name)
	booked = booked.where(logs.state == BOOKED)
	return decimal((booked.for_update() if for_update else booked).run()[0][0])


def open_on(ticket: str) -> list[str]:
	"""The quotations of a ticket that wait for an answer."""
	filters = {"ticket": str(ticket), "state": State.SENT.value}
	return frappe.get_all(QUOTATION, filters=filters, pluck="name", order_by="name")


def to_answer(user: str, ticket: str = "") -> list[str]:
	"""The quotations, of a ticket or of all, that this user may answer today; the one that ends first comes first."""
	filters = {"state": State.SENT.value, "valid_until": (">=", getdate())}
	if ticket:
		filters["ticket"] = ticket
	fields = ["name", "customer", "contract"]
	rows = frappe.get_all(QUOTATION, filters=filters, fields=fields, order_by="valid_until asc, name asc")
	orders = orders_of(user)
	return [row.name for row in rows if orders.include(row.customer, row.contract)]


def place(doc: Any) -> None:
	"""Note whose quotation it is: the customer of its ticket, and the contract under which it would be ordered today."""
	ticket = frappe.get_doc(TICKET, doc.ticket)
	contract = contract_of_ticket(ticket, getdate())
	doc.update({"customer": ticket.customer, "contract": contract.name if contract else None})


def check(doc: Any) -> Refusal | None:
	"""Why a quotation cannot go to its customer as it is; None: it can."""
	if not doc.customer:
		return Refusal("ticket_without_customer", {"ticket": doc.ticket})
	if refusal := incomplete(terms_of(doc), getdate()):
		return refusal
	if doc.settles_in == SettlesIn.STRIPPEN.value and not doc.contract:
		return Refusal("strippen_without_contract", {"customer": doc.customer})
	orderers = orderers_of(doc.customer, doc.contract)
	if not orderers:
		return Refusal("nobody_may_order", {"customer": doc.customer})
	if doc.sent_to not in [orderer.contact for orderer in orderers]:
		names = [orderer.full_name for orderer in orderers]
		facts = {"contact": doc.sent_to, "customer": doc.customer, "orderers": names}
		return Refusal("may_not_order", facts)
	return None


def locked(name: str) -> Any:
	"""A quotation that nobody else moves until this transaction ends, nor any other of its ticket."""
	rows = frappe.qb.DocType(QUOTATION)
	ticket = frappe.db.get_value(QUOTATION, name, "ticket")
	frappe.qb.from_(rows).select(rows.name).where(rows.ticket == ticket).for_update().run()
	return frappe.get_doc(QUOTATION, name, for_update=True)


def send(doc: Any) -> Refusal | None:
	"""Let a draft go to its customer, unless another waits for their answer. The mail is the caller's."""
	for other in open_on(doc.ticket):
		return Refusal("quotation_open_already", {"quotation": other})
	return check(doc) or _move(doc, State.SENT, Party.AGENT, sent_at=site_time(now()))


def withdraw(doc: Any) -> Refusal | None:
	"""Take back a quotation that nobody has answered."""
	return _move(doc, State.WITHDRAWN, Party.AGENT)


def expire(doc: Any) -> Refusal | None:
	"""Let a quotation end whose last day has passed."""
	return _move(doc, State.EXPIRED, Party.CLOCK)


def answer(doc: Any, *, accepts: bool, words: str = "") -> Refusal | None:
	"""Let the present user answer a locked quotation; one that is accepted takes the place of the ticket's earlier one."""
	answered = {"answered_by": frappe.session.user, "answered_at": site_time(now()), "answer": words}
	refusal = _move(doc, State.ACCEPTED if accepts else State.DECLINED, Party.ORDERER, **answered)
	if accepts and not refusal:
		_replace_earlier(doc)
	return refusal


def _replace_earlier(doc: Any) -> None:
	rows = frappe.qb.DocType(QUOTATION)
	earlier = (
		frappe.qb.from_(rows)
		.select(rows.name)
		.where((rows.ticket == doc.ticket) & (rows.name != doc.name) & (rows.state == State.ACCEPTED.value))
		.for_update()  # another may have been accepted since this transaction began to read
	)
	for name in earlier.run(pluck=True):
		_move(locked(name), State.REPLACED, Party.ORDERER, replaced_by=doc.name)


def _move(doc: Any, to: State, by: Party, **fields: Any) -> Refusal | None:
	refusal = move(State(doc.state), to, by, getdate(doc.valid_until), getdate())
	if refusal:
		return Refusal(refusal.code, {**refusal.facts, **_course(doc)})
	doc.update({"state": to.value, **fields})
	doc.flags.cse_move = True
	doc.save(ignore_permissions=True)
	return None


def _course(doc: Any) -> dict[str, Any]:
	"""What happened to it so far, for the sentence of a refusal."""
	at = doc.answered_at and moment(doc.answered_at)
	return {"quotation": doc.name, "answered_by": doc.answered_by, "answered_at": at}


def forget(ticket: str) -> None:
	"""The quotations go with their ticket."""
	for name in frappe.get_all(QUOTATION, filters={"ticket": ticket}, pluck="name"):
		frappe.delete_doc(QUOTATION, name, ignore_permissions=True, force=True)


def go_along(source: Any) -> None:
	"""What is open or accepted on a merged ticket goes along to the one that goes on, unless that has its own."""
	target = str(source.merged_with)
	if offer_of(target) or open_on(target):
		return
	if frappe.db.get_value(TICKET, target, "customer") != source.customer:
		return
	moving = {"ticket": str(source.name), "state": ("in", [State.SENT.value, State.ACCEPTED.value])}
	frappe.db.set_value(QUOTATION, moving, "ticket", target, update_modified=False)
