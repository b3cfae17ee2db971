"""Parked items by cases: each sentence of replay.md about them has one; then random logs, reckoned a second time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.replay.desk import UTC, Desk

HEADER = "ticket,time,event,customer,contact,product,item,workaround,effort,release\n"
RELEASES = """
[[releases]]
product = "CRM"
version = "9.2"
date = 2026-03-10
capacity_days = 5
[[releases]]
product = "CRM"
version = "9.3"
date = 2026-09-01
capacity_days = 20
[[releases]]
product = "Mobile"
version = "3.5"
date = 2026-03-05
capacity_days = 100
"""


def row(
	ticket: str,
	day: int,
	event: str,
	*,
	customer: str = "",
	contact: str = "",
	product: str = "",
	item: str = "",
	workaround: str = "",
	effort: str = "",
) -> str:
	return f"{ticket},2026-03-{day:02}T09:00,{event},{customer},{contact},{product},{item},{workaround},{effort},\n"


def parked(ticket: str, item: str = "P1", day: int = 3, **more: str) -> str:
	return row(ticket, day, "parked", item=item, **{"product": "CRM", "effort": "1", **more})


def created(ticket: str, customer: str = "ACME", contact: str = "ann", product: str = "") -> str:
	return row(ticket, 2, "created", customer=customer, contact=contact, product=product)


def standings(answer: Any, *keys: str) -> list[Any]:
	return [tuple(each[key] for key in ("item", *keys)) for each in answer["parked"]]


def test_the_example_of_the_contract(desk: Desk) -> None:
	log = created("T4", "ACME", "bob") + created("T2") + created("T3", "Bakker", "eva") + created("T1")
	log += "".join(parked(ticket, workaround="awkward") for ticket in ("T2", "T3", "T4"))
	answer = desk.play(HEADER + log, policy=UTC + RELEASES)
	assert answer["parked"] == [
		{
			"item": "P1",
			"product": "CRM",
			"rank": 1,
			"score": "18.00",
			"customers": 2,
			"users": 3,
			"forecast": "9.2",
			"tickets": ["T4", "T2", "T3"],
		}
	]


def test_a_customer_and_a_user_count_once_however_many_tickets_they_have(desk: Desk) -> None:
	log = "".join(created(f"T{number}") + parked(f"T{number}") for number in range(100))
	assert standings(desk.play(HEADER + log), "customers", "users", "score") == [("P1", 1, 1, "12.00")]


def test_an_unknown_customer_counts_for_nothing_and_an_unknown_contact_for_one_user(desk: Desk) -> None:
	log = created("T1", "", "ann") + created("T2", "", "") + parked("T1") + parked("T2")
	assert standings(desk.play(HEADER + log), "customers", "users", "score") == [("P1", 0, 0, "0.00")]
	log += created("T3", "ACME", "") + parked("T3")
	assert standings(desk.play(HEADER + log), "customers", "users", "tickets") == [
		("P1", 1, 1, ["T1", "T2", "T3"])
	]


def test_only_waiting_tickets_count(desk: Desk) -> None:
	log = "".join(created(ticket, f"C{ticket}") for ticket in ("T1", "T2", "T3", "T4"))
	log += "".join(parked(ticket) for ticket in ("T1", "T2", "T3")) + parked("T4", "P2")
	log += (
		row("T1", 4, "resolved")
		+ row("T2", 4, "unparked")
		+ row("T4", 4, "taken_up")
		+ row("T4", 5, "resolved")
	)
	answer = desk.play(HEADER + log)
	assert standings(answer, "customers", "tickets") == [("P1", 1, ["T3"])]


def test_the_last_workaround_and_effort_hold_also_those_left_empty(desk: Desk) -> None:
	log = created("T1") + created("T2")
	log += parked("T1", workaround="good", effort="8") + parked("T2", day=4, workaround="awkward", effort="2")
	assert standings(desk.play(HEADER + log), "score") == [("P1", "4.00")]
	log += row("T2", 5, "resolved")  # what was said of the item outlives who said it
	assert standings(desk.play(HEADER + log), "score") == [("P1", "4.00")]
	log += parked("T1", day=6, effort="")  # none, and no effort, which counts as half a day
	assert standings(desk.play(HEADER + log), "score") == [("P1", "24.00")]


def test_what_is_refused_says_nothing_of_the_item(desk: Desk) -> None:
	log = created("T1") + created("T2") + parked("T1") + row("T2", 4, "resolved")
	log += parked("T2", day=5, workaround="good", effort="100")
	assert standings(desk.play(HEADER + log), "score", "tickets") == [("P1", "12.00", ["T1"])]


def test_parking_again_moves_the_ticket(desk: Desk) -> None:
	log = created("T1") + parked("T1") + parked("T1", "P2", day=4)
	assert standings(desk.play(HEADER + log), "tickets") == [("P2", ["T1"])]
	log += parked("T1", day=5)
	assert standings(desk.play(HEADER + log), "tickets") == [("P1", ["T1"])]


def test_each_product_has_its_own_ranks_and_the_product_may_be_that_of_the_ticket(desk: Desk) -> None:
	log = "".join(created(f"T{number}", f"C{number}", product="Mobile") for number in range(1, 5))
	log += parked("T1", "P1") + parked("T2", "P2", product="") + parked("T3", "P3", product="", effort="0.5")
	log += parked("T4", "P1", product="")  # it says nothing of the product of the item
	assert standings(desk.play(HEADER + log), "product", "rank") == [
		("P1", "CRM", 1),
		("P3", "Mobile", 1),
		("P2", "Mobile", 2),
	]


def test_equal_scores_go_by_the_first_parking_ever_and_then_by_name(desk: Desk) -> None:
	log = "".join(created(f"T{number}", f"C{number}") for number in range(1, 6))
	log += parked("T1", "P3", 3) + row("T1", 4, "resolved") + parked("T5", "P2", 3)
	log += parked("T2", "P9", 5) + parked("T3", "P1", 5) + parked("T4", "P3", 6)
	assert standings(desk.play(HEADER + log), "rank") == [("P2", 1), ("P3", 2), ("P1", 3), ("P9", 4)]


def test_a_forecast_covers_all_above_and_takes_the_effort_as_it_is(desk: Desk) -> None:
	log = "".join(created(f"T{number}", "ACME") for number in range(1, 6))
	log += parked("T1", "P1", effort="5") + parked("T2", "P2", effort="0") + parked("T3", "P3", effort="19.5")
	log += parked("T4", "P4", effort="21") + parked("T5", "P5", product="Mail")
	found = standings(desk.play(HEADER + log, policy=UTC + RELEASES), "rank", "forecast")
	assert found == [("P2", 1, "9.2"), ("P1", 2, "9.2"), ("P3", 3, "9.3"), ("P4", 4, None), ("P5", 1, None)]


@pytest.mark.parametrize(
	("until", "zone", "forecast"),
	[
		("2026-03-10T23:59", "UTC", "9.2"),
		("2026-03-11T00:00", "UTC", "9.3"),
		("2026-03-10T23:30Z", "Europe/Amsterdam", "9.3"),  # the day is that of the desk
		("2026-09-02T00:00", "UTC", None),
	],
)
def test_a_release_counts_on_the_last_day_or_later(desk: Desk, until: str, zone: str, forecast: str) -> None:
	log = HEADER + created("T1") + parked("T1", effort="5")
	answer = desk.play(log, "--until", until, policy=f'timezone = "{zone}"\n{RELEASES}')
	assert standings(answer, "forecast") == [("P1", forecast)]


def test_weights_of_a_policy_one_by_one(desk: Desk) -> None:
	log = (
		HEADER
		+ created("T1")
		+ parked("T1")
		+ created("T2", "Bakker")
		+ parked("T2", "P2", workaround="good")
	)
	policy = UTC + "[parking]\nper_user = 2.5\nworkaround = { none = 10 }\n"
	assert standings(desk.play(log, policy=policy), "score") == [("P1", "55.00"), ("P2", "5.50")]


@pytest.mark.parametrize("event", ["item_released", "item_declined"])
def test_a_decision_ends_the_waiting(desk: Desk, event: str) -> None:
	log = HEADER + created("T1") + parked("T1") + row("", 4, event, item="P1") + row("", 4, event, item="P7")
	answer = desk.play(log)
	assert (answer["parked"], answer["tickets"]["T1"]["status"]) == ([], "Resolved")


tickets = st.sampled_from(["T1", "T2", "T3", "T4", "T5"])
rows = st.one_of(
	st.builds(
		row,
		tickets,
		st.integers(2, 9),
		st.just("created"),
		customer=st.sampled_from(["", "ACME", "Bakker"]),
		contact=st.sampled_from(["", "ann", "bob"]),
	),
	st.builds(
		row,
		tickets,
		st.integers(2, 9),
		st.just("parked"),
		product=st.sampled_from(["CRM", "Mobile"]),
		item=st.sampled_from(["P1", "P2", "P3"]),
		workaround=st.sampled_from(["", "none", "awkward", "good"]),
		effort=st.sampled_from(["", "0", "0.3", "1", "4.5", "30"]),
	),
	st.builds(
		row, tickets, st.integers(2, 9), st.sampled_from(["unparked", "resolved", "taken_up", "force_closed"])
	),
	st.builds(
		row, st.just(""), st.integers(2, 9), st.just("item_released"), item=st.sampled_from(["P1", "P2"])
	),
)


@given(st.lists(rows, max_size=25))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_any_log_is_ranked_as_reckoned_a_second_time(desk: Desk, log: list[str]) -> None:
	log = [line.replace("T09:00", f"T09:{minute:02}") for minute, line in enumerate(log)]
	answer = desk.play(HEADER + "".join(log), policy=UTC + RELEASES)
	assert answer["parked"] == reckoned(
		answer, sorted((line.split(",") for line in log), key=lambda row: row[1])
	)


def reckoned(answer: Any, rows: list[list[str]]) -> list[Any]:
	"""From the statuses at the end and the rows that were not refused, with no code of ours."""
	first: dict[str, str] = {}
	said: dict[str, list[str]] = {}
	waits: dict[str, str] = {}
	who: dict[str, tuple[str, str]] = {}
	refused = {
		(name, each["at"][:16]) for name, ticket in answer["tickets"].items() for each in ticket["refused"]
	}
	for row in rows:
		name, at = row[:2]
		if name:
			who.setdefault(name, (row[3], row[4]))
		if row[2] == "parked" and (name, at) not in refused:
			first.setdefault(row[6], at)
			said[row[6]] = row
			waits[name] = row[6]
	found = []
	for item, row in said.items():
		there = [
			name for name, on in waits.items() if on == item and answer["tickets"][name]["status"] == "Parked"
		]
		if there:
			users = {who[name] for name in there if who[name][0]}
			customers = {customer for customer, _ in users}
			factor = {"": 3, "none": 3, "awkward": 2, "good": 1}[row[7]]
			exact = (
				Fraction(3 * len(customers) + len(users))
				* factor
				/ max(Fraction(row[8] or 0), Fraction(1, 2))
			)
			found.append(
				(row[5], -exact, first[item], item, len(customers), len(users), Fraction(row[8] or 0), there)
			)
	return _ranked(sorted(found), list(answer["tickets"]), max((row[1] for row in rows), default=""))


def _ranked(found: list[Any], order: list[str], end: str) -> list[Any]:
	planned = {
		"CRM": [("9.2", "2026-03-10", 5), ("9.3", "2026-09-01", 20)],
		"Mobile": [("3.5", "2026-03-05", 100)],
	}
	answer, product, rank, above = [], "", 0, Fraction()
	for theirs, minus, _, item, customers, users, effort, there in found:
		rank, above = (rank + 1, above + effort) if theirs == product else (1, effort)
		product, room, forecast = theirs, 0, None
		for version, day, capacity in planned[product]:
			if day >= end[:10] and forecast is None:
				room += capacity
				forecast = version if room >= above else None
		answer.append(
			{
				"item": item, "product": product, "rank": rank, "score": f"{round(-minus * 100) / 100:.2f}",
				"customers": customers, "users": users, "forecast": forecast,
				"tickets": sorted(there, key=order.index),
			}
		)  # fmt: skip
	return answer
