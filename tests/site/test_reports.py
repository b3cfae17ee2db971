"""The report on targets kept: its figures by hand, its cards, and who may see it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import frappe
import pytest
from frappe.desk.query_report import run
from frappe.utils import get_system_timezone
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import update_sla_status_in_ticket

from crm_support_ext.api.figures import targets_kept_this_month
from crm_support_ext.api.tickets import get_list_data
from crm_support_ext.constants import TARGET
from crm_support_ext.permissions import has_app_permission
from crm_support_ext.store.kept_targets import count
from tests.factories import make_customer
from tests.site.desk import AGENT, CUSTOMER, MANAGER, people, ticket_in

MONDAY = datetime(2031, 3, 3, 9)
"""Long after all other tickets of the site."""

HOUR = 3600


@pytest.fixture(autouse=True)
def desk():
	people()
	hours = {"country": None, "time_zone": get_system_timezone()}
	frappe.db.set_value("Support Calendar", "Office hours", hours)
	frappe.clear_document_cache("Support Calendar", "Office hours")
	make_customer("Nordlys Regnskap AS")
	for number, row in enumerate(TICKETS):
		make_row(f"report-{number}", **row)


def make_row(name: str, status: str, days: int = 0, failed_by: int | None = None, **row: Any) -> None:
	"""A ticket and what its clocks show."""
	customer, team = row.pop("customer", "Bakkerij De Ochtend"), row.pop("team", None)
	ticket = {"status": status, "customer": customer, "agent_group": team, "resolution_failed_by": failed_by}
	started = MONDAY + timedelta(days=days)
	for doctype, values in (
		("HD Ticket", ticket),
		(TARGET, {"ticket": name, "calendar": "Office hours", "started_at": started, **row}),
	):
		values = {"name": name, "creation": started, "modified": started, **values}
		frappe.db.bulk_insert(doctype, list(values), [list(values.values())])


def stopped(tier: str, met: str, hours: float, late: float = 0, **row: Any) -> dict[str, Any]:
	"""A ticket whose clock was stopped in so many working hours."""
	return {
		"status": "Closed",
		"tier": tier,
		"target_met": met,
		"response_met": met,
		"counted_seconds": int(hours * HOUR),
		"stopped_at": MONDAY,
		"failed_by": int(late * HOUR) if late else None,
		**row,
	}


TICKETS = (
	stopped("I", "Yes", 1),
	stopped("I", "Yes", 2, days=1),
	stopped("I", "No", 6, late=2, customer="Nordlys Regnskap AS"),
	stopped("I", "No", 14, late=10),
	stopped("II", "Yes", 3, team="Product Experts"),
	{"tier": "II", "status": "Open", "target_due": MONDAY + timedelta(days=30)},
	{"tier": "II", "status": "Open", "target_due": MONDAY + timedelta(hours=8)},
	{"tier": "II", "status": "Pending", "target_due": MONDAY, "rests_since": MONDAY},
	{"tier": "II", "status": "Closed", "target_due": MONDAY},
	{"tier": "III", "status": "New", "response_due": MONDAY + timedelta(hours=1), "days": 40},
)
"""Tier II: one kept, one not yet due, one due at closing time, one that rests past its time, one closed unanswered."""


def by(part: str, **only: str) -> dict[str, Any]:
	found = count(date(2031, 3, 1), date(2031, 4, 30), part, only)
	return {row.pop("part"): row for row in found}


def test_the_figures_per_tier(frozen_time):
	with frozen_time(MONDAY + timedelta(days=1)):
		rows = by("tier")
	one = rows["I"]
	assert (one.tickets, one.kept, one.late, one.response_kept, one.response_late) == (4, 2, 2, 2, 2)
	assert (one.used, one.late_by, one.latest) == (4 * HOUR, 6 * HOUR, 10 * HOUR)
	two = rows["II"]
	assert (two.tickets, two.kept, two.used, two.late_by) == (5, 1, 3 * HOUR, None)
	assert (rows["III"].tickets, rows["III"].kept, rows["III"].late) == (1, 0, 0)


@pytest.mark.parametrize(
	("hours", "late"), [(7.9, 0), (8, 0), (8.1, 0), (20, 0), (24, 0), (24.1, 1), (24 * 60, 2)]
)
def test_a_running_ticket_is_late_once_working_time_has_passed_since_it_was_due(frozen_time, hours, late):
	with frozen_time(MONDAY + timedelta(hours=hours)):
		assert by("tier", tier="II")["II"].late == late


@pytest.mark.parametrize(
	("part", "tickets"),
	[
		("customer", {"Bakkerij De Ochtend": 9, "Nordlys Regnskap AS": 1}),
		("team", {"": 9, "Product Experts": 1}),
		("month", {"2031-03": 9, "2031-04": 1}),
	],
)
def test_the_same_tickets_by_customer_team_and_month(part, tickets):
	assert {name: row.tickets for name, row in by(part).items()} == tickets


def test_the_filters_of_the_report(frozen_time):
	filters = {"from_date": "2031-03-01", "to_date": "2031-03-03", "tier": "I", "by": "month"}
	with frozen_time(MONDAY):
		(row,) = run("Targets Kept", filters)["result"]
	assert (row["part"], row["tickets"], row["decided"], row["share"]) == ("2031-03", 3, 3, 33.33)
	assert row["late_by"] == 6 * HOUR


def test_an_empty_period_has_no_rows():
	answer = run("Targets Kept", {"from_date": "2041-01-01", "to_date": "2041-01-31"})
	assert answer["result"] == []


def test_managers_run_the_report_and_others_do_not(as_user):
	with as_user(MANAGER):
		assert run("Targets Kept", {})["columns"]
	for user in (AGENT, CUSTOMER):
		with as_user(user), pytest.raises(frappe.PermissionError):
			run("Targets Kept", {})


def test_a_customer_sees_no_figures_no_targets_and_no_app(as_user):
	with as_user(CUSTOMER):
		assert not has_app_permission()
		for call in (
			targets_kept_this_month,
			lambda: frappe.get_list(TARGET),
			lambda: frappe.get_doc(TARGET, "report-0").check_permission("read"),
		):
			with pytest.raises(frappe.PermissionError):
				call()


def test_the_card_of_the_month(as_user, frozen_time):
	with as_user(AGENT), frozen_time(MONDAY + timedelta(days=7)):
		assert has_app_permission()
		assert targets_kept_this_month()["value"] == 50  # 3 kept; 2 late, and the one that was due on Monday
	with frozen_time(datetime(2041, 1, 1)):
		assert targets_kept_this_month() == "-"


def test_the_workspace_names_what_is_there():
	workspace = frappe.get_doc("Workspace", "Support Desk")
	assert {row.role for row in workspace.roles} == {"Agent", "Agent Manager", "System Manager"}
	for row in workspace.number_cards:
		assert frappe.db.exists("Number Card", row.number_card_name)
	for row in workspace.charts:
		assert frappe.db.exists("Dashboard Chart", row.chart_name)
	for row in [*workspace.shortcuts, *workspace.links]:
		if row.link_to:
			assert frappe.db.exists(row.get("link_type") or row.type, row.link_to), row.link_to


def test_the_queues_of_what_is_due(as_user, frozen_time):
	with frozen_time(datetime(2032, 5, 3, 10)):
		names = {tier: str(ticket_in("Open", priority=tier).name) for tier in ("I", "II", "By agreement")}
		resting = ticket_in("Pending", priority="I")
	with as_user(AGENT), frozen_time(datetime(2032, 5, 3, 12)):
		assert str(names["I"]) in shown("CSE-VIEW-DUE-TODAY")
		assert not {names["II"], str(resting.name)} & shown("CSE-VIEW-DUE-TODAY")
		assert names["By agreement"] in shown("CSE-VIEW-NO-DATE")
		assert names["II"] not in shown("CSE-VIEW-NO-DATE")
	with frozen_time(datetime(2032, 5, 3, 16)):
		update_sla_status_in_ticket()
		with as_user(AGENT):
			overdue = shown("CSE-VIEW-OVERDUE")
	assert names["I"] in overdue
	assert str(resting.name) not in overdue


def shown(view: str) -> set[str]:
	"""The tickets in a queue of the agent's sidebar, as the list's page asks for them."""
	filters = json.loads(frappe.db.get_value("HD View", view, "filters"))
	rows = get_list_data(doctype="HD Ticket", filters=filters, page_length=500, rows=["name"])["data"]
	return {str(row["name"]) for row in rows}
