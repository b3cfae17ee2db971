"""Shared by the tests of what customers see: a contract with orderer, a year of work on it, and who may read it."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import frappe

from crm_support_ext.constants import ENTRY
from crm_support_ext.services import ledger
from crm_support_ext.store import contracts, work_logs
from crm_support_ext.store.ledger import SiteLedger, desk_zone
from crm_support_ext.store.work_logs import Worked
from tests.factories import make_contact, make_customer
from tests.site.contracts import THE_CUSTOMER, active
from tests.site.desk import AGENT, CUSTOMER, STRANGER, contact_of, people, ticket_in

BOSS = "bea@bakkerij.example"
"""The customer's manager in the portal; CUSTOMER is the orderer, COLLEAGUE neither."""

OTHER_CUSTOMER = "Slagerij Noord"


def customers() -> None:
	"""The desk's people, the customer's manager, and another customer whose only contact manages it."""
	people()
	if frappe.db.exists("User", BOSS):
		return
	customer = frappe.get_doc("HD Customer", THE_CUSTOMER)
	customer.append("contacts", {"contact_name": make_contact(BOSS).name, "is_manager": 1})
	customer.save()
	make_customer(OTHER_CUSTOMER, make_contact(STRANGER).name)
	other = frappe.get_doc("HD Customer", OTHER_CUSTOMER)
	other.contacts[0].is_manager = 1
	other.save()


def contract_of_the_customer(**fields: Any) -> Any:
	"""An active contract that names the orderer, our contact person, and how we connect."""
	fields = {
		"orderers": [{"contact": contact_of(CUSTOMER)}],
		"contact_persons": [{"user": AGENT, "role_words": "Support", "mobile": "+31 6 1234 5678"}],
		"remote_access": [
			{"method": "TeamViewer", "agreed": "Somebody watches.", "agreed_by": "Bea, by phone"}
		],
		"note": "Internal: pays late.",
		**fields,
	}
	return active(**fields)


def granted(contract: Any, at: str = "2026-01-02 09:00") -> None:
	"""Catch the yearly lines up until a time of the site."""
	ledger.catch_up(SiteLedger(), _rule(contract), moment(at), desk_zone())


def bought(contract: Any, units: str, at: str, reason: str = "") -> None:
	"""A lot that the customer bought."""
	ledger.buy(SiteLedger(), _rule(contract), Decimal(units), moment(at), desk_zone(), reason)


def spoil(contract: str, amount: str = "-1.00") -> None:
	"""Let SQL change the amount of the second entry, as nobody may."""
	frappe.db.set_value(ENTRY, {"contract": contract, "number": 2}, "amount", amount, update_modified=False)


def worked(
	ticket: Any, minutes: int, at: str, text: str = "Explained it.", agent: str = AGENT, **said: Any
) -> str:
	"""Work that an agent booked on a ticket; the name of its work log."""
	said = {"activity": "", **said}
	doc = frappe.get_doc("HD Ticket", ticket.name)
	booked = work_logs.book(doc, Worked(moment(at), minutes, text=text, **said), agent, moment(at))
	assert isinstance(booked, str), booked
	return booked


def moment(at: str) -> datetime:
	"""A time of the site as a moment."""
	return datetime.fromisoformat(at).replace(tzinfo=desk_zone()).astimezone(timezone.utc)


def _rule(contract: Any) -> Any:
	return contracts.as_rule(frappe.get_doc("Maintenance Contract", contract.name))


def question(subject: str, raised_by: str = CUSTOMER) -> Any:
	"""A question, which is settled in strippen."""
	return ticket_in("Open", subject=subject, raised_by=raised_by, ticket_type="Question")


def fault(subject: str, raised_by: str = CUSTOMER) -> Any:
	"""A fault, whose work is free."""
	return ticket_in("Open", subject=subject, raised_by=raised_by, ticket_type="Bug")
