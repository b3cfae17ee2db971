"""Who may see and do what (domain.md section 9), as one table, and a desk with two customers to try it on.

Of each customer there is a contact who raised a ticket, an orderer whom the contract names, and a manager of the
company; on the desk two agents, each with work of one customer, an Agent Manager, a Contract Manager and a Product
Director. Every record bears a marker, ``secret-<what>-<whose>``, so that one that leaks is found in whatever an answer looks like.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import add_days, getdate, now_datetime, today

from crm_support_ext import constants as names
from crm_support_ext.domain.decisions import Decision, State
from crm_support_ext.services import ledger
from crm_support_ext.store import contracts, decisions, quotations, statement_files, work_logs, work_timers
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import SiteLedger, desk_zone
from tests.factories import make, make_agent, make_contact, make_item, make_product, make_user
from tests.site.contracts import active
from tests.site.desk import acting_as, contact_of, ticket_in

RECORDS = """
record                | contact  orderer  manager | agent  agent_manager  contract_manager  product_director | guest
Maintenance Contract  | -        -        -       | read   read           write             -                | -
Maintenance Plan      | -        -        -       | read   read           write             -                | -
Software Product      | -        -        -       | read   read           write             read             | -
Strippen Tariff       | -        -        -       | read   read           write             -                | -
Settlement Rules      | -        -        -       | read   read           write             -                | -
Ticket Work Log       | -        -        -       | own    read           read              -                | -
Work Timer            | -        -        -       | -      read           -                 -                | -
Support Quotation     | -        -        -       | make   make           read              -                | -
Strippen Ledger Entry | -        -        -       | -      read           read              -                | -
Ledger Check          | -        -        -       | -      read           read              -                | -
Strippen Warning      | -        -        -       | -      read           read              -                | -
Requested Statement   | -        -        -       | -      -              -                 -                | -
Parked Item           | -        -        -       | write  write          -                 write            | -
Item Decision         | -        -        -       | read   read           -                 read             | -
Ticket Parking        | -        -        -       | read   read           -                 read             | -
Parked Item Weights   | -        -        -       | read   read           -                 write            | -
Software Release      | -        -        -       | read   read           read              write            | -
Customer Installation | -        -        -       | write  write          write             write            | -
Ticket Signal         | -        -        -       | -      read           -                 read             | -
"""
"""What the framework's own ways answer: REST, lists, reports, print, export, search. own: the agent's; make: as a draft,
and no other change; write: make and change. Nothing of these is deleted by anybody once it is in use.
"""

PLACES = """
place                 | contact  orderer  manager | agent  agent_manager  contract_manager  product_director | guest
contract page         | -        own      own     | all    all            all               -                | -
statement page        | -        own      own     | all    all            all               -                | -
statement file        | -        own      own     | all    all            all               -                | -
made statement        | -        -        asked   | -      -              -                 -                | -
balance in the desk   | -        -        -       | all    all            all               -                | -
quotation page        | -        own      own     | all    all            all               -                | -
answer a quotation    | -        own      own     | -      -              -                 -                | -
make a quotation      | -        -        -       | all    all            -                 -                | -
withdraw a quotation  | -        -        -       | all    all            -                 -                | -
hours of a ticket     | own      -        own     | all    all            -                 -                | -
log work              | -        -        -       | all    all            -                 -                | -
withdraw work         | -        -        -       | own    all            -                 -                | -
grant and sell        | -        -        -       | -      -              all               -                | -
correct an entry      | -        -        -       | -      all            all               -                | -
activate and renew    | -        -        -       | -      -              all               -                | -
try other rules       | -        -        -       | -      -              all               -                | -
figures of contracts  | -        -        -       | all    all            all               -                | -
reports of contracts  | -        -        -       | -      all            all               -                | -
file of a contract    | -        -        -       | all    all            all               -                | -
file of a quotation   | -        -        -       | all    all            all               -                | -
park a ticket         | -        -        -       | all    all            -                 -                | -
items that are alike  | -        -        -       | all    all            -                 -                | -
page of a wait        | own      -        own     | all    all            -                 -                | -
board of items        | -        -        -       | all    all            -                 all              | -
decide on an item     | -        -        -       | -      -              -                 all              | -
try other weights     | -        -        -       | all    all            -                 all              | -
title of an item      | -        -        -       | all    all            -                 all              | -
what a release means  | -        -        -       | all    all            all               all              | -
release               | -        -        -       | -      -              -                 all              | -
what is behind a signal | -      -        -       | -      all            -                 all              | -
done with a signal    | -        -        -       | -      all            -                 all              | -
release notes page    | own      own      own     | all    all            all               all              | -
"""
"""What our pages and methods answer. own: of the own company (a contact: the own ticket); asked: who asked for it."""


def table(text: str) -> dict[str, dict[str, str]]:
	"""A table as it is written, by row and column."""
	head, *rows = [line.replace("|", " | ") for line in text.strip().splitlines()]
	columns = " ".join(head.split("|")[1:]).split()
	return {
		row.split("|")[0].strip(): dict(zip(columns, " ".join(row.split("|")[1:]).split(), strict=True))
		for row in rows
	}


@dataclass(frozen=True)
class Person:
	"""Somebody, as which column of the tables they count, and whose they are: "a", "b" or nobody's."""

	user: str
	role: str
	side: str = ""

	def __str__(self) -> str:
		return f"{self.role} {self.side}".strip()


@dataclass
class Record:
	"""A record of one side, or of both; the marker is in the field."""

	doctype: str
	name: str
	side: str
	field: str
	marker: str


MATRIX, OURS = table(RECORDS), table(PLACES)
READS = {"own", "read", "make", "write"}


def may_read(who: Person, record: Record) -> bool:
	"""What the first table says."""
	cell = MATRIX[record.doctype][who.role]
	return cell in READS and (cell != "own" or record.side in ("", who.side))


def may(who: Person, place: str, side: str) -> bool:
	"""What the second table says, of the records of one side."""
	cell = OURS[place][who.role]
	return cell == "all" or (cell in ("own", "asked") and who.side == side)


def is_single(record: Record) -> bool:
	"""Whether there is one of its kind."""
	return record.doctype in (names.RULES, names.WEIGHTS)


def shown(record: Record) -> str:
	"""The field with the marker, as a list can ask for it."""
	return "name" if record.doctype == names.RULES else record.field


TAG = secrets.token_hex(3)
"""What tells this run's people and records from those of an earlier run that were committed."""

PEOPLE = (
	*(
		Person(f"{name}@{side}-{TAG}.example", role, side)
		for side in "ab"
		for name, role in (("kim", "contact"), ("olga", "orderer"), ("max", "manager"))
	),
	Person(f"agent@a-desk-{TAG}.example", "agent", "a"),
	Person(f"agent@b-desk-{TAG}.example", "agent", "b"),
	Person(f"agents@desk-{TAG}.example", "agent_manager"),
	Person(f"keeper@desk-{TAG}.example", "contract_manager"),
	Person(f"director@desk-{TAG}.example", "product_director"),
	Person("Guest", "guest"),
)


def person(role: str, side: str = "") -> Person:
	"""The one of this role, of this side."""
	return next(one for one in PEOPLE if one.role == role and one.side in ("", side))


@dataclass
class World:
	"""The desk on which the tables are tried."""

	records: list[Record] = field(default_factory=list)
	tickets: dict[str, str] = field(default_factory=dict)
	waiting: dict[str, str] = field(default_factory=dict)
	"""A ticket of each side that waits for a parked item."""

	def add(self, doctype: str, name: str, side: str, field: str, marker: str) -> None:
		"""Note a record; its marker is written past everything that would refuse it."""
		row = frappe.qb.DocType(doctype)
		frappe.qb.update(row).set(row[field], marker).where(row.name == name).run()
		self.records.append(Record(doctype, name, side, field, marker))

	def name(self, doctype: str, side: str = "") -> str:
		"""The record of this kind and side."""
		return next(one.name for one in self.records if one.doctype == doctype and one.side in ("", side))


COMPANY = {"a": f"Rechten A {TAG}", "b": f"Rechten B {TAG}"}
WEIGHT = "947.11"
PLAN, ACTIVITY = f"Rights {TAG}", f"secret-activity-{TAG}"


def make_world() -> World:
	"""Everybody, and a record of every kind for each customer."""
	world = World()
	for one in PEOPLE:
		if one.role == "agent":
			make_agent(one.user)
	make_agent(person("agent_manager").user, names.AGENT_MANAGER)
	make_user(person("contract_manager").user, names.CONTRACT_MANAGER)
	make_user(person("product_director").user, names.PRODUCT_DIRECTOR)
	_settings(world)
	for side in "ab":
		_customer(world, side)
	return world


def _settings(world: World) -> None:
	make(names.PLAN, plan_name=PLAN, strippen_per_year=40)
	make(names.PRODUCT, product_name=PLAN)
	make(names.TARIFF, activity=ACTIVITY, cost_by="Fixed number", strippen=1)
	rules = frappe.get_doc(names.RULES)
	rules.append("rules", {"activity": ACTIVITY, "settlement": "Free"})
	rules.save()
	world.records.append(Record(names.RULES, names.RULES, "", "rules", ACTIVITY))
	weights = frappe.get_doc(names.WEIGHTS)
	weights.per_regression = WEIGHT
	weights.save()
	world.records.append(Record(names.WEIGHTS, names.WEIGHTS, "", "per_regression", WEIGHT))
	world.add(names.PLAN, PLAN, "", "note", "secret-plan")
	world.add(names.PRODUCT, PLAN, "", "description", "secret-product")
	world.add(names.TARIFF, ACTIVITY, "", "note", "secret-tariff")


def _customer(world: World, side: str) -> None:
	people = {role: person(role, side).user for role in ("contact", "orderer", "manager")}
	contacts = [
		{"contact_name": make_contact(user).name, "is_manager": int(role == "manager")}
		for role, user in people.items()
	]
	make("HD Customer", customer_name=COMPANY[side], contacts=contacts)
	contract = active(
		add_days(today(), -30),
		add_days(today(), 300),
		customer=COMPANY[side],
		plan=PLAN,
		orderers=[{"contact": contact_of(people["orderer"])}],
	)
	world.add(names.CONTRACT, contract.name, side, "note", f"secret-contract-{side}")
	ticket = ticket_in(
		"Open",
		subject=f"secret-ticket-{side}",
		raised_by=people["contact"],
		customer=COMPANY[side],
		ticket_type="Question",
		cse_product=PLAN,
	)
	world.tickets[side] = str(ticket.name)
	_work(world, side, contract.name, ticket)
	_quotation(world, side, ticket, people["orderer"])
	_watched(world, side, contract.name, people["manager"])
	_parked(world, side, people["contact"])


def _work(world: World, side: str, contract: str, ticket: Any) -> None:
	agent, at = person("agent", side).user, now() - timedelta(minutes=30)
	value = contracts.as_rule(frappe.get_doc(names.CONTRACT, contract))
	ledger.catch_up(SiteLedger(), value, now(), desk_zone())
	ledger.buy(SiteLedger(), value, Decimal(5), now(), desk_zone(), f"secret-entry-{side}")
	log = work_logs.book(ticket, work_logs.Worked(at, 15, text=f"secret-log-{side}"), agent, now())
	assert isinstance(log, str), log
	world.add(names.WORK_LOG, log, side, "text", f"secret-log-{side}")
	entry = {"contract": contract, "reason": f"secret-entry-{side}"}
	bought = frappe.db.get_value(names.ENTRY, entry)
	world.records.append(Record(names.ENTRY, bought, side, "reason", f"secret-entry-{side}"))
	with acting_as(agent):
		work_timers.start(str(ticket.name), agent, now())
	timer = frappe.db.get_value(names.TIMER, {"ticket": str(ticket.name)})
	world.records.append(Record(names.TIMER, timer, side, "name", timer))


def _quotation(world: World, side: str, ticket: Any, orderer: str) -> None:
	with acting_as(person("agent", side).user):
		doc = make(
			names.QUOTATION,
			ticket=str(ticket.name),
			text=f"secret-quotation-{side}",
			settles_in="Strippen",
			estimate=3,
			maximum=4,
			sent_to=contact_of(orderer),
			valid_until=add_days(today(), 30),
		)
		assert quotations.send(quotations.locked(doc.name)) is None
	world.records.append(Record(names.QUOTATION, doc.name, side, "text", f"secret-quotation-{side}"))


def _watched(world: World, side: str, contract: str, reader: str) -> None:
	check = (
		frappe.db.get_value(names.LEDGER_CHECK, {"contract": contract})
		or make(names.LEDGER_CHECK, contract=contract, at=now_datetime(), holds=1).name
	)
	world.add(names.LEDGER_CHECK, check, side, "fault", f"secret-check-{side}")
	warned = {"contract": contract, "period": today(), "share": 90}
	world.add(
		names.STRIPPEN_WARNING,
		make(names.STRIPPEN_WARNING, **warned).name,
		side,
		"told",
		f"secret-warning-{side}",
	)
	with acting_as(reader):
		asked = statement_files.ask(contract, getdate(add_days(today(), -30)), getdate(), "CSV")
	world.records.append(Record(names.REQUESTED_STATEMENT, asked, side, "name", asked))


def _parked(world: World, side: str, contact: str) -> None:
	"""An item for which a ticket of the customer's waits, one that is deferred, and a release that is out and installed."""
	product = make_product(f"Rights {side} {TAG}")
	release = make(names.RELEASE, product=product, version="1", date=today()).name
	frappe.db.set_value(names.RELEASE, release, {"state": "Out", "out_at": now_datetime()})
	world.add(names.RELEASE, release, side, "notes", f"secret-notes-{side}")
	make(names.RELEASE, product=product, version="2", date=add_days(today(), 50), capacity_days=5)
	installed = make(names.INSTALLATION, customer=COMPANY[side], product=product, release=release).name
	world.records.append(Record(names.INSTALLATION, installed, side, "name", installed))
	item = make_item(title_of(side), product=product)
	ticket = ticket_in("Open", subject=f"secret-ticket-{side}", raised_by=contact, customer=COMPANY[side])
	ticket.update({"status": "Parked", "cse_parked_item": item, "cse_reason": "so"})
	ticket.save()
	world.waiting[side] = str(ticket.name)
	world.add(names.PARKED_ITEM, item, side, "description", f"secret-item-{side}")
	wait = frappe.db.get_value(names.PARKING, {"open_of": str(ticket.name)})
	world.add(names.PARKING, wait, side, "job_error", f"secret-wait-{side}")
	deferred = make_item(f"Deferred of {side} {TAG}", product=product)
	director, until = person("product_director").user, getdate(add_days(today(), 90))
	decided = decisions.decide(deferred, Decision.DEFER, now(), by=director, until=until)
	assert isinstance(decided, State), decided
	decision = frappe.db.get_value(names.DECISION, {"item": deferred})
	world.add(names.DECISION, decision, side, "reason", f"secret-decision-{side}")
	signal = make(names.SIGNAL, title=f"secret-signal-{side}", product=product, state="Open", kind="New")
	world.add(names.SIGNAL, signal.name, side, "reason", f"secret-signal-{side}")


def title_of(side: str) -> str:
	"""What the item does for which a customer's ticket waits: that customer reads it, and no other."""
	return f"secret-title-{side} {TAG}"
