"""The contracts of the desk to look at: two plans, a tariff, one contract that is nearly used up and one that expires.

The third customer has none. Work on the demo's tickets is logged as an agent logs it, so the ledger is a true one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import frappe
from frappe.utils import add_days, add_months, get_first_day, getdate

from crm_support_ext.constants import (
	CONTRACT,
	KIND,
	PLAN,
	PRODUCT,
	TARIFF,
	TICKET,
	TICKET_TYPE,
)
from crm_support_ext.domain.contracts import State
from crm_support_ext.domain.escalation import Kind
from crm_support_ext.services import ledger
from crm_support_ext.store import contract_moves, work_logs
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import SiteLedger, desk_zone

PRODUCTS = {"Insight": "The CRM itself", "Journal": "Its journal for the mail of a whole company"}
PLANS: dict[str, dict[str, Any]] = {
	"Basic": {
		"strippen_per_year": 24,
		"pro_rata": 1,
		"carry_over": 6,
		"on_shortage": "Split",
		"upgrade_discount": 20,
		"note": "Two strippen a month; what they do not reach for is charged by the hour.",
	},
	"Plus": {
		"strippen_per_year": 60,
		"carry_over": 12,
		"on_shortage": "Purchase",
		"purchase": 10,
		"upgrade_discount": 50,
		"note": "For customers who ask much: when strippen run out, ten are bought at once.",
	},
}
TARIFFS: dict[str, dict[str, Any]] = {
	"Help by phone or mail": {"cost_by": "Per started quarter", "strippen": 1},
	"Training on the screen": {"cost_by": "Per started quarter", "strippen": 1.5},
	"A report made to measure": {"cost_by": "Fixed number", "strippen": 6},
}
SUPPORT = "User support"
"""A type of ticket whose work is paid in strippen."""

# subject of a ticket of the demo, agent, minutes, activity, what the customer reads
WORK = (
	("Contacts appear twice after the import", "anna@demo.example", 95, "Help by phone or mail", "Went through the import together."),
	("Export to the accountant stops", "bram@demo.example", 60, "A report made to measure", "A list of what the export leaves out."),
	("A field for the chamber of commerce number", "anna@demo.example", 75, "Training on the screen", "How to use the notes until the field is there."),
	("Report of open invoices is empty", "anna@demo.example", 40, "Help by phone or mail", "The filter of the report, explained."),
	("Cannot log in after the holidays", "bram@demo.example", 20, "Help by phone or mail", "A new password, and how to keep it."),
)  # fmt: skip


def create(customers: dict[str, list[str]], agent: str) -> Iterator[str]:
	"""Make the contracts of the first two of these customers, whose contacts are named; yields a line for each."""
	products()
	_keep(PLAN, "plan_name", PLANS)
	_keep(TARIFF, "activity", TARIFFS)
	_keep(TICKET_TYPE, "name", {SUPPORT: {KIND: Kind.USER_SUPPORT.value}})
	first, second, *_others = customers
	year = get_first_day(getdate(), d_months=-8)
	ends = add_days(getdate(), 20)
	people = [{"user": agent, "role_words": "First contact", "mobile": "+31 6 1234 5678"}]
	access = {
		"method": "TeamViewer",
		"agreed": "After a call, on the computer of who calls",
		"agreed_by": "Kees Jansen",
	}
	targets = [{"tier": "I", "response_amount": 1, "target_amount": 2, "target_unit": "working hours"}]
	for customer, plan, start, end, more in (
		(
			first,
			"Basic",
			year,
			add_days(add_months(year, 12), -1),
			{"renews": 1, "remote_access": [access]},
		),
		(second, "Plus", add_days(add_months(ends, -12), 1), ends, {"phone_allowed": 1, "targets": targets}),
	):
		named = {
			"orderers": [{"contact": contact} for contact in customers[customer][:1]],
			"contact_persons": people,
		}
		yield _contract(customer, plan, start, end, **named, **more)
	for row in WORK:
		_work(*row)


def products() -> None:
	"""Make what the desk sells, unless it is there."""
	_keep(PRODUCT, "product_name", {name: {"description": words} for name, words in PRODUCTS.items()})


def _contract(customer: str, plan: str, start: date, end: date, **fields: Any) -> str:
	days = {"start": start, "end": end}
	doc = frappe.get_doc({"doctype": CONTRACT, "customer": customer, "plan": plan, **days, **fields})
	doc.insert(ignore_permissions=True)
	doc = contract_moves.move_to(doc.name, State.ACTIVE)
	ledger.catch_up(SiteLedger(), as_rule(doc), now(), desk_zone())
	return f"{doc.name}  {plan} for {customer}, until {end}"


def _work(subject: str, agent: str, minutes: int, activity: str, text: str) -> None:
	ticket = frappe.get_doc(TICKET, {"subject": subject})
	ticket.db_set("ticket_type", SUPPORT, update_modified=False)
	at = now()
	worked = work_logs.Worked(at, minutes, activity, text=text)
	booked = work_logs.book(ticket, worked, agent, at)
	if not isinstance(booked, str):
		raise ValueError(booked)


def _keep(doctype: str, key: str, records: dict[str, dict[str, Any]]) -> None:
	for name, fields in records.items():
		if not frappe.db.exists(doctype, name):
			doc = frappe.get_doc({"doctype": doctype, key: name, **fields})
			doc.insert(ignore_permissions=True)
