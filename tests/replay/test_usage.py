"""Who runs out when, and what other terms would have cost: as figures, tables, pages and JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from crm_support_ext.replay.cli import main
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from crm_support_ext.replay.usage import AllWork, usage
from tests.replay.desk import UTC, Desk
from tests.replay.read_page import ReadPage

HEADER = "ticket,time,event,customer,kind,minutes,role\n"
LOG = HEADER + "".join(
	f"{row}\n"
	for row in (
		"T1,2026-01-05T09:00,created,ACME,wish,,",
		"T1,2026-02-01T09:00,worked,,,100,",  # 7 of 10
		"T1,2026-03-01T09:00,worked,,,60,",  # 4 of 3: refused
		"T1,2026-04-01T09:00,worked,,,45,",  # 3 of 3: nothing left
		"T1,2027-01-10T09:00,worked,,,15,",
		"T2,2026-01-05T09:00,created,Bolt,wish,,",
		"T2,2026-05-01T09:00,worked,,,60,",  # 4 of 2: split
		"T3,2026-01-05T09:00,created,<Cato>,wish,,",
		"T3,2026-06-01T09:00,worked,,,30,",  # 2 of 1: bought
		"T4,2026-01-05T09:00,created,Nobody,fault,,",
		"T4,2026-01-06T09:00,worked,,,200,",
		"T5,2026-01-05T09:00,created,ACME,fault,,",
		"T5,2027-01-10T09:00,worked,,,30,",
		"T6,2026-01-05T09:00,created,Dora,wish,,",
		"T6,2026-12-01T09:00,worked,,,15,",  # 1 of 10 on 41 of the 365 days by the end
		"T6,2027-01-09T09:00,worked,,,30,programmer",
	)
)


def contract(name: str, customer: str, plan: str, start: str = "2026-01-01", end: str = "2027-12-31") -> str:
	return f'[contracts.{name}]\ncustomer = "{customer}"\nplan = "{plan}"\nstart = {start}\nend = {end}\n'


POLICY = (
	UTC
	+ "[plans.ten]\nstrippen_per_year = 10\n"
	+ "[plans.two]\nstrippen_per_year = 2\non_shortage = 'split'\n"
	+ "[plans.one]\nstrippen_per_year = 1\non_shortage = 'purchase'\npurchase = 5\ncarry_over = 2\n"
	+ "[plans.three]\nstrippen_per_year = 3\n"
	+ contract("A", "ACME", "ten")
	+ contract("B", "Bolt", "two")
	+ contract("C", "<Cato>", "one")
	+ contract("D", "Dora", "three", "2026-12-01", "2027-11-30")
	+ contract("Z", "Later", "ten", "2030-01-01", "2030-12-31")
)


@pytest.fixture
def work(desk: Desk) -> AllWork:
	policy = load_policy(desk.write("policy.toml", POLICY))
	return usage(replay(desk.write("log.csv", LOG), policy))


def test_work_is_summed_by_settlement(work: AllWork) -> None:
	sums = {name: (each.pieces, each.minutes, str(each.strippen)) for name, each in work.sums.items()}
	assert sums == {
		"Free": (1, 30, "0.00"),
		"Strippen": (6, 100 + 45 + 15 + 30 + 30 + 15, "16.00"),
		"Fixed Price": (0, 0, "0.00"),
		"Time and Material": (3, 30 + 200 + 30, "0.00"),
		"Refused": (1, 60, "0.00"),
	}


def test_a_contract_is_summed_by_kind_of_entry_and_its_sums_leave_what_is_left(work: AllWork) -> None:
	assert list(work.usages) == ["A", "B", "C", "D", "Z"]
	for found in work.usages.values():
		assert sum(found.sums.values()) == found.left
	cato = work.usages["C"]
	assert {kind.value: str(amount) for kind, amount in cato.sums.items() if amount} == {
		"Grant": "2.00", "Purchase": "5.00", "Use": "-2.00", "Expiry": "-4.00", "Carry-over": "2.00",
	}  # fmt: skip
	assert (cato.used, cato.left) == (Decimal(2), Decimal(3))
	assert work.usages["Z"].left == 0 and not work.usages["Z"].years


def test_a_year_runs_out_when_nothing_is_left_or_work_costs_more(work: AllWork) -> None:
	out = [
		(each.contract.name, str(each.year.first), each.out_at and f"{each.out_at:%Y-%m-%d}", each.short)
		for each in work.years_out
	]
	assert out == [
		("D", "2026-12-01", None, 0),
		("C", "2026-01-01", "2026-06-01", 1),
		("B", "2026-01-01", "2026-05-01", 1),
		("A", "2026-01-01", "2026-03-01", 1),
	]
	assert [str(each.given) for each in work.usages["C"].years] == ["6.00", "3.00"]
	assert [str(each.used) for each in work.usages["A"].years] == ["10.00", "1.00"]


def test_of_two_years_that_run_out_on_one_day_the_later_one_comes_first(desk: Desk) -> None:
	log = HEADER + "".join(
		f"{name},2026-03-0{day}T{hour},worked,{name},wish,150,\n"
		for name, day, hour in (("A", 2, "15:00"), ("B", 2, "09:00"), ("C", 3, "00:30"))
	)
	policy = UTC + "[plans.ten]\nstrippen_per_year = 10\n"
	policy += "".join(contract(name, name, "ten") for name in "ABC")
	found = usage(replay(desk.write("log.csv", log), load_policy(desk.write("policy.toml", policy))))
	assert [year.contract.name for year in found.years_out] == ["C", "A", "B"]


def test_a_year_that_goes_on_runs_out_by_the_pace_so_far(work: AllWork) -> None:
	(year,) = work.usages["D"].years
	assert year.pace == date(2027, 4, 3)  # 1 of 3 in 41 days: 3 in 123
	assert not work.usages["A"].years[1].pace  # ten days tell nothing
	zone = load_policy(None).zone
	assert round(year.lasted(zone) * 365) == 123
	assert round(work.usages["A"].years[0].lasted(zone) * 365) == 59
	assert work.usages["A"].years[1].lasted(zone) == 1


def test_a_pace_beyond_the_end_of_the_calendar_is_no_pace(desk: Desk) -> None:
	policy = (
		UTC
		+ "[plans.p]\nstrippen_per_year = 1_000_000_000\n[tariff.'']\nfixed = 0.01\n"
		+ contract("A", "ACME", "p")
	)
	log = desk.write("log.csv", LOG)
	found = usage(replay(log, load_policy(desk.write("policy.toml", policy)), until="2027-12-01"))
	assert [str(year.used) for year in found.usages["A"].years] == ["0.03", "0.01"]
	assert not found.years_out


def test_the_terminal_shows_work_contracts_and_who_runs_out_when(desk: Desk, capsys) -> None:
	assert main(["replay", *desk.arguments(LOG, POLICY)]) == 0
	told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
	for line in (
		"Strippen 6 3 h 55 min 16.00",
		"Refused 1 1 h 00 min 0.00",
		"A ACME ten 20.00 0.00 0.00 11.00 0.00 9.00",
		"C <Cato> one 2.00 5.00 2.00 2.00 4.00 3.00",
		"all 5 29.00 5.00 2.00 16.00 4.00 16.00",
		"A ACME 2026-01-01 2026-12-31 10.00 10.00 2026-03-01 09:00 1",
		"D Dora 2026-12-01 2027-11-30 3.00 1.00 at this pace 2027-04-03 0",
		"worked New 1 not enough strippen",
	):
		assert line in told, line


def test_without_work_and_contracts_neither_terminal_nor_page_speaks_of_them(desk: Desk, capsys) -> None:
	log, page = HEADER + "T1,2026-01-05T09:00,created,ACME,wish,,\n", desk.root / "page.html"
	assert main(["replay", *desk.arguments(log), "--html", str(page)]) == 0
	assert main(["replay", *desk.arguments(log)]) == 0
	assert "strippen" not in capsys.readouterr().out
	assert "strippen" not in ReadPage(page.read_text("utf-8")).words.lower()


def test_the_page_shows_balances_over_time_and_when_they_ran_out(desk: Desk) -> None:
	page = desk.root / "page.html"
	desk.play(LOG, "--html", str(page), policy=POLICY)
	html = page.read_text("utf-8")
	read = ReadPage(html.replace("</", " </"))
	assert (read.open, read.addresses) == ([], [])
	for words in (
		"16.00 strippen used under 5 contracts",
		"3 contract years that ran out of strippen",
		"Strippen 235 min 6 pieces, 3 h 55 min, 16.00 strippen",
		"C <Cato>, one 4.00 2.00 3.00",
		"D Dora, 2026-12-01 to 2027-11-30 at this pace 2027-04-03 1.00 of 3.00 used",
		"A ACME, 2026-01-01 to 2026-12-31 2026-03-01 09:00 10.00 of 10.00 used, too few for 1 piece of work",
		"1 used none",
	):
		assert words in read.words, words
	assert html.count('class="balance" d="M') == 4
	assert "<Cato>" not in html


def test_a_contract_that_nobody_used_has_its_curve_if_none_was(desk: Desk) -> None:
	page = desk.root / "page.html"
	desk.play(HEADER + "T1,2026-01-05T09:00,created,ACME,wish,,\n", "--html", str(page), policy=POLICY)
	words = ReadPage(page.read_text("utf-8").replace("</", " </")).words
	assert "A ACME, ten 10.00 0.00 10.00" in words and "No contract year did." in words


OTHER = POLICY.replace("strippen_per_year = 2\n", "strippen_per_year = 4\n") + (
	"[tariff.'']\nper_started_quarter = 0.5\n"
	"[[rules]]\ncontract = false\nsettlement = 'Fixed Price or Time and Material'\n"
	"[[rules]]\nkind = 'wish'\nsettlement = 'Strippen'\n"
)


def test_a_comparison_says_what_other_terms_would_have_cost(desk: Desk, capsys) -> None:
	log, a, b = desk.write("log.csv", LOG), desk.write("a.toml", POLICY), desk.write("b.toml", OTHER)
	page, out = desk.root / "page.html", desk.root / "out.json"
	assert main(["compare", log, a, b]) == 0
	told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
	for line in (
		"strippen used 16.00 11.00 -5.00",
		"strippen bought 5.00 0.00 -5.00",
		"work, Refused 1 h 00 min 0 min -1 h 00 min",
		"work, Free 30 min 0 min -30 min",
		"A 11.00 7.50 -3.50 0.00 0.00 0 min 30 min 1 h 00 min 0 min",
		"T1 2026-03-01 60 min Refused 60 min Strippen, 2.00",
		"T2 2026-05-01 30 min Strippen, 2.00; 30 min Time and Material 60 min Strippen, 2.00",
		"T5 2027-01-10 30 min Free 30 min Time and Material",
		"5 of 6 tickets come out differently.",
	):
		assert line in told, line
	assert main(["compare", log, a, b, "--html", str(page), "--json", str(out)]) == 0
	answer = json.loads(out.read_text("utf-8"))
	assert [summary["strippen_used"] for summary in answer["summary"]] == ["16.00", "11.00"]
	assert answer["settlements"]["Refused"] == {
		"pieces": [1, 0],
		"minutes": [60, 0],
		"strippen": ["0.00", "0.00"],
	}
	assert answer["contracts"]["A"] == {
		"strippen_used": ["11.00", "7.50"],
		"strippen_bought": ["0.00", "0.00"],
		"minutes_billed": [0, 30],
		"minutes_refused": [60, 0],
	}
	assert answer["work"][-1] == {
		"ticket": "T5",
		"at": "2027-01-10T09:00:00+00:00",
		"minutes": 30,
		"settled": ["30 min Free", "30 min Time and Material"],
		"rule": ["fault", "everything else"],
	}
	assert answer["tickets"]["T5"] == {"work": ["30 min Free", "30 min Time and Material"]}
	read = ReadPage(page.read_text("utf-8").replace("</", " </"))
	assert (read.open, read.addresses) == ([], [])
	for words in (
		"plans, two, strippen_per_year 2 4",
		"rules, 2 as by default kind wish, settlement Strippen",
		"Refused A 60 min 1 piece, 1 h 00 min B 0 min 0 pieces, 0 min",
		"A ACME A 11.00 0 min billed, 1 h 00 min refused B 7.50 30 min billed",
		"T5 2027-01-10 30 min Free fault 30 min Time and Material everything else",
	):
		assert words in read.words, words


def test_a_comparison_of_the_same_terms_finds_no_difference(desk: Desk, capsys) -> None:
	log, a, out = desk.write("log.csv", LOG), desk.write("a.toml", POLICY), desk.root / "out.json"
	assert main(["compare", log, a, a]) == 0
	assert "No ticket comes out differently." in capsys.readouterr().out
	assert main(["compare", log, a, a, "--json", str(out)]) == 0
	answer = json.loads(out.read_text("utf-8"))
	assert (answer["contracts"], answer["work"], answer["tickets"]) == ({}, [], {})


def test_work_on_a_ticket_of_one_policy_only_is_compared_by_its_row(desk: Desk) -> None:
	log = HEADER + "".join(
		f"T1,2026-01-0{day}T09:00,{event},{facts}\n"
		for day, event, facts in (
			(1, "created", "ACME,wish,,"),
			(2, "resolved", ",,,"),
			(5, "customer_replied", ",,,"),
			(6, "worked", ",,15,"),
		)
	)
	a, b = (
		desk.write("a.toml", POLICY),
		desk.write("b.toml", POLICY + "[lifecycle]\nclose_after_hours = 500\n"),
	)
	out = desk.root / "out.json"
	assert main(["compare", desk.write("log.csv", log), a, b, "--json", str(out)]) == 0
	answer = json.loads(out.read_text("utf-8"))
	assert answer["work"] == []
	assert answer["tickets"]["T1~1"]["work"] == ["15 min Strippen, 1.00", None]
	assert answer["tickets"]["T1"]["work"] == [None, "15 min Strippen, 1.00"]
