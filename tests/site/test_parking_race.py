"""Two agents park at the same moment on what is the same new item to both: one item is made, the other is led to it."""

from __future__ import annotations

import frappe
import pytest

from crm_support_ext.constants import PARKED_ITEM, PRODUCT, TICKET
from tests.factories import make_agent, make_product, make_ticket
from tests.site.desk import remove
from tests.site.workers import at_once

AGENTS = ("ada@race.example", "bea@race.example", "cas@race.example", "dik@race.example")
MADE_BY_RACE = "Race CRM"

pytestmark = pytest.mark.commits


@pytest.fixture
def tickets():
	clear()
	for agent in AGENTS:
		make_agent(agent)
	make_product(MADE_BY_RACE)
	made = [str(make_ticket(subject="Raced to park", cse_product=MADE_BY_RACE).name) for _ in AGENTS]
	frappe.db.commit()
	yield made
	clear()


def clear():
	remove(*frappe.get_all(TICKET, {"subject": "Raced to park"}, pluck="name"))
	for doctype, filters in ((PARKED_ITEM, {"product": MADE_BY_RACE}), (PRODUCT, {"name": MADE_BY_RACE})):
		for name in frappe.get_all(doctype, filters, pluck="name"):
			frappe.delete_doc(doctype, name, force=True)
	frappe.db.commit()


def test_of_those_who_make_the_same_item_at_once_one_does(tickets):
	values = {"title": "Shared mailboxes", "effort": "2"}
	press = {"event": "parked", "text": "They all ask for it", "values": values}
	act = "crm_support_ext.api.ticket.act"
	said = at_once(
		*((agent, act, {"ticket": ticket, **press}) for agent, ticket in zip(AGENTS, tickets, strict=True))
	)
	frappe.db.rollback()
	(item,) = frappe.get_all(PARKED_ITEM, {"product": MADE_BY_RACE}, ["name", "tickets"])
	assert item.tickets == 1
	assert sum(answer.startswith("done") for answer in said) == 1
	assert sum(f"is there already, as {item.name}" in answer for answer in said) == len(AGENTS) - 1
