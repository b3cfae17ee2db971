"""Policies: every key of the contract is taken, anything else is a fault with its line and its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from crm_support_ext.domain.business_calendar import OFFICE_HOURS, Holidays
from crm_support_ext.domain.contracts import Contract, OnShortage, Plan
from crm_support_ext.domain.lifecycle import Timing
from crm_support_ext.domain.settlement import RULES, Choice, Place, Role, Rule
from crm_support_ext.domain.tariff import Price
from crm_support_ext.domain.tiers import TIERS
from crm_support_ext.replay.faults import BadInput
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.terms import Terms

EVERY_KEY = """
timezone = "Europe/Amsterdam"
[calendar]
monday = ["09:00-12:30", "13:00-17:00"]
sunday = []
holidays = { country = "NL", subdivision = "", extra = [2026-12-24], not = [2026-04-27] }
[lifecycle]
survey_after_hours = 12
close_after_hours = 72
survey_share = 50
survey_contact_days = 7
[tiers.I]
response = "1 working hour"
target = "4 working hours"
[tiers."By agreement"]
response = "1 working day"
target = "none"
[plans.standard]
strippen_per_year = 10
pro_rata = false
carry_over = 0
on_shortage = "refuse"
purchase = 10
[tariff."user support"]
per_started_quarter = 1
[tariff.visit]
fixed = 2.50
[contracts.C1]
customer = "ACME"
plan = "standard"
start = 2026-01-01
end = 2027-12-31
[contracts.C2]
customer = "ACME"
plan = "standard"
start = 2028-01-01
end = 2028-12-31
[contracts.C3]
customer = "Bolt"
product = "CRM"
plan = "standard"
start = 2026-01-01
end = 2026-12-31
[contracts.C4]
customer = "Bolt"
product = "Mail"
plan = "standard"
start = 2026-01-01
end = 2026-12-31
[[rules]]
kind = "wish"
activity = "visit"
role = "helpdesk"
place = "remote"
contract = true
settlement = "Free"
[[rules]]
settlement = "Fixed Price or Time and Material"
[parking]
per_customer = 3
per_user = 1
workaround = { none = 3, awkward = 2, good = 1 }
[[releases]]
product = "CRM"
version = "9.2"
date = 2026-09-01
capacity_days = 20
"""


@pytest.fixture
def load(tmp_path):
	def run(text):
		path = tmp_path / "policy.toml"
		path.write_bytes(text if isinstance(text, bytes) else text.encode())
		return load_policy(str(path))

	return run


@pytest.fixture
def faults(load):
	def run(text):
		with pytest.raises(BadInput) as caught:
			load(text)
		return [(fault.line, fault.wrong) for fault in caught.value.faults]

	return run


def test_every_key_of_the_contract_is_taken(load) -> None:
	policy = load(EVERY_KEY)
	assert policy.zone.key == "Europe/Amsterdam"
	assert policy.timing == Timing(12, 72, 50, 7)
	plan = Plan("standard", Decimal(10))
	first = policy.terms.contracts[0]
	assert first == Contract("C1", "ACME", plan, date(2026, 1, 1), date(2027, 12, 31))
	assert [each.product for each in policy.terms.contracts] == ["", "", "CRM", "Mail"]
	assert policy.terms.tariff == {
		"user support": Price(per_started_quarter=Decimal(1)),
		"visit": Price(fixed=Decimal("2.5")),
	}
	assert policy.terms.rules == (
		Rule(Choice.FREE, "wish", "visit", Role.HELPDESK, Place.REMOTE, has_contract=True),
		Rule(Choice.BILLED),
	)


def test_without_plans_contracts_and_rules_the_table_of_the_desk_holds(load) -> None:
	assert load("").terms == Terms((), {}, RULES)
	assert load("rules = []").terms.rules == ()


def test_a_plan_has_amounts_of_two_places_and_the_defaults_of_the_rules(load) -> None:
	contract = "[contracts.C]\ncustomer = 'A'\nplan = 'a'\nstart = 2026-01-01\nend = 2026-12-31\n"
	(bare,) = load("[plans.a]\n" + contract).terms.contracts
	assert bare.plan == Plan("a", Decimal(0), False, Decimal(0), OnShortage.REFUSE, Decimal(10))
	keys = (
		"strippen_per_year = 7.125\npro_rata = true\ncarry_over = 2.5\n"
		"on_shortage = 'split'\npurchase = 0.005\n"
	)
	(full,) = load("[plans.a]\n" + keys + contract).terms.contracts
	amounts = full.plan.strippen_per_year, full.plan.carry_over, full.plan.purchase
	assert [str(amount) for amount in amounts] == ["7.13", "2.50", "0.01"]
	assert full.plan.is_pro_rata and full.plan.on_shortage is OnShortage.SPLIT


def test_the_default_is_that_of_the_rules(load) -> None:
	assert load("") == load_policy(None)
	assert load("").timing == Timing(24, 48, 100, 14)
	assert load("").zone.key == "Europe/Amsterdam"


def test_the_calendar_and_the_tiers_are_those_of_the_policy(load) -> None:
	assert load("").calendar.week == OFFICE_HOURS
	assert load("").calendar.holidays == Holidays("NL")
	assert load("").tiers == TIERS
	policy = load(EVERY_KEY)
	assert policy.calendar.week == (((540, 750), (780, 1020)), (), (), (), (), (), ())
	assert policy.calendar.holidays == Holidays(
		"NL", "", frozenset({date(2026, 12, 24)}), frozenset({date(2026, 4, 27)})
	)
	assert load("[calendar.holidays]\ncountry = ''").calendar.week == OFFICE_HOURS
	assert load("[tiers.II]\ntarget = 'none'").tiers["II"] == replace(TIERS["II"], target=None)


def test_a_mark_at_the_start_of_the_file_is_no_fault(load) -> None:
	assert load(b"\xef\xbb\xbftimezone = 'UTC'\r\n").zone.key == "UTC"


@pytest.mark.parametrize(
	("text", "line", "wrong"),
	[
		("\n\ncolour = 1", 3, "unknown key colour"),
		("[lifecycle]\n# why\nclose_after_hour = 48", 3, "unknown key lifecycle.close_after_hour"),
		("[lifecycle]\nclose_after_hours = '48'", 2, "lifecycle.close_after_hours is '48'"),
		("[lifecycle]\nclose_after_hours = 48.0", 2, "lifecycle.close_after_hours is 48.0"),
		("[lifecycle]\nclose_after_hours = -1", 2, "lifecycle.close_after_hours is -1"),
		("[lifecycle]\nclose_after_hours = true", 2, "lifecycle.close_after_hours is True"),
		("[lifecycle]\nsurvey_share = 101", 2, "lifecycle.survey_share is 101"),
		("lifecycle = 3", 1, "lifecycle is 3"),
		("timezone = 'Mars/Olympus'", 1, "timezone is 'Mars/Olympus'"),
		("timezone = ''", 1, "timezone is ''"),
		("timezone = 'Europe'", 1, "timezone is 'Europe'"),
		("timezone = '../secret'", 1, "timezone is '../secret'"),
		("timezone = 1", 1, "timezone is 1"),
		("[calendar]\nmonday = '09:00-17:00'", 2, "calendar.monday is '09:00-17:00'"),
		("[calendar]\nmonday = ['9-17']", 2, "calendar.monday[1] is '9-17'"),
		("[calendar]\nmonday = ['17:00-09:00']", 2, "calendar.monday[1] is '17:00-09:00'"),
		("[calendar]\nmonday = [\n  '09:00-13:00',\n  '12:00-17:00',\n]", 2, "calendar.monday has"),
		("[calendar]\nmonday = []", 2, "the calendar never opens"),
		("[calendar]\nmoonday = []", 2, "unknown key calendar.moonday"),
		("[calendar]\nholidays = { country = 'XX' }", 2, "calendar.holidays.country is 'XX'"),
		("[calendar]\nholidays = { country = 'NL', subdivision = 'ZZ' }", 2, "calendar.holidays.subdivision is 'ZZ'"),
		("[calendar.holidays]\nextra = ['2026-12-24']", 2, "calendar.holidays.extra[1] is '2026-12-24'"),
		("[calendar.holidays]\nextra = [2026-12-24T10:00:00]", 2, "calendar.holidays.extra[1] is 2026-12-24 10:00:00"),
		("[tiers.IV]\nresponse = 'none'", 1, "unknown key tiers.IV"),
		("[tiers.I]\ntarget = '4 hours'", 2, "tiers.I.target is '4 hours'"),
		('[tiers."By agreement"]\ntarget = 4', 2, 'tiers."By agreement".target is 4'),
		("[plans.a]\non_shortage = 'beg'", 2, "plans.a.on_shortage is 'beg'"),
		("[plans.a]\npro_rata = 1", 2, "plans.a.pro_rata is 1"),
		("[plans.a]\npurchase = 0", 2, "plans.a.purchase is 0"),
		("[plans.a]\npurchase = 0.004", 2, "plans.a.purchase is 0.004"),
		("[[rules]]\nkind = 'wish'", 1, "rules[1] has no settlement"),
		("[[rules]]\nsettlement = 'Free'\n\n[[rules]]\nsettlement = 'Time and Material'", 5, "rules[2].settlement is 'Time and Material'"),
		("[[rules]]\nsettlement = 'Free'\ncolour = 1", 3, "unknown key rules[1].colour"),
		("[[rules]]\nsettlement = 'Free'\nkind = 'dream'", 3, "rules[1].kind is 'dream'"),
		("[[rules]]\nsettlement = 'Free'\ncontract = 'yes'", 3, "rules[1].contract is 'yes'"),
		("[plans.a]\nstrippen_per_year = nan", 2, "plans.a.strippen_per_year is NaN"),
		("[tariff.x]\nper_started_quarter = 1\nfixed = 2", 1, 'tariff."x" has per_started_quarter and fixed'),
		("[tariff.x]\nper_hour = 1", 2, "unknown key tariff.x.per_hour"),
		("[plans.a]\n[contracts.C1]\ncustomer = 'A'\nplan = 'a'\nstart = 2026-01-01", 2, "contracts.C1 has no end"),
		("[contracts.C1]\ncustomer = 'A'\nplan = 'a'\nstart = 2026-01-01\nend = 2026-12-31", 3, "there is no plan 'a'"),
		("[plans.a]\n[contracts.C1]\ncustomer = 'A'\nplan = 'a'\nstart = 2026-01-01\nend = 2025-12-31", 6, "contract C1 ends"),
		("[plans.a]\n[contracts.C1]\ncustomer = 'A'\nplan = 'a'\nstart = 0001-01-01\nend = 2025-12-31", 5, "contracts.C1.start is 0001-01-01"),
		("[parking]\nworkaround = { some = 3 }", 2, "unknown key parking.workaround.some"),
		("[[releases]]\nproduct = 'a'\nversion = '1'\ndate = 2026-01-01\ncapacity_days = 1\n\n[[releases]]\nproduct = 'a'\nversion = 9.2\ndate = 2026-01-01\ncapacity_days = 1", 9, "releases[2].version is 9.2"),
		("[[releases]]\nproduct = 'a'\nversion = '1'\ncapacity_days = 1", 1, "releases[1] has no date"),
		("timezone = 'UTC'\ntimezone = 'UTC'", 2, "is no TOML"),
		("timezone = 'UTC'\n[calendar\n", 2, "is no TOML"),
		(b"timezone = 'UTC'\n# \xff", 2, "is not in UTF-8"),
	],
)  # fmt: skip
def test_a_fault_names_its_line_and_its_key(faults, text, line, wrong) -> None:
	((at, said),) = faults(text)
	assert (at, said[: len(wrong)]) == (line, wrong)


def test_every_fault_is_told(faults) -> None:
	assert faults("a = 1\nb = 2\n[lifecycle]\nc = 3\nsurvey_share = ''") == [
		(1, "unknown key a"), (2, "unknown key b"), (4, "unknown key lifecycle.c"), (5, "lifecycle.survey_share is ''"),
	]  # fmt: skip


def test_intervals_may_touch_and_a_day_may_end_at_midnight(load) -> None:
	assert load("[calendar]\nmonday = ['12:00-24:00', '09:00-12:00']").settings["calendar"]


@pytest.mark.parametrize(
	("product", "overlaps"), [("", True), ("product = 'CRM'", True), ("product = 'Mail'", False)]
)
def test_contracts_of_one_customer_overlap_if_their_products_meet(load, faults, product, overlaps) -> None:
	text = (
		"[plans.a]\n"
		"[contracts.C1]\ncustomer = 'A'\nplan = 'a'\nstart = 2026-01-01\nend = 2026-12-31\nproduct = 'CRM'\n"
		f"[contracts.C2]\ncustomer = 'A'\nplan = 'a'\nstart = 2026-12-31\nend = 2027-12-31\n{product}\n"
	)
	if overlaps:
		assert faults(text) == [(8, "contract C2 overlaps C1")]
	else:
		load(text)
