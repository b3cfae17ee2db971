"""The ledger with real processes on a real database: fifty at once, killed at random, beside the nightly jobs."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from random import Random

import frappe
import pytest
from frappe.utils import add_days, getdate

from crm_support_ext.constants import (
	ACCOUNT_MANAGER,
	CONTRACT,
	ENTRY,
	LEDGER_CHECK,
	STRIPPEN_WARNING,
	WORK_LOG,
)
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.ledger import balance_of
from crm_support_ext.store.ledger_checks import faults
from tests.factories import make_customer, make_user
from tests.site import bookers, contracts
from tests.site.contracts import active, plan
from tests.site.desk import CUSTOMER, contact_of, people, remove, ticket_in
from tests.site.ledgers import spoil
from tests.site.workers import finish
from tests.site.workers import start as start_worker

PROCESSES, HELD = 50, 100

turn = partial(start_worker, "tasks.ledger._turn", "ledger")
tell = partial(start_worker, "store.strippen_mail.tell", "strippen_warnings")
check = partial(start_worker, "store.ledger_checks.keep", "ledger_checks")


@pytest.fixture
def desk():
	"""A contract of the customer with 100 strippen, and its ticket; afterwards nothing is left of them."""
	people()
	boss = make_user("bram@desk.example", "Agent")
	frappe.db.set_value("HD Customer", "Bakkerij De Ochtend", ACCOUNT_MANAGER, boss)
	plan("A hundred", strippen_per_year=HELD, on_shortage="Refuse")
	start = add_days(getdate(), -10)
	contract = active(
		start, add_days(start, 364), plan="A hundred", orderers=[{"contact": contact_of(CUSTOMER)}]
	)
	ticket = str(ticket_in("Open", ticket_type="Question").name)
	frappe.db.commit()
	yield frappe._dict(contract=contract.name, ticket=ticket, boss=boss)
	frappe.db.rollback()
	clear("A hundred")
	frappe.db.set_value("HD Customer", "Bakkerij De Ochtend", ACCOUNT_MANAGER, None)
	frappe.db.commit()
	remove(ticket)


def clear(*plans: str) -> None:
	"""Take away these plans, the contracts of them, and what was logged."""
	contracts.remove(*frappe.get_all(CONTRACT, {"plan": ("in", plans)}, pluck="name"))
	for name in plans:
		frappe.delete_doc("Maintenance Plan", name)
	frappe.db.delete("Error Log", {})
	frappe.db.commit()


def assert_whole(contract: str) -> Counter:
	"""The ledger holds, and has an entry for each work log and a work log for each entry; the entries by kind."""
	frappe.db.rollback()
	assert faults(contract) == []
	fields = ["number", "kind", "amount", "work_log"]
	entries = frappe.get_all(ENTRY, {"contract": contract}, fields, order_by="number")
	assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
	assert sum(Decimal(entry.amount) for entry in entries) == balance_of(contract) >= 0
	used = Counter({entry.work_log: Decimal(entry.amount) for entry in entries if entry.kind == "Use"})
	logs = frappe.get_all(WORK_LOG, {"contract": contract}, ["name", "strippen", "settlement"])
	assert {log.settlement for log in logs} <= {"Strippen"}
	assert {log.name: -Decimal(str(log.strippen)) for log in logs} == dict(used)
	return Counter(entry.kind for entry in entries)


def shares(contract: str) -> list[int]:
	return sorted(frappe.get_all(STRIPPEN_WARNING, {"contract": contract}, pluck="share"))


def mailed(contract: str) -> Counter:
	names = frappe.get_all("Email Queue", {"reference_name": contract}, pluck="name")
	return Counter(row.recipient for name in names for row in frappe.get_doc("Email Queue", name).recipients)


@pytest.mark.commits
@pytest.mark.parametrize("is_strict", [False, True])
def test_fifty_processes_use_exactly_what_there_is(desk, tmp_path, is_strict):
	if is_strict and not frappe.db.sql("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'"):
		pytest.skip("this database knows no snapshot isolation")
	file = tmp_path / "presses"
	booking = bookers.begin(file, desk.ticket, PROCESSES, 3, is_strict=is_strict)
	presses, ends = bookers.finish(booking, file)
	assert ends == [0] * PROCESSES and len(presses) == 3 * PROCESSES
	booked = [press for press in presses if press.work_log]
	refused = Counter((press.kind, press.refusal) for press in presses if not press.work_log)
	assert len(booked) == len({press.work_log for press in booked}) == HELD
	assert list(refused.values()) == [3 * PROCESSES - HELD], refused
	((kind, words),) = refused
	assert kind == "ValidationError" and words.startswith(
		f"This costs 1 strip, and contract {desk.contract} has 0"
	)
	assert assert_whole(desk.contract) == {"Grant": 1, "Use": HELD}
	assert balance_of(desk.contract) == 0
	assert shares(desk.contract) == [75, 90, 100]
	for worker in [tell() for _ in range(3)]:
		finish(worker)
	frappe.db.rollback()
	assert mailed(desk.contract) == {CUSTOMER: 1, desk.boss: 1}


@pytest.mark.commits
@pytest.mark.parametrize("kind", ["Question", "Bug"])
def test_one_press_that_comes_many_times_at_once_books_once(kind, desk, tmp_path):
	frappe.db.set_value("HD Ticket", desk.ticket, "ticket_type", kind)  # a fault locks no contract
	frappe.db.commit()
	file = tmp_path / "presses"
	presses, ends = bookers.finish(bookers.begin(file, desk.ticket, 20, 2, key="the-same"), file)
	assert ends == [0] * 20 and [press for press in presses if press.refusal] == []
	(log,) = {press.work_log for press in presses}
	frappe.db.rollback()
	assert frappe.get_all(WORK_LOG, {"ticket": desk.ticket}, pluck="name") == [log]
	if kind == "Question":
		assert assert_whole(desk.contract) == {"Grant": 1, "Use": 1}


@pytest.mark.commits
def test_killed_at_random_no_work_is_without_its_entry_and_no_entry_without_its_work(desk, tmp_path):
	dice, killed, told = Random(20260302), 0, 0
	for round_ in range(3):
		file = tmp_path / f"presses-{round_}"
		deaths = [dice.randrange(1, 60) for _ in range(PROCESSES)]
		presses, ends = bookers.finish(bookers.begin(file, desk.ticket, PROCESSES, 1, deaths), file)
		killed += ends.count(bookers.GONE)
		assert set(ends) <= {0, bookers.GONE}
		assert {press.kind for press in presses} <= {"", "ValidationError"}, presses
		told += sum(1 for press in presses if press.work_log)
		kinds = assert_whole(desk.contract)
		assert told <= kinds["Use"] <= HELD  # who was killed after the commit could not tell
	assert killed > PROCESSES
	last = tmp_path / "last"
	presses, ends = bookers.finish(bookers.begin(last, desk.ticket, PROCESSES, 3), last)
	assert set(ends) == {0}
	assert assert_whole(desk.contract) == {"Grant": 1, "Use": HELD}
	assert shares(desk.contract) == [75, 90, 100]


CONTRACTS = 12


@pytest.fixture
def due():
	"""Contracts whose second year began some days ago, and of which nothing was ever booked."""
	people()
	frappe.db.delete("Error Log", {})  # what earlier tests left: no rollback takes it back
	plan("Two years", strippen_per_year=20, carry_over=5, on_shortage="Refuse")
	start = add_days(getdate(), -370)
	made = [
		active(start, add_days(start, 729), plan="Two years", customer=customer_of(number))
		for number in range(CONTRACTS)
	]
	frappe.db.commit()
	yield [doc.name for doc in made]
	frappe.db.rollback()
	clear("Two years")
	for number in range(CONTRACTS):
		frappe.delete_doc("HD Customer", customer_of(number), force=True)
	frappe.db.commit()


def customer_of(number: int) -> str:
	name = f"Customer {number}"
	return name if frappe.db.exists("HD Customer", name) else make_customer(name).name


def assert_turned_once(names: list[str]) -> None:
	frappe.db.rollback()
	for name in names:
		fields = ["kind", "amount", "first_day"]
		entries = frappe.get_all(ENTRY, {"contract": name}, fields, order_by="number")
		years = list(as_rule(frappe.get_doc(CONTRACT, name)).years())
		assert [(entry.kind, entry.amount, entry.first_day) for entry in entries] == [
			("Grant", "20.00", years[0].first),
			("Expiry", "-20.00", years[0].first),
			("Carry-over", "5.00", years[1].first),
			("Grant", "20.00", years[1].first),
		]
		assert faults(name) == []
	assert not frappe.get_all("Error Log", pluck="error")


@pytest.mark.commits
def test_four_jobs_at_once_grant_each_year_once(due):
	for worker in [turn() for _ in range(4)]:
		finish(worker)
	assert_turned_once(due)


@pytest.mark.commits
def test_a_job_that_is_killed_and_run_again_grants_each_year_once(due):
	for die_at in (3, 5):
		finish(turn(die_at), -9)
	finish(turn())
	assert_turned_once(due)


@pytest.mark.commits
def test_of_a_fault_that_three_checks_find_at_once_everybody_hears_once(due):
	keepers = [make_user(f"{name}@race.example", "Contract Manager") for name in ("rosa", "rik")]
	frappe.db.commit()
	finish(turn())
	frappe.db.rollback()
	spoil(due[0], "-19.00")
	frappe.db.commit()
	for worker in [check() for _ in range(3)]:
		finish(worker)
	finish(check(1), -9)
	frappe.db.rollback()
	heard = mailed(due[0])
	assert set(keepers) <= set(heard) and set(heard.values()) == {1}
	assert not any(mailed(name) for name in due[1:])
	assert frappe.db.count(LEDGER_CHECK, {"contract": ("in", due), "holds": 1}) == CONTRACTS - 1
	for user in keepers:
		frappe.delete_doc("User", user, force=True)
	frappe.db.commit()


@pytest.mark.commits
def test_work_that_is_booked_while_the_years_turn(desk, due, tmp_path):
	"""The contract of the ticket turns its year, too: its grant comes once, whoever is first."""
	file = tmp_path / "presses"
	booking = bookers.begin(file, desk.ticket, 30, 2)
	jobs = [turn() for _ in range(3)]
	presses, ends = bookers.finish(booking, file)
	for worker in jobs:
		finish(worker)
	finish(turn())
	assert set(ends) == {0} and all(press.work_log for press in presses) and len(presses) == 60
	assert assert_whole(desk.contract) == {"Grant": 1, "Use": 60}
	assert_turned_once(due)
