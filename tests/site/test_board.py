"""What the board answers: the order by pages, what each item weighs and has cost, the releases, and the report after."""

from __future__ import annotations

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, getdate, now_datetime

from crm_support_ext.api import board
from crm_support_ext.constants import BOOKED, DECISION, PARKED_ITEM, WITHDRAWN, WORK_LOG
from crm_support_ext.crm_support_ext.report.forecasts_kept.forecasts_kept import execute
from tests.factories import make_item
from tests.perf.bench_site import counted
from tests.site.desk import AGENT, CUSTOMER, MANAGER, people
from tests.site.parked import DIRECTOR, PRODUCT, decided, director, release, wanted


@pytest.fixture(autouse=True)
def desk():
	people()
	director()


def titles(answer) -> list[tuple]:
	return [(row["rank"], row["title"]) for row in answer["rows"]]


def works(ticket: str, minutes: int, strippen: float = 0, state: str = BOOKED) -> None:
	row = {"ticket": ticket, "minutes": minutes, "strippen": strippen, "state": state}
	frappe.get_doc({"doctype": WORK_LOG, **row}).db_insert()


def test_the_pages_follow_each_other_by_rank():
	names = [f"Item {number:02}" for number in range(45)]
	for number, name in enumerate(names):
		wanted(name, 1, effort=number + 1)
	wanted("Foreign", 9, product="Loon CRM")
	first = board.page(PRODUCT)
	second = board.page(PRODUCT, after=first["next"])
	third = board.page(PRODUCT, after=second["next"])
	assert third["next"] == ""
	shown = [*titles(first), *titles(second), *titles(third)]
	assert shown == list(enumerate(names, start=1))
	assert [len(answer["rows"]) for answer in (first, second, third)] == [20, 20, 5]


def test_a_page_takes_as_many_queries_however_many_items_there_are():
	release("1", 10)
	wanted("One", 2)
	with counted() as few:
		board.page(PRODUCT)
	for number in range(25):
		wanted(f"Item {number}", 1)
	with counted() as many:
		board.page(PRODUCT)
	assert len(many) <= len(few)


def test_a_row_says_what_weighs_and_what_it_has_cost():
	item = wanted("Import", 3, effort=2)
	works(f"{item}-0", 90, 3)
	works(f"{item}-1", 45, 1.5)
	works(f"{item}-2", 500, 9, WITHDRAWN)
	works("another ticket", 70, 2)
	frappe.db.set_value("Ticket Parking", {"ticket": f"{item}-1"}, {"until": now_datetime(), "open_of": None})
	again = {"ticket": f"{item}-0", "item": item, "since": now_datetime(), "until": now_datetime()}
	frappe.get_doc(
		{"doctype": "Ticket Parking", **again}
	).db_insert()  # it waited twice: its work counts once
	(row,) = board.page(PRODUCT)["rows"]
	assert row["spent"] == {"minutes": 135, "strippen": "4.5"}
	assert row["parts"] == {
		"customers": "9",
		"users": "3",
		"regressions": "0",
		"workaround": "3",
		"days": "2",
	}
	assert (row["score"], row["kind"], row["tickets"]) == ("18.00", "Bug", 3)
	assert row["possible"] == ["Plan", "Defer", "Decline"]


def test_forecasts_go_by_the_work_above_and_lanes_by_what_is_planned():
	one, two = release("1", 10, capacity=5), release("2", 40, capacity=5)
	items = [wanted(f"Item {number}", 9 - number, effort=3) for number in range(4)]
	answer = board.page(PRODUCT)
	assert [row["forecast"] for row in answer["rows"]] == [one, two, two, None]
	decided(items[3], "Plan", release=two, reason="The law asks for it")
	decided(items[0], "Plan", release=one)
	answer = board.page(PRODUCT)
	assert [row["forecast"] for row in answer["rows"]] == [one, two, two, two]
	lanes = [(lane["release"], lane["capacity"], lane["items"], lane["days"]) for lane in answer["lanes"]]
	assert lanes == [(one, "5", 1, "3"), (two, "5", 1, "3")]
	standing = board.standing(items[3])
	assert (standing["rank"], standing["forecast"], standing["releases"]) == (4, two, [one, two])
	(row,) = standing["history"]
	assert (row["decision"], row["by"], row["rank"], row["forecast"]) == ("Plan", "Dora", 4, None)


def test_the_forecasts_of_the_second_page_know_of_the_first():
	release("1", 10, capacity=21)
	for number in range(25):
		wanted(f"Item {number:02}", 1, effort=1)
	first = board.page(PRODUCT)
	second = board.page(PRODUCT, after=first["next"])
	found = [row["forecast"] for row in (*first["rows"], *second["rows"])]
	assert found == [f"{PRODUCT} 1"] * 21 + [None] * 4


def test_what_is_not_in_the_order_stands_behind_a_filter():
	items = [wanted(f"Item {number}", 1) for number in range(3)]
	idle = make_item("Nobody wants it", product=PRODUCT)
	decided(items[0], "Defer", until=add_days(getdate(), 3))
	decided(items[1], "Decline", reason="Gone")
	assert titles(board.page(PRODUCT)) == [(1, "Item 2")]
	assert titles(board.page(PRODUCT, "Nobody waits")) == [(None, "Nobody wants it")]
	(deferred,) = board.page(PRODUCT, "Deferred")["rows"]
	assert (deferred["title"], deferred["deferred_until"]) == ("Item 0", add_days(getdate(), 3))
	(declined,) = board.page(PRODUCT, "Declined")["rows"]
	assert (declined["title"], declined["reason"], declined["possible"]) == ("Item 1", "Gone", [])
	assert board.page(PRODUCT, "Released")["rows"] == []
	assert idle
	with pytest.raises(frappe.ValidationError, match="The board shows one of"):
		board.page(PRODUCT, "Everything")


def test_the_desk_reads_the_board_and_a_customer_nothing_of_it(as_user):
	item = wanted("Import", 1)
	for user, may in ((AGENT, False), (MANAGER, False), (DIRECTOR, True)):
		with as_user(user):
			assert board.page(PRODUCT)["may_decide"] is may
			assert bool(board.standing(item)["possible"]) is may
	for user in (CUSTOMER, "Guest"):
		with as_user(user):
			for call in (lambda: board.page(PRODUCT), lambda: board.standing(item)):
				with pytest.raises(frappe.PermissionError):
					call()
			with pytest.raises(frappe.PermissionError):
				board.what_would_change({"doctype": "Parked Item Weights"})


# After a release


def went_out(item: str, on: int, version: str) -> None:
	"""Let an item go out so many days from now."""
	decided(item, "Release", release=version)
	row = {"item": item, "decision": "Release"}
	frappe.db.set_value(DECISION, row, "at", now_datetime() + timedelta(days=on))


def test_the_report_says_by_how_many_days_each_forecast_was_off():
	one, two = release("1", 10, capacity=4), release("2", 40, capacity=4)
	early, late = wanted("Early", 9, effort=4), wanted("Late", 5, effort=4)
	decided(early, "Plan", release=one)
	decided(late, "Plan", release=one)
	decided(late, "Plan", release=two)
	went_out(early, 8, one)
	went_out(late, 43, two)
	_, rows, _, chart = execute({"product": PRODUCT})
	found = [(row["title"], row["decision"], row["forecast"], row["late"], row["is_first"]) for row in rows]
	assert found == [
		("Early", "Plan", one, -2, True),
		("Late", "Plan", two, 3, True),
		("Late", "Plan", one, 33, False),
	]
	assert chart["data"]["labels"] == [one, two]
	assert [each["values"] for each in chart["data"]["datasets"]] == [[1, 0], [0, 1]]
	assert execute({"product": PRODUCT, "to_date": add_days(getdate(), 8)})[1] == rows[:1]
	assert execute({"product": PRODUCT, "from_date": add_days(getdate(), 9)})[1] == rows[1:]
	assert execute({"product": "Loon CRM"})[1] == []
	assert execute({"item": late})[1] == rows[1:]


def test_what_came_back_is_judged_from_then_on():
	one = release("1", 10)
	item = wanted("Import", 2)
	decided(item, "Plan", release=one)
	went_out(item, -20, one)
	frappe.db.set_value(
		DECISION, {"item": item, "decision": "Plan"}, "at", now_datetime() - timedelta(days=21)
	)
	decided(item, "Came back", reason="Not for us")
	assert frappe.db.get_value(PARKED_ITEM, item, ["state", "release"]) == ("Parked", None)
	two = release("2", 30)
	decided(item, "Plan", release=two)
	row = frappe.get_doc(DECISION, {"item": item, "decision": "Plan", "release": two})
	assert row.forecast == one


def test_the_report_is_for_the_director_and_the_managers(as_user):
	report = frappe.get_doc("Report", "Forecasts Kept")
	for user, may in ((AGENT, False), (MANAGER, True), (DIRECTOR, True)):
		with as_user(user):
			assert bool(report.is_permitted()) is may


def test_the_workspace_leads_to_the_board(as_user):
	workspace = frappe.get_doc("Workspace", "Parked Items")
	pages = {link.link_to for link in workspace.links if link.link_type == "Page"}
	assert pages == {"parked-board"}
	for link in [*workspace.links, *workspace.shortcuts]:
		kind = link.get("link_type") or link.type
		assert link.type == "Card Break" or frappe.db.exists(kind, link.link_to), link.label
	with as_user(DIRECTOR):
		assert frappe.get_doc("Page", "parked-board").is_permitted()
	with as_user(CUSTOMER):
		assert not frappe.get_doc("Page", "parked-board").is_permitted()
