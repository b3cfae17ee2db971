"""Work and ledgers by cases: each sentence of replay.md about them has one."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.replay.desk import Desk

HEADER = "ticket,time,event,customer,kind,product,minutes,activity,role,place,into\n"


def policy(
	more: str = "", *, plan: str = "", start: str = "2026-01-01", end: str = "2027-12-31", zone: str = "UTC"
) -> str:
	return (
		f'timezone = "{zone}"\n[plans.p]\nstrippen_per_year = 10\n{plan}\n'
		f'[contracts.C1]\ncustomer = "ACME"\nplan = "p"\nstart = {start}\nend = {end}\n{more}'
	)  # fmt: skip


def created(
	ticket: str = "T1", at: str = "2026-03-02T09:00", kind: str = "user support", product: str = ""
) -> str:
	return f"{ticket},{at},created,ACME,{kind},{product},,,,,\n"


def worked(
	minutes: int | str = 20,
	at: str = "2026-03-02T10:00",
	ticket: str = "T1",
	activity: str = "",
	role: str = "",
	place: str = "",
) -> str:
	return f"{ticket},{at},worked,,,,{minutes},{activity},{role},{place},\n"  # fmt: skip


def ledger(answer: Any, contract: str = "C1") -> list[tuple[str, str, str, str, str]]:
	return [
		(e["at"][:19], e["kind"], e["lot"], e["amount"], e["balance"]) for e in answer["ledger"][contract]
	]


def work(answer: Any, ticket: str = "T1") -> list[tuple[int, str, str]]:
	return [(w["minutes"], w["settlement"], w["strippen"]) for w in answer["tickets"][ticket]["work"]]


def test_the_example_of_the_contract(desk: Desk) -> None:
	answer = desk.play(HEADER + created() + worked(20), policy=policy())
	assert answer["tickets"]["T1"]["work"] == [
		{
			"at": "2026-03-02T10:00:00+00:00",
			"minutes": 20,
			"settlement": "Strippen",
			"strippen": "2.00",
			"rule": "user support, helpdesk, remote",
		}
	]
	assert answer["ledger"] == {
		"C1": [
			{"at": "2026-01-01T00:00:00+00:00", "kind": "Grant", "lot": "C1-1", "amount": "10.00", "balance": "10.00", "ticket": None},
			{"at": "2026-03-02T10:00:00+00:00", "kind": "Use", "lot": "C1-1", "amount": "-2.00", "balance": "8.00", "ticket": "T1"},
		]
	}  # fmt: skip
	assert answer["summary"]["strippen_used"] == "2.00"


def test_grants_begin_before_the_log_and_the_turn_of_a_year_has_its_order(desk: Desk) -> None:
	plan = "carry_over = 3\non_shortage = 'purchase'\npurchase = 4"
	rows = created(at="2026-03-01T07:00") + worked(200, "2026-03-01T08:00") + worked(15, "2026-07-01T00:00")
	answer = desk.play(HEADER + rows, policy=policy(plan=plan, start="2024-07-01", end="2026-09-30"))
	assert ledger(answer) == [
		("2024-07-01T00:00:00", "Grant", "C1-1", "10.00", "10.00"),
		("2025-07-01T00:00:00", "Expiry", "C1-1", "-10.00", "0.00"),
		("2025-07-01T00:00:00", "Carry-over", "C1-2", "3.00", "3.00"),
		("2025-07-01T00:00:00", "Grant", "C1-3", "10.00", "13.00"),
		("2026-03-01T08:00:00", "Purchase", "C1-4", "4.00", "17.00"),
		("2026-03-01T08:00:00", "Use", "C1-2", "-3.00", "14.00"),
		("2026-03-01T08:00:00", "Use", "C1-3", "-10.00", "4.00"),
		("2026-03-01T08:00:00", "Use", "C1-4", "-1.00", "3.00"),
		("2026-07-01T00:00:00", "Expiry", "C1-4", "-3.00", "0.00"),
		("2026-07-01T00:00:00", "Carry-over", "C1-5", "3.00", "3.00"),
		("2026-07-01T00:00:00", "Grant", "C1-6", "10.00", "13.00"),
		("2026-07-01T00:00:00", "Use", "C1-5", "-1.00", "12.00"),
	]
	assert answer["summary"]["strippen_used"] == "15.00"


def test_after_the_last_year_what_is_left_expires_and_nothing_is_carried_over(desk: Desk) -> None:
	row = created(at="2027-06-01T00:00")
	answer = desk.play(
		HEADER + row, policy=policy(plan="carry_over = 9", start="2026-02-01", end="2027-01-31")
	)
	assert ledger(answer) == [
		("2026-02-01T00:00:00", "Grant", "C1-1", "10.00", "10.00"),
		("2027-02-01T00:00:00", "Expiry", "C1-1", "-10.00", "0.00"),
	]


def test_the_ledger_goes_to_the_end_of_the_log_and_no_further(desk: Desk) -> None:
	log, terms = (
		HEADER + created(at="2025-12-31T23:59:59") + worked(15, "2026-12-31T23:59:59"),
		policy(zone="UTC"),
	)
	assert [line[1] for line in ledger(desk.play(log, policy=terms))] == ["Grant", "Use"]
	until = {
		"2027-01-01T00:00:00": ["Grant", "Use", "Expiry", "Grant"],
		"2026-06-01": ["Grant"],
		"2025-12-31T23:59:59": [],
	}
	for end, kinds in until.items():
		assert [line[1] for line in ledger(desk.play(log, "--until", end, policy=terms))] == kinds


def test_a_contract_without_entries_has_its_key_and_an_empty_log_has_none(desk: Desk) -> None:
	terms = policy(start="2030-01-01", end="2030-12-31")
	assert desk.play(HEADER + created(), policy=terms)["ledger"] == {"C1": []}
	assert desk.play(HEADER, policy=terms)["ledger"] == {}


def test_a_start_on_29_february_has_its_anniversary_on_the_28th_of_other_years(desk: Desk) -> None:
	row = created(at="2028-12-31T00:00")
	answer = desk.play(HEADER + row, policy=policy(start="2024-02-29", end="2029-02-27"))
	grants = [line[0][:10] for line in ledger(answer) if line[1] == "Grant"]
	assert grants == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_what_is_refused_books_nothing_and_the_replay_goes_on(desk: Desk) -> None:
	rows = created() + worked(165) + worked(150, "2026-03-02T11:00") + worked(1, "2026-03-02T12:00")
	answer = desk.play(HEADER + rows, policy=policy())
	assert work(answer) == [(150, "Strippen", "10.00")]
	refused = answer["tickets"]["T1"]["refused"]
	assert [(each["at"][11:16], each["event"], each["code"]) for each in refused] == [
		("10:00", "worked", "balance_too_low"),
		("12:00", "worked", "balance_too_low"),
	]
	assert answer["summary"]["strippen_used"] == "10.00"


@pytest.mark.parametrize(
	("left", "minutes", "parts"),
	[
		(
			10,
			160,
			[(146, "Strippen", "10.00"), (14, "Time and Material", "0.00")],
		),  # 10 of 11 strippen: 145.45 min
		(0, 20, [(20, "Time and Material", "0.00")]),
		(1, 16, [(8, "Strippen", "1.00"), (8, "Time and Material", "0.00")]),
		(2, 31, [(21, "Strippen", "2.00"), (10, "Time and Material", "0.00")]),
		(3, 45, [(45, "Strippen", "3.00")]),
	],
)
def test_a_split_takes_what_there_is_and_the_rest_is_time_and_material(
	desk: Desk, left: int, minutes: int, parts: list[tuple[int, str, str]]
) -> None:
	plan = "on_shortage = 'split'"
	rows = created() + worked(150 - 15 * left, "2026-03-02T09:30") + worked(minutes)
	answer = desk.play(HEADER + rows, policy=policy(plan=plan))
	assert work(answer)[1:] == parts
	assert all(line["amount"] != "0.00" for line in answer["ledger"]["C1"])


def test_a_purchase_buys_as_many_lots_as_the_cost_needs_and_each_ends_with_the_contract_year(
	desk: Desk,
) -> None:
	plan = "on_shortage = 'purchase'\npurchase = 1.5"
	rows = created() + worked(195) + created("T2", "2027-01-01T00:00")
	answer = desk.play(HEADER + rows, policy=policy(plan=plan))
	assert [line[1:] for line in ledger(answer)] == [
		("Grant", "C1-1", "10.00", "10.00"),
		("Purchase", "C1-2", "1.50", "11.50"),
		("Purchase", "C1-3", "1.50", "13.00"),
		("Use", "C1-1", "-10.00", "3.00"),
		("Use", "C1-2", "-1.50", "1.50"),
		("Use", "C1-3", "-1.50", "0.00"),
		("Grant", "C1-4", "10.00", "10.00"),
	]
	assert work(answer) == [(195, "Strippen", "13.00")]


def test_the_day_of_work_is_a_day_of_the_policys_zone(desk: Desk) -> None:
	rows = (
		created(at="2025-12-31T22:00Z") + worked(15, "2025-12-31T22:59:59Z") + worked(15, "2025-12-31T23:00Z")
	)
	answer = desk.play(HEADER + rows, policy=policy(zone="Europe/Amsterdam"))
	assert [part[1] for part in work(answer)] == ["Time and Material", "Strippen"]
	assert answer["ledger"]["C1"][0]["at"] == "2026-01-01T00:00:00+01:00"


def test_a_year_that_the_end_cuts_is_shorter_if_the_plan_says_so(desk: Desk) -> None:
	terms = policy(plan="pro_rata = true", start="2026-01-01", end="2026-06-30")
	assert ledger(desk.play(HEADER + created(), policy=terms))[0][3] == "4.96"  # 181 of 365 days


@pytest.mark.parametrize(
	("product", "contracts", "settled"),
	[("CRM", "CRM", True), ("", "CRM", True), ("CRM", "", True), ("Mail", "CRM", False), ("", "", True)],
)
def test_a_contract_is_for_a_ticket_whose_product_it_meets(
	desk: Desk, product: str, contracts: str, settled: bool
) -> None:
	terms = policy(f'product = "{contracts}"\n')
	answer = desk.play(HEADER + created(product=product) + worked(15), policy=terms)
	said = answer["tickets"]["T1"]["work"][0]
	assert said["settlement"] == ("Strippen" if settled else "Time and Material")
	assert said["rule"] == ("user support, helpdesk, remote" if settled else "no contract")


def test_work_on_a_closed_ticket_is_booked_and_after_a_follow_up_belongs_to_that(desk: Desk) -> None:
	rows = (
		created()
		+ "T1,2026-03-02T10:00,force_closed,,,,,,,,\n"
		+ worked(15, "2026-03-02T11:00")
		+ "T1,2026-03-03T10:00,customer_replied,,,,,,,,\n"
		+ worked(30, "2026-03-03T11:00")
	)
	answer = desk.play(HEADER + rows, policy=policy())
	assert work(answer) == [(15, "Strippen", "1.00")]
	assert work(answer, "T1~1") == [(30, "Strippen", "2.00")]
	assert [line["ticket"] for line in answer["ledger"]["C1"]] == [None, "T1", "T1~1"]


@pytest.mark.parametrize("kind", ["", "extension"])
def test_work_of_no_known_kind_is_everything_else(desk: Desk, kind: str) -> None:
	answer = desk.play(HEADER + created(kind=kind) + worked(15), policy=policy())
	assert [w["rule"] for w in answer["tickets"]["T1"]["work"]] == ["everything else"]
	assert answer["summary"]["strippen_used"] == "0.00"


def test_an_activity_costs_what_the_tariff_says_or_one_for_each_started_quarter(desk: Desk) -> None:
	tariff = "[tariff.visit]\nfixed = 2.5\n[tariff.call]\nper_started_quarter = 0.25\n"
	rows = (
		created()
		+ worked(90, activity="visit")
		+ worked(31, activity="call")
		+ worked(16, activity="x")
		+ worked(0)
	)
	answer = desk.play(HEADER + rows, policy=policy(tariff))
	assert [part[2] for part in work(answer)] == ["2.50", "0.75", "2.00", "0.00"]
	assert [line[3] for line in ledger(answer)] == ["10.00", "-2.50", "-0.75", "-2.00"]


def test_a_table_to_try_decides_in_its_order_and_bills_what_it_does_not_name(desk: Desk) -> None:
	rules = (
		"[[rules]]\nactivity = 'gift'\nsettlement = 'Free'\n"
		"[[rules]]\nkind = 'user support'\ncontract = true\nsettlement = 'Strippen'\n"
	)
	rows = (
		created() + worked(15, activity="gift", place="on site") + worked(15) + worked(15, role="programmer")
	)
	rows += created("T2", kind="fault") + worked(15, ticket="T2")
	answer = desk.play(HEADER + rows, policy=policy(rules))
	said = [(w["settlement"], w["rule"]) for name in ("T1", "T2") for w in answer["tickets"][name]["work"]]
	assert said == [
		("Free", "gift"),
		("Strippen", "with a contract, user support"),
		("Time and Material", "programmer work is never paid in strippen"),
		("Time and Material", "everything else"),
	]


KINDS = ("", "fault", "question", "user support", "wish", "extension", "complaint", "licence")
ROLES, PLACES = ("", "helpdesk", "programmer", "consultant"), ("", "remote", "on site")
ACTIVITIES = ("", "visit", "call")
TICKETS = {f"T{number}": pair for number, pair in enumerate(product(KINDS, ("ACME", "Bolt")))}
DONE = list(product(TICKETS, ACTIVITIES, ROLES, PLACES))
EVERYTHING = "".join(
	f"{name},2026-03-02T09:00,created,{customer},{kind},,,,,,\n" for name, (kind, customer) in TICKETS.items()
) + "".join(
	worked(15, "2026-03-02T10:00", name, activity, role, place) for name, activity, role, place in DONE
)
conditions = st.fixed_dictionaries(
	{"settlement": st.sampled_from(["Free", "Strippen", "Strippen", "Fixed Price or Time and Material"])},
	optional={
		"kind": st.sampled_from(KINDS[1:]),
		"activity": st.sampled_from(ACTIVITIES[1:]),
		"role": st.sampled_from(ROLES[1:]),
		"place": st.sampled_from(PLACES[1:]),
	},
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.none() | st.lists(conditions, max_size=5), st.booleans())
def test_no_table_gets_programmer_or_on_site_work_into_strippen(
	desk: Desk, table: list[dict[str, str]] | None, buys: bool
) -> None:
	rows = [
		"[[rules]]\n" + "".join(f'{key} = "{value}"\n' for key, value in row.items()) for row in table or ()
	]
	plan = f"on_shortage = '{'purchase' if buys else 'split'}'"
	terms = policy("".join(rows), plan=plan)
	terms = "rules = []\n" + terms if table == [] else terms
	answer = desk.play(HEADER + EVERYTHING, policy=terms)
	said = {name: iter(ticket["work"]) for name, ticket in answer["tickets"].items()}
	for name, _, role, place in DONE:
		settled = next(said[name])
		if role == "programmer" or place == "on site" or TICKETS[name][1] == "Bolt":
			assert settled["settlement"] != "Strippen"
	assert not any(list(rest) for rest in said.values())
