"""Assignment rules: a ticket that is New is assigned like one that is Open."""

from __future__ import annotations

import json

import frappe

from crm_support_ext.store.assignment import by_category, by_status
from tests.factories import make
from tests.site.desk import AGENT, people, ticket_in


def test_a_new_team_assigns_new_tickets():
	people()
	team = make("HD Team", team_name="Night shift", users=[{"user": AGENT}])
	rule = frappe.get_doc("Assignment Rule", team.assignment_rule)
	assert rule.assign_condition == "status_category == 'Open' and agent_group == 'Night shift'"
	assert json.loads(rule.assign_condition_json)[0] == ["status_category", "==", "Open"]
	ticket = ticket_in("New", agent_group="Night shift")
	assert AGENT in (frappe.db.get_value("HD Ticket", ticket.name, "_assign") or "")


def test_every_stock_rule_was_rewritten_at_install():
	rules = frappe.get_all(
		"Assignment Rule", filters={"document_type": "HD Ticket"}, pluck="assign_condition"
	)
	assert rules and all("status_category == 'Open'" in rule for rule in rules)


def test_a_condition_of_ones_own_stays():
	own = {"assign_condition": 'priority == "High" and status != "Closed"', "assign_condition_json": None}
	assert by_category(own) == own


def test_the_rewriting_can_be_undone():
	stock = {
		"assign_condition": "status == 'Open' and agent_group == 'X'",
		"assign_condition_json": json.dumps([["status", "==", "Open"], "and", ["agent_group", "==", "X"]]),
	}
	assert by_category(stock) != stock and by_status(by_category(stock)) == stock
