"""Settlement on a site: every combination of work through the API settles as the replay says, by the laws, whatever the table."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import product

import frappe
import pytest
from frappe.utils import get_system_timezone, now_datetime

from crm_support_ext.api import work as api
from crm_support_ext.api.ticket import act
from crm_support_ext.constants import CONTRACT_MANAGER, KIND, RULES, TARIFF, TICKET_TYPE, WORK_LOG
from crm_support_ext.domain import settlement
from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.settlement import Choice, Place, Role, Rule
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from crm_support_ext.setup import settlement as setup
from crm_support_ext.store import contracts
from crm_support_ext.store.frappe import moment, now
from crm_support_ext.store.ledger import entries
from tests.factories import make, make_customer, make_user
from tests.site.contracts import THE_CUSTOMER, active, plan
from tests.site.desk import AGENT, CUSTOMER, MANAGER, people, ticket_in
from tests.site.ledgers import granted

WITHOUT, KEEPER = "Slagerij Noord", "cora@desk.example"
ACTIVITIES = ("", "installing")
KINDS = ("", *(kind.value for kind in Kind))

TABLES = {
	"the table of the desk": settlement.RULES,
	"all in strippen": (Rule(Choice.STRIPPEN),),
	"by activity": (
		Rule(Choice.FREE, activity="installing", place=Place.REMOTE),
		Rule(Choice.STRIPPEN, activity="installing"),
		Rule(Choice.STRIPPEN, "extension", has_contract=True),
		Rule(Choice.BILLED, role=Role.CONSULTANT),
		Rule(Choice.STRIPPEN, "fault"),
		Rule(Choice.FREE, has_contract=False),
	),
	"against every law": (
		Rule(Choice.STRIPPEN, role=Role.PROGRAMMER),
		Rule(Choice.STRIPPEN, place=Place.ON_SITE),
		Rule(Choice.STRIPPEN, has_contract=False),
		Rule(Choice.FREE),
	),
}
"""Tables made to try: the last could not be saved, and stands in the database all the same."""

PLANS = {
	"plenty": {"strippen_per_year": 1000, "on_shortage": "Refuse"},
	"few, refused": {"strippen_per_year": 9, "on_shortage": "Refuse"},
	"few, split": {"strippen_per_year": 9, "on_shortage": "Split"},
	"few, purchased": {"strippen_per_year": 9, "on_shortage": "Purchase", "purchase": 3.5},
}


@pytest.fixture(autouse=True)
def clock(frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		people()
		make_user(KEEPER, CONTRACT_MANAGER)
		frappe.db.delete(WORK_LOG)  # of the tests in a browser
		yield clock


@pytest.fixture
def desk():
	"""A customer with a contract and one without, a tariff, and a type of ticket for each kind."""
	frappe.db.delete(TARIFF)
	make(TARIFF, activity="installing", cost_by="Fixed number", strippen=2.5)
	make_customer(WITHOUT)
	for kind in Kind:
		make(TICKET_TYPE, **{"name": f"about {kind.value}", KIND: kind.value})


def write(table):
	doc = frappe.get_doc(RULES)
	doc.rules = []
	for rule in table:
		doc.append("rules", row(rule))
	doc.flags.ignore_validate = True
	doc.save()


def row(rule):
	return {
		"settlement": rule.settlement.value,
		"kind": rule.kind,
		"activity": rule.activity,
		"role": rule.role and rule.role.value,
		"place": rule.place and rule.place.value,
		"contract": contracts.SAYS_OF_CONTRACT[rule.has_contract],
	}


def policy_of(table, mine, terms):
	def of_rule(rule):
		said = {"kind": rule.kind, "activity": rule.activity}
		said |= {"role": rule.role and rule.role.value, "place": rule.place and rule.place.value}
		lines = [f'{key} = "{value}"' for key, value in said.items() if value]
		if rule.has_contract is not None:
			lines.append(f"contract = {str(rule.has_contract).lower()}")
		return "\n".join(["[[rules]]", f'settlement = "{rule.settlement.value}"', *lines])

	return f"""
timezone = "{get_system_timezone()}"
[plans.it]
strippen_per_year = {terms["strippen_per_year"]}
on_shortage = "{terms["on_shortage"].lower()}"
purchase = {terms.get("purchase", 10)}
[tariff.installing]
fixed = 2.5
[contracts.{mine.name}]
customer = "{THE_CUSTOMER}"
plan = "it"
start = {mine.start}
end = {mine.end}
""" + "\n".join(map(of_rule, table))


def combinations(tickets):
	"""Each ticket with each work, a quarter of an hour or a little more."""
	works = product(ACTIVITIES, Role, Place)
	for number, (ticket, (activity, role, place)) in enumerate(product(tickets, list(works))):
		yield ticket, activity, role.value, place.value, 10 + number % 23


def book(clock, tickets):
	"""Every combination through the API, a minute apart; the rows of a log that says the same."""
	log = ["ticket,time,event,customer,kind,minutes,activity,role,place"]
	at = now().isoformat()
	log += [f"{name},{at},created,{customer},{kind},,,," for name, (customer, kind) in tickets.items()]
	for ticket, activity, role, place, minutes in combinations(tickets):
		clock.tick(60)
		at = now().isoformat()
		given = {"activity": activity, "role": role, "place": place, "minutes": str(minutes), "start": at}
		try:
			act(ticket, "work", "", {**given, "key": frappe.generate_hash()})
		except frappe.ValidationError as error:
			assert "Nothing was booked" in str(error)
			frappe.clear_messages()
		log.append(f"{ticket},{at},worked,,,{minutes},{activity},{role},{place}")
	return "\n".join(log) + "\n"


def on_the_site(ticket):
	fields = ["rule", "settlement", "minutes", "strippen", "role", "place", "contract"]
	return frappe.get_all(WORK_LOG, {"ticket": ticket}, fields, order_by="creation, start, part_of")


def in_the_replay(ticket):
	for worked in ticket.work or ():
		if hasattr(worked.outcome, "parts"):
			for part in worked.outcome.parts:
				yield worked.outcome.decision.name, part.settlement.value, part.minutes, float(part.strippen)


def ledger_lines(lines):
	return [(entry.at, entry.kind, entry.lot, entry.amount, entry.last_day, entry.ticket) for entry in lines]


@pytest.mark.parametrize(
	("table", "terms"),
	[(table, "plenty") for table in TABLES]
	+ [("all in strippen", terms) for terms in PLANS if terms != "plenty"],
)
def test_every_work_settles_by_the_laws_and_as_the_replay_says(table, terms, desk, clock, as_user, tmp_path):
	write(TABLES[table])
	mine = active(plan=plan(terms, **PLANS[terms]))
	tickets = {}
	for customer, kind in product((THE_CUSTOMER, WITHOUT), KINDS):
		about = {"ticket_type": f"about {kind}"} if kind else {"ticket_type": None}
		doc = ticket_in("Open", customer=customer, **about)
		frappe.db.set_value("HD Ticket", doc.name, about)
		tickets[str(doc.name)] = customer, kind
	with as_user(AGENT):
		log = book(clock, tickets)
	(tmp_path / "log.csv").write_text(log)
	(tmp_path / "policy.toml").write_text(policy_of(TABLES[table], mine, PLANS[terms]))
	result = replay(str(tmp_path / "log.csv"), load_policy(str(tmp_path / "policy.toml")))

	booked = 0
	for name, (customer, _kind) in tickets.items():
		rows = on_the_site(name)
		booked += len(rows)
		assert [(row.rule, row.settlement, row.minutes, row.strippen) for row in rows] == list(
			in_the_replay(result.tickets[name])
		)
		for row in rows:
			if row.role == "programmer" or row.place == "on site" or customer == WITHOUT:
				assert row.settlement != "Strippen" and row.strippen == 0
	assert booked >= 192 or terms == "few, refused"
	granted(mine, str(now_datetime()))
	on_site = [sealed.entry for sealed in entries(mine.name)]
	assert ledger_lines(on_site) == ledger_lines(result.ledger[mine.name])
	assert all(line.ticket in tickets for line in on_site if line.kind.value == "Use")


# The table


def table_of(*rules):
	return {
		"doctype": RULES,
		"name": RULES,
		"rules": [{"doctype": "Settlement Rule", **row(rule)} for rule in rules],
	}


def saved(*rules):
	doc = frappe.get_doc(RULES)
	doc.rules = []
	for rule in rules:
		doc.append("rules", row(rule))
	frappe.clear_messages()
	doc.save()
	return [
		frappe.parse_json(message)["message"] for message in map(frappe.as_json, frappe.get_message_log())
	]


def test_install_writes_the_table_and_what_was_changed_stays():
	assert contracts.rules_of(frappe.get_doc(RULES)) == settlement.RULES
	saved(Rule(Choice.FREE, "fault"))
	setup.create()
	assert contracts.rules() == (Rule(Choice.FREE, "fault"),)
	saved()
	assert contracts.rules() == settlement.RULES, "an empty table is no table"
	setup.create()
	assert contracts.rules_of(frappe.get_doc(RULES)) == settlement.RULES


def test_a_row_that_only_breaks_a_law_is_refused_and_the_others_are_pointed_out():
	with pytest.raises(
		frappe.ValidationError, match=r"Row 2 \(wish, programmer\) can settle nothing in strippen"
	):
		saved(Rule(Choice.FREE, "fault"), Rule(Choice.STRIPPEN, "wish", role=Role.PROGRAMMER))
	(said,) = saved(
		Rule(Choice.BILLED, has_contract=False),
		Rule(Choice.STRIPPEN, "wish"),
		Rule(Choice.FREE, "wish", role=Role.HELPDESK),
	)
	assert "Row 2 (wish) says strippen for work, too, that is billed all the same" in said
	assert "Row 3 (wish, helpdesk) never decides: all its work is taken by the rows before it (1, 2)." in said
	assert saved(*settlement.RULES) == []


# What would change


def test_what_another_table_would_change_is_counted_and_listed(clock, as_user):
	active()
	doc = str(ticket_in("Open", ticket_type="Question", customer=THE_CUSTOMER).name)
	free = str(ticket_in("Open", ticket_type="Bug", customer=THE_CUSTOMER).name)

	def log(ticket, minutes, **more):
		given = {
			"minutes": str(minutes),
			"role": "helpdesk",
			"place": "remote",
			"key": frappe.generate_hash(),
		}
		return act(ticket, "work", "", given | more)["work_log"]

	with as_user(AGENT):
		old = log(doc, 20, start="2025-03-02T07:00:00+00:00")
		changed, gone = log(doc, 20), log(doc, 45)
		api.withdraw(gone, "A test.")
		log(free, 60)
		log(doc, 30, role="programmer")
	assert frappe.db.get_value(WORK_LOG, old, "settlement") == "Time and Material"
	before = frappe.db.count(WORK_LOG)
	table = table_of(
		Rule(Choice.STRIPPEN, "fault", has_contract=True), Rule(Choice.FREE, "question", role=Role.HELPDESK)
	)
	with as_user(KEEPER):
		answer = api.what_would_change(table)
	assert (answer["looked_at"], answer["changed"]) == (3, 2)
	sums = {row["settlement"]: (row["now"], row["then"]) for row in answer["settlements"]}
	assert sums["Strippen"] == (
		{"pieces": 1, "minutes": 20, "strippen": "2.00"},
		{"pieces": 1, "minutes": 60, "strippen": "4.00"},
	)
	assert sums["Free"][0]["minutes"] == 60 and sums["Free"][1]["minutes"] == 20
	assert sums["Time and Material"][0] == sums["Time and Material"][1]
	lines = {
		line["log"]: (line["ticket"], line["now"], line["then"], line["rule"]) for line in answer["logs"]
	}
	assert lines[changed] == (doc, "Strippen", "Free", "question, helpdesk")
	assert len(lines) == 2 and before == frappe.db.count(WORK_LOG)
	assert contracts.rules() == settlement.RULES, "nothing was saved"
	with as_user(KEEPER):
		assert api.what_would_change(table_of(*settlement.RULES))["changed"] == 0


@pytest.mark.parametrize("user", [AGENT, MANAGER, CUSTOMER])
def test_who_may_not_change_the_table_may_not_try_one(user, as_user):
	with as_user(user), pytest.raises(frappe.PermissionError):
		api.what_would_change(table_of(*settlement.RULES))


def test_thousands_of_logs_are_looked_at_in_seconds(as_user):
	active()
	doc = str(ticket_in("Open", ticket_type="Question", customer=THE_CUSTOMER).name)
	with as_user(AGENT):
		given = {"minutes": "20", "role": "helpdesk", "place": "remote", "key": "first"}
		like = frappe.get_doc(WORK_LOG, act(doc, "work", "", given)["work_log"]).as_dict()
	columns = [column for column in frappe.db.get_table_columns(WORK_LOG) if column != "request"]
	start = now_datetime()
	rows = [
		[f"log-{number}" if column == "name" else like.get(column) for column in columns]
		for number in range(10_000)
	]
	for number, one in enumerate(rows):
		one[columns.index("start")] = start - timedelta(minutes=number * 50)
	frappe.db.bulk_insert(WORK_LOG, columns, rows)
	began = time.perf_counter()
	answer = api.what_would_change(table_of(Rule(Choice.FREE, "question")))
	took = time.perf_counter() - began
	assert (answer["looked_at"], answer["changed"], len(answer["logs"])) == (10_001, 10_001, 50)
	assert moment(answer["logs"][0]["start"]) >= moment(answer["logs"][-1]["start"])
	assert took < 5, f"{took:.1f} s for 10,001 work logs"
