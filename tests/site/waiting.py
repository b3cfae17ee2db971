"""Shared by the tests of who waits for what: the figures of every item, counted from the tickets themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import flt, getdate

from crm_support_ext.constants import PARKED_ITEM, PARKING, RELEASE, TICKET
from crm_support_ext.domain.decisions import RANKED, State
from crm_support_ext.domain.parked_priority import Item, Planned, Workaround, forecasts, ranked, score
from crm_support_ext.store import parked_items
from crm_support_ext.store.frappe import moment

FIGURES = ("customers", "users", "tickets", "regressions", "score")


def tickets_of(item: str) -> list[Any]:
	"""The tickets that wait for an item, as the tickets say it."""
	filters = {"status": "Parked", "cse_parked_item": item}
	return frappe.get_all(TICKET, filters=filters, fields=["name", "customer", "contact", "raised_by"])


def regressions_of(item: str, tickets: list[Any]) -> int:
	"""How many of them came back: of a ticket the latest row of its waits says so."""
	rows = frappe.get_all(
		PARKING, {"item": item}, ["ticket", "regression"], order_by="since, creation, until"
	)
	latest = {row.ticket: row.regression for row in rows}
	return sum(latest[str(ticket.name)] for ticket in tickets)


def counted(row: Any) -> dict[str, Any]:
	"""The figures of an item, by walking over all tickets."""
	waiting = tickets_of(row.name)
	of_customers = [each for each in waiting if each.customer]
	found = {
		"customers": len({each.customer for each in of_customers}),
		"users": len({(each.customer, each.contact or each.raised_by) for each in of_customers}),
		"tickets": len(waiting),
		"regressions": regressions_of(row.name, waiting),
	}
	is_ranked = waiting and State(row.state) in RANKED
	by = parked_items.weights()
	return {**found, "score": str(score(as_rule(row, **found), by)) if is_ranked else None}


def as_rule(row: Any, **figures: Any) -> Item:
	"""An item as the rule weighs it, with these figures."""
	row = frappe._dict(row, **figures)
	effort = Decimal(str(flt(row.effort, 2)))
	workaround, first = Workaround(row.workaround.lower()), moment(row.first_parked)
	return Item(row.name, workaround, effort, row.customers, row.users, first, row.regressions)


def rows() -> list[Any]:
	"""All items, as the database has them."""
	return frappe.get_all(PARKED_ITEM, fields=["*"], order_by="name")


def assert_all_figures_hold(after: str = "") -> None:
	"""Every item's figures are those of its tickets, and rank and forecast those of the rule over all of its product."""
	assert_waits_are_the_tickets(after)
	for row in rows():
		assert {key: row[key] for key in FIGURES} == counted(row), f"{row.name} after {after}"
	for product in {row.product for row in rows()}:
		assert_order_holds(product, after)


def assert_waits_are_the_tickets(after: str) -> None:
	"""There is one open wait for each parked ticket with an item, for its item, customer and person, and no other."""
	filters = {"status": "Parked", "cse_parked_item": ("is", "set")}
	fields = ["name", "cse_parked_item", "customer", "contact", "raised_by"]
	parked = frappe.get_all(TICKET, filters, fields)
	fields = ["ticket", "item", "customer", "contact"]
	waits = frappe.get_all(PARKING, {"until": ("is", "not set")}, [*fields, "open_of"])
	assert sorted(tuple(row[field] for field in fields) for row in waits) == sorted(
		(str(row.name), row.cse_parked_item, row.customer, row.contact or row.raised_by) for row in parked
	), after
	assert all(row.open_of == row.ticket for row in waits), after
	assert not frappe.db.exists(PARKING, {"until": ("is", "set"), "open_of": ("is", "set")}), after


def assert_order_holds(product: str, after: str) -> None:
	"""The ranks are 1, 2, 3 … in the order of the rule; the forecasts are the rule's over all items of the product."""
	in_order = [
		row for row in rows() if row.product == product and row.tickets and State(row.state) in RANKED
	]
	by_rule = ranked([as_rule(row) for row in in_order], parked_items.weights())
	of = {row.name: row for row in in_order}
	assert [parked_items.rank(of[item.name]) for item in by_rule] == list(range(1, len(by_rule) + 1)), after
	coming = frappe.get_all(
		RELEASE,
		{"product": product, "state": "Planned"},
		["name", "date", "capacity_days"],
		order_by="creation",
	)
	planned = [Planned(row.name, row.date, Decimal(str(row.capacity_days))) for row in coming]
	expected = list(forecasts([item.effort for item in by_rule], planned, getdate()))
	found = [parked_items.forecast(of[item.name]) for item in by_rule if of[item.name].state == "Parked"]
	assert found == [
		version for item, version in zip(by_rule, expected, strict=True) if of[item.name].state == "Parked"
	], after
	for row in rows():
		if row.product == product and row.name not in of:
			assert (parked_items.rank(row), row.order_key) == (None, None), after
