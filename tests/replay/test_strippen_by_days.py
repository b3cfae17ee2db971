"""Random logs and policies, whose work and ledgers are found once more day after day."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_support_ext.replay.answer import write_json
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from tests.replay.plain_ledger import Contract, Plan, Policy, Row, Rule, answer

ZONES = ("Europe/Amsterdam", "UTC", "America/Havana", "Asia/Kathmandu", "Africa/Cairo", "Pacific/Auckland")
KINDS = ("fault", "question", "user support", "wish", "extension", "complaint", "licence")
PRODUCTS = ("", "CRM", "Mail", "Phone")
CUSTOMERS = ("ACME", "Bolt", "Nobody")
ACTIVITIES = ("", "user support", "visit", "call")
ROLES = ("helpdesk", "programmer", "consultant")
PLACES = ("remote", "on site")
SETTLEMENTS = ("Free", "Strippen", "Fixed Price or Time and Material")
HEADER = "ticket,time,event,customer,kind,product,minutes,activity,role,place\n"
LAST = date(2027, 1, 1)


def maybe(values: tuple[str, ...]) -> st.SearchStrategy[str | None]:
	return st.none() | st.sampled_from(values)


amounts = st.sampled_from([0, 1, 100, 250, 333, 1000, 4000]) | st.integers(0, 3000)
plans = st.builds(
	Plan,
	st.just(""),
	amounts,
	st.booleans(),
	amounts,
	st.sampled_from(["refuse", "split", "purchase"]),
	st.sampled_from([50, 100, 333, 1000]),
)
rules = st.builds(
	Rule,
	st.sampled_from(SETTLEMENTS),
	maybe(KINDS),
	maybe(ACTIVITIES[1:]),
	maybe(ROLES),
	maybe(PLACES),
	st.none() | st.booleans(),
)
tariffs = st.dictionaries(
	st.sampled_from(ACTIVITIES[1:]),
	st.tuples(st.sampled_from(["fixed", "per_started_quarter"]), st.sampled_from([0, 50, 100, 133, 250])),
)


@st.composite
def contracts(draw: st.DrawFn) -> list[Contract]:
	"""Contracts one after the other, for all products of a customer or each for one of its own."""
	of_plan = draw(st.lists(plans, min_size=1, max_size=3))
	made: list[Contract] = []
	for customer in CUSTOMERS[:2]:
		for product in draw(st.sampled_from([("",), ("CRM",), ("CRM", "Mail"), ("Mail", "CRM")])):
			day = draw(
				st.sampled_from([date(2024, 2, 29), date(2020, 2, 29)]) | st.dates(date(2020, 1, 1), LAST)
			)
			for _ in range(draw(st.integers(0, 2))):
				end = day + timedelta(
					days=draw(st.sampled_from([0, 364, 365, 366, 730]) | st.integers(0, 1500))
				)
				plan = draw(st.sampled_from(of_plan))
				made.append(Contract(f"C{len(made) + 1}", customer, plan, day, end, product))
				day = end + timedelta(days=draw(st.sampled_from([1, 1, 30])))
	for number, plan in enumerate(of_plan):
		plan.name = f"plan {number}"
	return draw(st.permutations(made))


policies = st.builds(
	Policy, st.sampled_from(ZONES), contracts(), tariffs, st.none() | st.lists(rules, max_size=5)
)


@st.composite
def rows_of(draw: st.DrawFn, policy: Policy) -> list[Row]:
	zone = ZoneInfo(policy.zone)
	edges = [
		datetime.combine(day, time(), zone).astimezone(timezone.utc)
		for contract in policy.contracts
		for day in (contract.start, contract.end + timedelta(days=1), _plus_a_year(contract.start))
	]
	anywhere = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(timezone.utc))
	moments = (st.sampled_from(edges) | anywhere) if edges else anywhere
	rows = []
	for _ in range(draw(st.integers(1, 25))):
		at = draw(moments) + timedelta(seconds=draw(st.sampled_from([0, 0, -1, 1, 3600, 172800])))
		event = draw(st.sampled_from(["worked"] * 6 + ["resolved", "customer_replied", "customer_replied"]))
		row = Row(at.replace(microsecond=0), draw(st.sampled_from(["T1", "T2", "T3", "T4"])), event)
		row.customer = draw(st.sampled_from(CUSTOMERS))
		row.kind = draw(st.sampled_from(("", "wish", "user support", *KINDS)))
		row.product = draw(st.sampled_from(PRODUCTS))
		if event == "worked":
			row.minutes = draw(st.sampled_from([0, 1, 14, 15, 16, 60, 240, 1000]) | st.integers(1, 300))
			row.activity = draw(st.sampled_from(ACTIVITIES))
			row.role = draw(st.sampled_from(("", "", "", *ROLES)))
			row.place = draw(st.sampled_from(("", "", "", *PLACES)))
		rows.append(row)
	return rows


def _plus_a_year(day: date) -> date:
	return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def log_of(rows: list[Row]) -> str:
	return HEADER + "".join(
		f"{row.ticket},{row.at.isoformat()},{row.event},{row.customer},{row.kind},{row.product},"
		f"{row.minutes},{row.activity},{row.role},{row.place}\n"
		for row in rows
	)


def toml_of(policy: Policy) -> str:
	"""The policy as its author would write it."""
	lines = [f'timezone = "{policy.zone}"']
	for plan in {contract.plan.name: contract.plan for contract in policy.contracts}.values():
		lines += [
			f'[plans."{plan.name}"]',
			f"strippen_per_year = {plan.per_year / 100}",
			f"pro_rata = {str(plan.is_pro_rata).lower()}",
			f"carry_over = {plan.carry_over / 100}",
			f'on_shortage = "{plan.on_shortage}"',
			f"purchase = {plan.purchase / 100}",
		]
	for activity, (by, amount) in policy.tariff.items():
		lines += [f'[tariff."{activity}"]', f"{by} = {amount / 100}"]
	for each in policy.contracts:
		lines += [f"[contracts.{each.name}]", f'customer = "{each.customer}"', f'plan = "{each.plan.name}"']
		lines += [f"start = {each.start}", f"end = {each.end}"]
		lines += [f'product = "{each.product}"'] if each.product else []
	for rule in policy.rules or ():
		lines += ["[[rules]]", f'settlement = "{rule.settlement}"']
		conditions = {"kind": rule.kind, "activity": rule.activity, "role": rule.role, "place": rule.place}
		lines += [f'{key} = "{value}"' for key, value in conditions.items() if value]
		lines += [f"contract = {str(rule.contract).lower()}"] if rule.contract is not None else []
	if policy.rules == []:
		lines.insert(1, "rules = []")
	return "\n".join(lines) + "\n"


def played(directory: Path, policy: Policy, rows: list[Row], until: datetime) -> Any:
	(directory / "log.csv").write_text(log_of(rows))
	(directory / "policy.toml").write_text(toml_of(policy))
	out = io.StringIO()
	values = load_policy(str(directory / "policy.toml"))
	write_json(replay(str(directory / "log.csv"), values, until=until.isoformat()), out)
	return json.loads(out.getvalue())


def hundredths(text: str) -> int:
	amount = Decimal(text)
	assert text == f"{amount:.2f}"
	return int(amount * 100)


def told(ticket: Any) -> list[tuple[object, ...]]:
	"""The work of a ticket as the answer has it."""
	return [
		(
			datetime.fromisoformat(work["at"]),
			work["minutes"],
			work["settlement"],
			hundredths(work["strippen"]),
			work["rule"],
		)
		for work in ticket["work"]
	]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_all_work_and_every_entry_are_those_of_a_ledger_that_is_lived_through_day_by_day(
	data: st.DataObject, tmp_path: Path
) -> None:
	policy = data.draw(policies)
	rows = data.draw(rows_of(policy))
	until = max(row.at for row in rows) + timedelta(days=data.draw(st.sampled_from([-400, 0, 1, 500])))
	said = played(tmp_path, policy, rows, until)
	links, ledgers = answer(policy, rows, until)
	assert said["tickets"].keys() == links.keys()
	for name, link in links.items():
		assert told(said["tickets"][name]) == link.work
		refused = [
			(datetime.fromisoformat(r["at"]), r["event"], r["code"]) for r in said["tickets"][name]["refused"]
		]
		assert sorted(refused) == sorted(link.refused)
	assert list(said["ledger"]) == [contract.name for contract in policy.contracts]
	for name, ledger in ledgers.items():
		entries = [
			(
				datetime.fromisoformat(entry["at"]),
				entry["kind"],
				entry["lot"],
				hundredths(entry["amount"]),
				hundredths(entry["balance"]),
				entry["ticket"],
			)
			for entry in said["ledger"][name]
		]
		assert entries == ledger.entries
	used = -sum(entry[3] for ledger in ledgers.values() for entry in ledger.entries if entry[1] == "Use")
	assert hundredths(said["summary"]["strippen_used"]) == used
	assert_laws(said, rows)


def assert_laws(said: Any, rows: list[Row]) -> None:
	"""Programmer and on-site work is in nobody's ledger, and nothing is ever below zero."""
	barred = {(row.at, row.minutes) for row in rows if row.role == "programmer" or row.place == "on site"}
	free = {(row.at, row.minutes) for row in rows if row.role != "programmer" and row.place != "on site"}
	for ticket in said["tickets"].values():
		for _, pieces in groupby(told(ticket), key=lambda work: work[0]):
			for at, minutes, settled, *_ in pieces:
				assert settled != "Strippen" or (at, minutes) not in barred - free
	assert all(hundredths(entry["balance"]) >= 0 for entries in said["ledger"].values() for entry in entries)
