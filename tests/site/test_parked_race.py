"""Parked items with real processes on a real database: tickets come and go at the same moment, and the figures hold."""

from __future__ import annotations

from random import Random

import frappe
import pytest

from crm_support_ext.constants import PARKED_ITEM, PARKING, PRODUCT, TICKET
from tests.factories import make_contact, make_customer, make_item, make_ticket
from tests.site.desk import contact_of, remove
from tests.site.parkers import Step, at_once
from tests.site.waiting import FIGURES, counted

COMPANIES = ("Gedrang A", "Gedrang B", "Gedrang C")
PROCESSES, TICKETS, STEPS = 6, 3, 14

pytestmark = pytest.mark.commits


@pytest.fixture
def items():
	"""Two items and the customers of the tickets, committed; afterwards nothing is left of them."""
	clear()
	frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
	for number, company in enumerate(COMPANIES):
		make_customer(company, make_contact(f"p{number}@gedrang.example").name)
	made = [make_item(f"Raced {number}", product="Gedrang CRM", effort=number + 1) for number in range(2)]
	frappe.db.commit()
	yield made
	clear()


def clear() -> None:
	frappe.db.rollback()
	remove(*frappe.get_all(TICKET, {"customer": ("in", COMPANIES)}, pluck="name"))
	found = frappe.get_all(PARKED_ITEM, {"product": "Gedrang CRM"}, pluck="name")
	contacts = [contact_of(f"p{number}@gedrang.example") for number in range(len(COMPANIES))]
	for doctype, names in (
		(PARKED_ITEM, found),
		(PRODUCT, ["Gedrang CRM"]),
		("HD Customer", COMPANIES),
		("Contact", filter(None, contacts)),
	):
		for name in names:
			frappe.delete_doc(doctype, name, force=True, ignore_missing=True)
	frappe.db.commit()


def ticket(number: int, item: str = "") -> str:
	"""A ticket of one of the customers, parked if an item is given."""
	who = number % len(COMPANIES)
	made = make_ticket(raised_by=f"p{who}@gedrang.example", customer=COMPANIES[who])
	if item:
		frappe.client.set_value(TICKET, made.name, parked(item))
	return str(made.name)


def parked(item: str) -> dict[str, str]:
	return {"status": "Parked", "cse_parked_item": item, "cse_reason": "raced"}


def plan(seed: int, items: list[str], mine: list[str]) -> list[Step]:
	"""Steps that are each allowed: a ticket is parked, moved to the other item, given to another customer, taken out."""
	random, on, steps = Random(seed), dict.fromkeys(mine, items[seed % 2]), []
	for _ in range(STEPS):
		name = random.choice(mine)
		if not on[name]:
			on[name] = random.choice(items)
			steps.append(("save", name, parked(on[name])))
			continue
		what = random.choice(["move", "move", "move", "unpark", "customer"])
		if what == "move":
			on[name] = items[1 - items.index(on[name])]
			steps.append(("save", name, {"cse_parked_item": on[name]}))
		elif what == "unpark":
			on[name] = ""
			steps.append(("save", name, {"status": "Open", "cse_reason": "raced"}))
		else:
			steps.append(("save", name, {"customer": random.choice(COMPANIES), "contact": None}))
	return steps


def assert_figures_hold(items: list[str]) -> None:
	frappe.db.rollback()
	for item in items:
		row = frappe.get_doc(PARKED_ITEM, item).as_dict()
		assert {key: row[key] for key in FIGURES} == counted(row)
		assert frappe.db.count(PARKING, {"item": item, "until": ("is", "not set")}) == row.tickets


def test_tickets_that_move_in_opposite_ways_wait_for_each_other_and_never_in_a_circle(items):
	mine = [[ticket(n * TICKETS + m, items[n % 2]) for m in range(TICKETS)] for n in range(PROCESSES)]
	frappe.db.commit()
	assert at_once([plan(seed, items, tickets) for seed, tickets in enumerate(mine)]) == []
	assert_figures_hold(items)


def test_of_tickets_that_are_parked_merged_and_closed_at_once_each_is_counted_right(items):
	sources = [ticket(number, items[number % 2]) for number in range(4)]
	targets, fresh = [ticket(number) for number in range(4)], [ticket(number) for number in range(4)]
	frappe.db.commit()
	merges = [[("merge", source, target)] for source, target in zip(sources, targets, strict=True)]
	parks = [
		[("save", name, parked(items[0])), ("save", name, {"cse_parked_item": items[1]})] for name in fresh
	]
	assert at_once([*merges[:3], *parks[:3], [*merges[3], *parks[3]]]) == []
	assert_figures_hold(items)
	assert frappe.db.get_value(PARKED_ITEM, items[0], ["customers", "users", "tickets"]) == (0, 0, 0)
	assert frappe.db.get_value(PARKED_ITEM, items[1], ["customers", "users", "tickets"]) == (3, 3, 4)


def test_who_writes_at_an_item_while_a_ticket_is_parked_on_it_leaves_its_figures(items):
	name = ticket(0)
	frappe.db.commit()
	item = frappe.get_doc(PARKED_ITEM, items[0])
	assert at_once([[("save", name, parked(items[0]))]]) == []
	item.description = "Said while another parked"
	item.save()
	frappe.db.commit()
	assert_figures_hold(items)
	found = frappe.db.get_value(PARKED_ITEM, items[0], ["tickets", "first_parked", "description"])
	assert found[0] == 1 and found[1] and found[2] == "Said while another parked"


def pressed(name: str, items: list[str]) -> list[Step]:
	"""An agent parks a ticket, moves it to the other item, takes it out, parks it again and resolves it."""
	park = {"event": "parked", "text": "Raced"}
	return [
		("press", name, {**park, "values": {"item": items[0]}}),
		("press", name, {"event": "park_again", "text": "Raced", "values": {"item": items[1]}}),
		("press", name, {"event": "unparked", "text": "Raced"}),
		("press", name, {**park, "values": {"item": items[1]}}),
		("press", name, {"event": "resolved", "text": ""}),
	]


@pytest.mark.parametrize("is_strict", [False, True])
def test_agents_who_press_at_once_are_all_served(items, is_strict):
	if is_strict and not frappe.db.sql("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'"):
		pytest.skip("this database knows no snapshot isolation")
	names = [ticket(number) for number in range(4)]
	stays = ticket(4)
	frappe.db.commit()
	plans = [pressed(name, items[:: 1 - 2 * (number % 2)]) for number, name in enumerate(names)]
	plans.append([("press", stays, {"event": "parked", "text": "Raced", "values": {"item": items[0]}})])
	assert at_once(plans, is_strict=is_strict) == []
	assert_figures_hold(items)
	assert [frappe.db.get_value(PARKED_ITEM, item, "tickets") for item in items] == [1, 0]
	assert frappe.db.count(PARKING, {"item": ("in", items), "until": ("is", "set")}) == 12
