"""What contract managers see coming: the reports, the cards and the workspace, on the desk of the demo."""

from __future__ import annotations

import json
from decimal import Decimal

import frappe
import pytest
from frappe.desk.query_report import run
from frappe.utils import add_days, getdate

from crm_support_ext.api import figures
from crm_support_ext.constants import CONTRACT_MANAGER, ENTRY, TICKET
from crm_support_ext.domain.contracts import State
from crm_support_ext.setup import demo
from crm_support_ext.store import contract_moves
from crm_support_ext.store.contracts import decimal
from tests.factories import make_customer, make_user
from tests.site.contracts import draft, plan

KEEPER = "cora@desk.example"
BAKERY, NORDLYS, HARBOUR = (f"Demo of {name}" for name in demo.CUSTOMERS)
GLANCE, WITHOUT = "Contracts at a Glance", "Customers without a Contract"


@pytest.fixture(scope="module", autouse=True)
def desk(module_transaction):
	contacts = dict(zip((BAKERY, NORDLYS, HARBOUR), demo.CUSTOMERS.values(), strict=True))
	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(demo, "CUSTOMERS", contacts)  # other tests have left a customer of that name for good
		list(demo.create())
	make_user("agnes@desk.example", "Agent")
	make_user("kees@bakkerij.example", "HD Customer")
	make_user(KEEPER, CONTRACT_MANAGER, "Agent")


def all_rows(report, **filters):
	return [row for row in run(report, json.dumps(filters))["result"] if isinstance(row, dict)]


def rows(report, **filters):
	"""Those of this desk, by customer; other tests may have left some for good."""
	ours = {BAKERY, NORDLYS, HARBOUR, "Empty BV"}
	return {row["customer"]: row for row in all_rows(report, **filters) if row["customer"] in ours}


def booked(contract):
	"""The sum of the entries, as the database has them."""
	return sum(map(Decimal, frappe.get_all(ENTRY, filters={"contract": contract}, pluck="amount")))


def test_the_glance_shows_end_balance_and_use_of_each_contract_that_runs():
	found = rows(GLANCE)
	assert set(found) == {BAKERY, NORDLYS}
	for row in found.values():
		assert decimal(row["balance"]) == booked(row["contract"])
	nearly, expiring = found[BAKERY], found[NORDLYS]
	assert nearly["used"] == pytest.approx(100 * (1 - nearly["balance"] / nearly["given"]))
	assert nearly["used"] >= 75 and nearly["attention"] == "Strippen nearly used up"
	assert (expiring["end"], expiring["days_left"]) == (add_days(getdate(), 20), 20)
	assert expiring["attention"] == "Expires in 20 days"
	assert (nearly["renews"], expiring["renews"]) == ("Yes", "No")


def test_the_glance_shows_what_is_asked_for():
	assert set(rows(GLANCE, show="expiring")) == {NORDLYS}
	assert set(rows(GLANCE, show="used")) == {BAKERY}
	assert set(rows(GLANCE, show="all", plan="Plus")) == {NORDLYS}
	assert set(rows(GLANCE, customer=BAKERY)) == {BAKERY}


def test_a_contract_without_strippen_and_a_draft_stand_in_the_glance_without_a_share():
	make_customer("Empty BV")
	fields = {"customer": "Empty BV", "plan": plan("None", strippen_per_year=0)}
	doc = draft(str(getdate()), str(add_days(getdate(), 90)), **fields)
	assert "Empty BV" not in rows(GLANCE)
	assert rows(GLANCE, show="all")["Empty BV"]["used"] is None
	contract_moves.move_to(doc.name, State.ACTIVE)
	assert rows(GLANCE)["Empty BV"]["balance"] == 0


def test_a_ledger_that_somebody_changed_in_the_database_is_said_and_hides_no_other_contract():
	entry = frappe.db.get_value(ENTRY, {"contract": rows(GLANCE)[NORDLYS]["contract"]})
	frappe.db.sql(f"update `tab{ENTRY}` set amount = '99.00' where name = %s", entry)
	found = rows(GLANCE)
	assert found[NORDLYS]["balance"] is None
	assert "The ledger is not as it was written" in found[NORDLYS]["attention"]
	assert found[BAKERY]["balance"] is not None


def test_each_report_has_a_chart_of_its_rows():
	for report, filters in ((GLANCE, {"show": "running"}), (WITHOUT, {})):
		answer = run(report, json.dumps(filters))
		labels, (bars,) = (answer["chart"]["data"][part] for part in ("labels", "datasets"))
		assert labels and len(labels) == len(bars["values"])


def test_customers_with_tickets_and_without_a_contract_are_listed():
	found = rows(WITHOUT)
	assert set(found) == {HARBOUR}
	tickets = frappe.db.count(TICKET, {"customer": HARBOUR})
	assert found[HARBOUR]["tickets"] == tickets > 0
	assert found[HARBOUR]["minutes"] == 20
	assert found[HARBOUR]["contract"] is None


def test_a_customer_whose_contract_is_over_is_listed_with_it(frozen_time):
	with frozen_time(f"{add_days(getdate(), 30)} 09:00"):
		found = rows(WITHOUT)
		assert set(found) == {HARBOUR, NORDLYS}
		assert found[NORDLYS]["ended"] < getdate()
	with frozen_time(f"{add_days(getdate(), 800)} 09:00"):
		assert not rows(WITHOUT)  # no tickets in that year


def test_the_cards_count_what_the_reports_list(as_user):
	with as_user(KEEPER):
		assert figures.contracts_expiring()["value"] == len(all_rows(GLANCE, show="expiring"))
		assert figures.contracts_nearly_used_up()["value"] == len(all_rows(GLANCE, show="used"))
		card = figures.customers_without_contract()
		assert card["value"] == len(all_rows(WITHOUT))
		assert card["route"] == ["query-report", WITHOUT]


@pytest.mark.parametrize("user", ["agnes@desk.example", "kees@bakkerij.example"])
def test_the_reports_are_for_who_keeps_contracts_and_for_managers(user, as_user):
	with as_user(user):
		for report in (GLANCE, WITHOUT):
			with pytest.raises(frappe.PermissionError):
				run(report, "{}")


def test_a_customer_learns_nothing_from_the_cards(as_user):
	with as_user("kees@bakkerij.example"):
		for card in (
			figures.contracts_expiring,
			figures.contracts_nearly_used_up,
			figures.customers_without_contract,
		):
			with pytest.raises(frappe.PermissionError):
				card()


def test_the_workspace_names_what_there_is():
	workspace = frappe.get_doc("Workspace", "Support Contracts")
	assert {row.role for row in workspace.roles} == {CONTRACT_MANAGER, "Agent Manager", "System Manager"}
	for card in workspace.number_cards:
		assert frappe.db.exists("Number Card", card.number_card_name)
	for link in workspace.links:
		assert link.type == "Card Break" or frappe.db.exists(link.link_type, link.link_to)
	for chart in workspace.charts:
		assert frappe.db.exists("Dashboard Chart", chart.chart_name)
