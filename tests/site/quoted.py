"""Shared by the tests of quotations: who may order at the customer's, quotations in each state, and work on them."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.api import quotation as api
from crm_support_ext.api.ticket import act
from crm_support_ext.constants import QUOTATION
from crm_support_ext.domain.settlement import Place, Role
from crm_support_ext.store import work_logs
from crm_support_ext.store.frappe import now
from tests.factories import make_contact
from tests.site import contracts
from tests.site.desk import AGENT, COLLEAGUE, CUSTOMER, acting_as, contact_of, people, ticket_in

ORDERER, OWNER, THIRD = CUSTOMER, COLLEAGUE, "piet@bakkerij.example"
"""Whom the contract names, who manages the customer in the portal, and who is a contact and no more."""


def orderers() -> None:
	"""The people of the desk, and at the customer's one of each kind."""
	people()
	customer = frappe.get_doc("HD Customer", contracts.THE_CUSTOMER)
	if len(customer.contacts) == 2:
		customer.append("contacts", {"contact_name": make_contact(THIRD).name})
		customer.contacts[1].is_manager = 1
		customer.save()


def contract(**fields: Any) -> Any:
	"""An active contract of the customer that names the orderer."""
	named = [{"contact": contact_of(ORDERER)}]
	return contracts.active(**{"orderers": named, **fields})


def question(**fields: Any) -> Any:
	"""A question of the customer's, which strippen pay."""
	fields = {"ticket_type": "Question", "customer": contracts.THE_CUSTOMER, **fields}
	return ticket_in("Open", **fields)


OFFER = {
	"text": "We set up the export to your bank.",
	"settles_in": "Strippen",
	"estimate": "3",
	"maximum": "4",
	"valid_until": "2026-04-01",
}
FIXED = {
	"text": "We build the export to your bank.",
	"settles_in": "Fixed Price",
	"price": "1250",
	"currency": "EUR",
	"max_minutes": "480",
	"valid_until": "2026-04-01",
}


def quote(ticket: Any, offer: dict[str, str] | None = None, **values: Any) -> str:
	"""A quotation that an agent sends by the button on the ticket; its name."""
	values = {"sent_to": contact_of(ORDERER), **(offer or OFFER), **values}
	with acting_as(AGENT):
		return act(str(ticket.name), "quote", values=values)["quotation"]


def accepted(ticket: Any, offer: dict[str, str] | None = None, **values: Any) -> str:
	"""A quotation that the orderer has accepted."""
	name = quote(ticket, offer, **values)
	with acting_as(ORDERER):
		api.answer(name, True)
	return name


def state_of(name: str) -> str:
	"""Where a quotation stands."""
	return frappe.db.get_value(QUOTATION, name, "state")


def book(ticket: Any, minutes: int = 15, role: Role = Role.HELPDESK, place: Place = Place.REMOTE) -> Any:
	"""Work of the agent's on a ticket, booked now: the name of its log, or why not."""
	worked = work_logs.Worked(now(), minutes, role=role, place=place, text="Explained it")
	return work_logs.book(frappe.get_doc("HD Ticket", ticket.name), worked, AGENT, now())
