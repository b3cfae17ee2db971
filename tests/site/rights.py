"""Who may see and do what (domain.md section 9), as one table, and a desk with two customers to try it on.

Of each customer there is a contact who raised a ticket, an orderer whom the contract names, and a manager of the
company; on the desk two agents, each with work of one customer, an Agent Manager and a Contract Manager. Every record
bears a marker, ``secret-<what>-<whose>``, so that one that leaks is found in whatever an answer looks like.
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
from crm_support_ext.services import ledger
from crm_support_ext.store import contracts, quotations, statement_files, work_logs, work_timers
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import SiteLedger, desk_zone
from tests.factories import make, make_agent, make_contact, make_user
from tests.site.contracts import active
from tests.site.desk import acting_as, contact_of, ticket_in

RECORDS = """
record                | contact  orderer  manager | agent  agent_manager  contract_manager | guest
Maintenance Contract  | -        -        -       | read   read           write            | -
Maintenance Plan      | -        -        -       | read   read           write            | -
Software Product      | -        -        -       | read   read           write            | -
Strippen Tariff       | -        -        -       | read   read           write            | -
Settlement Rules      | -        -        -       | read   read           write            | -
Ticket Work Log       | -        -        -       | own    read           read             | -
Work Timer            | -        -        -       | -      read           -                | -
Support Quotation     | -        -        -       | make   make           read             | -
Strippen Ledger Entry | -        -        -       | -      read           read             | -
Ledger Check          | -        -        -       | -      read           read             | -
Strippen Warning      | -        -        -       | -      read           read             | -
Requested Statement   | -        -        -       | -      -              -                | -
"""
"""What the framework's own ways answer: REST, lists, reports, print, export, search. own: the agent's; make: as a draft,
and no other change; write: make and change. Nothing of these is deleted by anybody once it is in use.
"""

PLACES = """
place                 | contact  orderer  manager | agent  agent_manager  contract_manager | guest
contract page         | -        own      own     | all    all            all              | -
statement page        | -        own      own     | all    all            all              | -
statement file        | -        own      own     | all    all            all              | -
made statement        | -        -        asked   | -      -              -                | -
balance in the desk   | -        -        -       | all    all            all              | -
quotation page        | -        own      own     | all    all            all              | -
answer a quotation    | -        own      own     | -      -              -                | -
make a quotation      | -        -        -       | all    all            -                | -
withdraw a quotation  | -        -        -       | all    all            -                | -
hours of a ticket     | own      -        own     | all    all            -                | -
log work              | -        -        -       | all    all            -                | -
withdraw work         | -        -        -       | own    all            -                | -
grant and sell        | -        -        -       | -      -              all              | -
correct an entry      | -        -        -       | -      all            all              | -
activate and renew    | -        -        -       | -      -              all              | -
try other rules       | -        -        -       | -      -              all              | -
figures of contracts  | -        -        -       | all    all            all              | -
reports of contracts  | -        -        -       | -      all            all              | -
file of a contract    | -        -        -       | all    all            all              | -
file of a quotation   | -        -        -       | all    all            all              | -
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
	return record.doctype == names.RULES


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

	def add(self, doctype: str, name: str, side: str, field: str, marker: str) -> None:
		"""Note a record; its marker is written past everything that would refuse it."""
		row = frappe.qb.DocType(doctype)
		frappe.qb.update(row).set(row[field], marker).where(row.name == name).run()
		self.records.append(Record(doctype, name, side, field, marker))

	def name(self, doctype: str, side: str = "") -> str:
		"""The record of this kind and side."""
		return next(one.name for one in self.records if one.doctype == doctype and one.side in ("", side))


COMPANY = {"a": f"Rechten A {TAG}", "b": f"Rechten B {TAG}"}
PLAN, ACTIVITY = f"Rights {TAG}", f"secret-activity-{TAG}"


def make_world() -> World:
	"""Everybody, and a record of every kind for each customer."""
	world = World()
	for one in PEOPLE:
		if one.role == "agent":
			make_agent(one.user)
	make_agent(person("agent_manager").user, names.AGENT_MANAGER)
	make_user(person("contract_manager").user, names.CONTRACT_MANAGER)
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
