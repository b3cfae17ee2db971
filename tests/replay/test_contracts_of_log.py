"""A policy in which each customer of a log has a contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crm_support_ext.replay import policy as policies
from crm_support_ext.replay.cli import main
from crm_support_ext.replay.policy import load_policy
from tests.replay.desk import Desk

PLANS = 'timezone = "Europe/Amsterdam"\n[plans.gold]\nstrippen_per_year = 40\n[plans."a \\"b\\""]\n'
LOG = '''Case,When,What,Who,level,level of nothing
1,2024-02-29T09:00:00,a,ACME,gold,
1,2024-02-28T23:30:00Z,a,ACME,silver,
2,2024-06-01T09:00:00,a,ACME,gold,
3,2026-02-28T09:00:00,a,"Bolt ""& Co""","a ""b""",
4,2026-02-28T09:00:00,a,,gold,
'''
MAP = '[columns]\nticket = "Case"\ntime = "When"\nevent = "What"\ncustomer = "Who"\n[events]\na = "created"\n'


def arguments(desk: Desk, log: str = LOG, plans: str = PLANS, by: str = "level") -> list[str]:
	files = [desk.write("log.csv", log), "--map", desk.write("map.toml", MAP)]
	return [*files, "--policy", desk.write("plans.toml", plans), "--by", by]


def test_each_customer_has_a_contract_of_whole_years_by_what_most_of_its_rows_hold(desk: Desk) -> None:
	out = desk.root / "policy.toml"
	assert main(["contracts", *arguments(desk), "--out", str(out)]) == 0
	assert out.read_text().startswith(PLANS)
	made = [
		(each.name, each.customer, each.plan.name, each.start, each.end)
		for each in load_policy(str(out)).terms.contracts
	]
	assert made == [
		("ACME", "ACME", "gold", date(2024, 2, 29), date(2027, 2, 27)),
		('Bolt "& Co"', 'Bolt "& Co"', 'a "b"', date(2026, 2, 28), date(2027, 2, 27)),
	]


def test_a_customer_is_called_as_by_the_map_and_rows_that_mean_nothing_do_not_count(desk: Desk) -> None:
	log = "ticket,time,event,customer,level\n" + "".join(
		f"1,{time},{event},K-7,{level}\n"
		for time, event, level in (
			("2026-03-02T09:00:00", "closed", "silver"),
			("2026-03-03T09:00:00", "created", "gold"),
			("2026-03-01T09:00:00", "closed", "silver"),
		)
	)
	means = '[events]\ncreated = "created"\nclosed = "drop"\n[values.customer]\n"K-7" = "ACME"\n'
	files = [desk.write("log.csv", log), "--map", desk.write("map.toml", means)]
	out = desk.root / "policy.toml"
	plans = desk.write("plans.toml", PLANS)
	assert main(["contracts", *files, "--policy", plans, "--by", "level", "--out", str(out)]) == 0
	(made,) = load_policy(str(out)).terms.contracts
	assert (made.customer, made.plan.name, made.start) == ("ACME", "gold", date(2026, 3, 3))


def test_it_goes_to_standard_output_and_an_empty_log_gives_the_policy_alone(desk: Desk, capsys) -> None:
	assert main(["contracts", *arguments(desk, LOG.splitlines()[0])]) == 0
	assert capsys.readouterr().out == PLANS


@pytest.mark.parametrize(
	("changes", "said"),
	[
		({"by": "colour"}, "log.csv:1: there is no column 'colour', expected one of Case, When"),
		({"by": "level of nothing"}, "plans.toml:1: there is no plan '', expected a plan for each level of nothing"),
		({"plans": "[plans.gold]\n"}, "plans.toml:1: there is no plan 'a \"b\"', expected"),
		({"log": LOG.replace("2024-06-01", "yesterday")}, "log.csv:4: the time is"),
		(
			{"plans": PLANS + "[contracts.C]\ncustomer = 'A'\nplan = 'gold'\nstart = 2026-01-01\nend = 2026-01-01\n"},
			"plans.toml:5: it has contracts already",
		),
	],
)  # fmt: skip
def test_what_does_not_fit_is_a_fault_and_nothing_is_written(
	desk: Desk, capsys, changes: dict[str, str], said: str
) -> None:
	out = desk.root / "policy.toml"
	assert main(["contracts", *arguments(desk, **changes), "--out", str(out)]) == 2
	assert capsys.readouterr().err.replace(f"{desk.root}/", "").startswith(said)
	assert not out.exists()


def test_the_plans_for_the_public_log_are_a_policy() -> None:
	plans = Path(policies.__file__).with_name("policies") / "italian_helpdesk.toml"
	assert load_policy(str(plans)).settings["plans"].keys() == {f"Value {level}" for level in range(1, 5)}
