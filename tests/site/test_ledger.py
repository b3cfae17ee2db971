"""The ledger of the site: what a row is worth that SQL has touched, who is told of it, and that nothing is booked on it."""

from __future__ import annotations

import csv
from datetime import date, datetime, timezone
from decimal import Decimal

import frappe
import pytest
from freezegun import freeze_time

from crm_support_ext.constants import ENTRY, LEDGER_CHECK, WORK_LOG
from crm_support_ext.domain.statement import Opening, Period, rows
from crm_support_ext.domain.strippen import BrokenLedger
from crm_support_ext.replay.faults import BadInput
from crm_support_ext.replay.verify import verify
from crm_support_ext.services.ledger import buy, correct
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.ledger import (
	LedgerBroken,
	SiteLedger,
	account_of,
	balance_of,
	desk_zone,
	entries,
	head_at,
)
from crm_support_ext.store.ledger_checks import all_ledgers, faults
from crm_support_ext.store.ledger_rows import FACTS
from crm_support_ext.tasks import ledger_checks
from tests.factories import make_agent, make_customer, make_user
from tests.site.contracts import active
from tests.site.desk import people, ticket_in
from tests.site.ledgers import bought, granted, moment, worked
from tests.site.long_ledger import fill

ENTRIES = 205
AT = "2026-03-02 09:00"


@pytest.fixture(scope="module")
def contract():
	"""A contract with two checkpoints behind it."""
	people()
	frappe.db.delete("Has Role", {"role": "Contract Manager"})  # who set the site up has every role
	with freeze_time(AT):
		doc = active("2026-01-01", "2026-12-31")
	fill(doc.name, ENTRIES, doc.start, doc.end)
	return doc


@pytest.fixture
def looked_at(monkeypatch):
	"""The ledgers that a job is asked to look at."""
	asked = []
	enqueue = frappe.enqueue

	def noting(method, **given):
		if method == "crm_support_ext.tasks.ledger_checks.look_at":
			return asked.append(given["contract"])
		return enqueue(method, **given)

	monkeypatch.setattr(frappe, "enqueue", noting)
	return asked


def sql(query: str, *values) -> None:
	frappe.db.sql(query.replace("entries", f"`tab{ENTRY}`").replace("checks", f"`tab{LEDGER_CHECK}`"), values)


OTHER = {
	"name": "other", "docstatus": 1, "idx": 1, "contract": "MC-99999", "number": 9999, "kind": "Purchase",
	"at": "2026-01-01T00:00:00.000001Z", "lot": "other-1", "amount": "-1.01", "first_day": "2025-12-31",
	"last_day": "2027-01-01", "ticket": "0042", "work_log": "other", "reverses": 1, "reason": "other",
	"checkpoint": "lots 1, granted to -, given 1.00 to -", "previous": "f" * 64, "hash": "f" * 64,
}  # fmt: skip
NEARLY = {
	"amount": "'-1.0'", "kind": "'use'", "hash": "CONCAT(hash, ' ')", "lot": "CONCAT(lot, ' ')", "ticket": "'150'",
	"at": "REPLACE(at, 'T', ' ')", "contract": "LOWER(contract)", "first_day": "NULL", "last_day": "NULL",
	"previous": "NULL", "work_log": "''", "reason": "''", "name": "LOWER(name)",
}  # fmt: skip
PLACES = {"first": 1, "checkpoint": 100, "between": 150, "second checkpoint": 200, "last": ENTRIES}


def test_what_is_as_it_was_written_has_no_fault(contract):
	assert faults(contract.name) == []
	assert balance_of(contract.name) == Decimal(2 * ENTRIES - (ENTRIES - 1))


def test_every_column_of_an_entry_is_tried():
	assert set(OTHER) == set(FACTS)
	columns = set(frappe.db.get_table_columns(ENTRY)) - set(FACTS)
	assert columns == {"owner", "creation", "modified", "modified_by", "_user_tags", "_comments", "_assign", "_liked_by"}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("column", FACTS)
def test_a_changed_column_is_found(contract, column, place):
	sql(f"UPDATE entries SET `{column}` = %s WHERE contract = %s AND number = %s", OTHER[column], contract.name, PLACES[place])  # fmt: skip
	assert faults(contract.name)


@pytest.mark.parametrize("column", NEARLY)
def test_a_column_that_is_nearly_the_same_or_empty_is_found(contract, column):
	sql(
		f"UPDATE entries SET `{column}` = {NEARLY[column]} WHERE contract = %s AND number = 150",
		contract.name,
	)
	assert faults(contract.name)


def test_a_checkpoint_that_was_taken_away_is_found(contract):
	sql("UPDATE entries SET checkpoint = NULL WHERE contract = %s AND number = 100", contract.name)
	assert faults(contract.name)


@pytest.mark.parametrize("numbers", [[1], [100], [150], [200], [ENTRIES], range(196, 206), range(200, 206), range(1, 206)], ids=str)  # fmt: skip
def test_a_removed_entry_is_found_in_the_middle_and_at_the_end(contract, numbers):
	for number in numbers:
		sql("DELETE FROM entries WHERE contract = %s AND number = %s", contract.name, number)
	assert faults(contract.name)
	assert contract.name in all_ledgers()


@pytest.mark.parametrize("number", [-1, 0, ENTRIES + 1, ENTRIES + 7])
def test_an_added_entry_is_found(contract, number):
	columns = ", ".join(column for column in FACTS if column not in ("name", "number"))
	sql(
		f"INSERT INTO entries (name, number, {columns}) SELECT %s, %s, {columns} FROM entries e WHERE contract = %s AND number = 5",
		f"{contract.name}-E{number}", number, contract.name,
	)  # fmt: skip
	assert faults(contract.name)


def test_entries_that_were_cut_off_the_moment_they_were_booked_are_found(contract, frozen_time):
	with frozen_time(AT):
		bought(contract, "10", AT)
	assert faults(contract.name) == []
	sql("DELETE FROM entries WHERE contract = %s AND number = %s", contract.name, ENTRIES + 1)
	assert faults(contract.name) == [
		f"entry {ENTRIES}: it is the last, with the hash {hash_of(contract, ENTRIES)}, expected entry {ENTRIES + 1} with the hash {noted(contract).hash}"
	]


def hash_of(contract, number: int) -> str:
	return frappe.db.get_value(ENTRY, {"contract": contract.name, "number": number}, "hash")


def noted(contract):
	return frappe.db.get_value(LEDGER_CHECK, contract.name, ["number", "hash"], as_dict=True)


@pytest.mark.parametrize("change", ["DELETE FROM checks", "UPDATE checks SET number = number - 1", "UPDATE checks SET hash = REPEAT('a', 64)"])  # fmt: skip
def test_the_note_of_the_last_entry_is_missed_or_found_changed(contract, change):
	sql(f"{change} WHERE name = %s", contract.name)
	assert faults(contract.name)
	with pytest.raises(LedgerBroken):
		balance_of(contract.name)


def test_a_ledger_whose_entries_went_to_another_contract_is_found_on_both(contract):
	other = active("2028-01-01", "2028-12-31")
	sql("UPDATE entries SET contract = %s WHERE contract = %s", other.name, contract.name)
	assert faults(contract.name) and faults(other.name)
	assert {contract.name, other.name} <= set(all_ledgers())


def test_work_whose_entries_are_gone_with_all_that_was_noted_is_missed(frozen_time):
	with frozen_time(AT):
		doc = active("2026-01-01", "2026-12-31", customer=make_customer("Slagerij Noord").name)
		log = worked(ticket_in("Open", ticket_type="Question", customer=doc.customer), 30, AT)
	assert faults(doc.name) == []
	sql("DELETE FROM entries WHERE contract = %s", doc.name)
	sql("DELETE FROM checks WHERE name = %s", doc.name)
	assert doc.name in all_ledgers()
	assert faults(doc.name) == [f"work log {log}: paid with 2.00 strippen, expected 0 by its entries"]


def test_work_that_says_another_number_than_its_entries_is_found(frozen_time):
	with frozen_time(AT):
		doc = active("2026-01-01", "2026-12-31", customer=make_customer("Slagerij Noord").name)
		log = worked(ticket_in("Open", ticket_type="Question", customer=doc.customer), 30, AT)
	frappe.db.set_value(WORK_LOG, log, "strippen", 1)
	assert faults(doc.name) == [f"work log {log}: paid with 1.00 strippen, expected 2.00 by its entries"]
	frappe.db.delete(WORK_LOG, {"name": log})
	assert faults(doc.name) == [f"work log {log}: paid with 0 strippen, expected 2.00 by its entries"]


def test_an_entry_that_sql_has_changed_is_not_taken_back(contract, frozen_time):
	"""Else the correction of a use of 50 that was one of 1 would give 49 away."""
	sql("UPDATE entries SET amount = '-50.00' WHERE contract = %s AND number = 50", contract.name)
	with frozen_time(AT), pytest.raises(LedgerBroken):
		correct(SiteLedger(), as_rule(contract), 50, moment(AT), desk_zone(), "wrong")
	assert frappe.db.count(ENTRY, {"contract": contract.name}) == ENTRIES


# What customers hold


def exported(contract, path) -> str:
	"""The statement of the year, as the database has it now."""
	file = path / "statement.csv"
	period = Period(
		contract.name, contract.customer, "Europe/Amsterdam", date(2026, 1, 1), date(2026, 12, 31)
	)
	opening = head_at(contract.name, 0)
	with file.open("w", newline="", encoding="utf-8") as stream:
		csv.writer(stream).writerows(rows(period, Opening(*opening), entries(contract.name)))
	return str(file)


def test_a_statement_that_holds_is_verified(contract, tmp_path):
	checked = verify(exported(contract, tmp_path))
	assert (checked.entries, checked.balance) == (ENTRIES, balance_of(contract.name))
	assert checked.hash


STATED = (
	"at",
	"kind",
	"lot",
	"amount",
	"first_day",
	"last_day",
	"ticket",
	"work_log",
	"reverses",
	"reason",
	"hash",
)


@pytest.mark.parametrize("column", STATED)
def test_a_statement_of_changed_entries_is_not_verified(contract, tmp_path, column):
	sql(
		f"UPDATE entries SET `{column}` = %s WHERE contract = %s AND number = 150",
		OTHER[column],
		contract.name,
	)
	with pytest.raises((BadInput, LedgerBroken, BrokenLedger)):
		verify(exported(contract, tmp_path))


# A booking on it


@pytest.mark.parametrize("column", FACTS)
def test_a_fault_in_the_last_hundred_stops_balance_and_booking_with_a_sentence(contract, looked_at, column, frozen_time):  # fmt: skip
	sql(f"UPDATE entries SET `{column}` = %s WHERE contract = %s AND number = %s", OTHER[column], contract.name, ENTRIES - 2)  # fmt: skip
	before = frappe.db.count(ENTRY)
	with pytest.raises(
		LedgerBroken, match=f"The ledger of contract {contract.name} is not as it was written"
	):
		balance_of(contract.name)
	with frozen_time(AT), pytest.raises(LedgerBroken, match="nothing is booked on it"):
		bought(contract, "10", AT)
	assert frappe.db.count(ENTRY) == before
	assert looked_at == [contract.name, contract.name]


def test_a_balance_is_read_from_the_last_checkpoint_alone(contract):
	sql("UPDATE entries SET amount = '-2.00' WHERE contract = %s AND number = 150", contract.name)
	assert account_of(contract.name).number == ENTRIES
	assert faults(contract.name)


def test_an_entry_that_somebody_put_where_the_next_comes_is_not_overwritten(contract, looked_at, frozen_time):
	sql("UPDATE entries SET number = %s WHERE contract = %s AND number = 3", ENTRIES + 1, contract.name)
	with frozen_time(AT), pytest.raises(LedgerBroken):
		bought(contract, "10", AT)
	assert looked_at == [contract.name]


# Who is told

MANAGERS = {"carla@desk.example": "nl", "nora@desk.example": "no"}


@pytest.fixture
def managers():
	for email, language in MANAGERS.items():
		make_user(email, "Contract Manager")
		frappe.db.set_value("User", email, "language", language)
	make_agent("agnes@desk.example")


def told(contract) -> dict[str, list[str]]:
	"""The bells of each manager about this contract."""
	return {
		user: frappe.get_all(
			"Notification Log", {"for_user": user, "document_name": contract.name}, pluck="subject"
		)
		for user in MANAGERS
	}


def mailed(contract) -> list[str]:
	names = frappe.get_all("Email Queue", {"reference_name": contract.name}, pluck="name")
	docs = [frappe.get_doc("Email Queue", name) for name in names]
	assert all("cse-ledger" in doc.message for doc in docs)
	return sorted(row.recipient for doc in docs for row in doc.recipients)


def test_the_contract_managers_hear_of_a_fault_once_in_their_language(contract, managers):
	ledger_checks.run()
	assert told(contract) == {user: [] for user in MANAGERS} and mailed(contract) == []
	assert frappe.db.get_value(LEDGER_CHECK, contract.name, ["holds", "fault"]) == (1, None)
	sql("UPDATE entries SET amount = '-2.00' WHERE contract = %s AND number = 150", contract.name)
	for _night in range(3):
		ledger_checks.run()
	assert told(contract) == {
		"carla@desk.example": [
			f"Het strippenregister van contract {contract.name} is niet zoals het geschreven is"
		],
		"nora@desk.example": [f"Klippregisteret til avtale {contract.name} er ikke slik det ble skrevet"],
	}
	assert mailed(contract) == sorted(MANAGERS)
	row = frappe.get_doc(LEDGER_CHECK, contract.name)
	assert not row.holds and row.fault.startswith("entry 150: the hash is") and row.told_at and row.at


def test_another_fault_is_told_and_so_is_one_that_comes_back(contract, managers):
	change = "UPDATE entries SET amount = %s WHERE contract = %s AND number = %s"
	for amount, number, times in (("-2.00", 150, 1), ("-2.00", 50, 2), ("-1.00", 50, 3), ("-1.00", 150, 3), ("-2.00", 150, 4)):  # fmt: skip
		sql(change, amount, contract.name, number)
		ledger_checks.look_at(contract.name)
		assert len(mailed(contract)) == times * len(MANAGERS), (amount, number)


def test_without_contract_managers_the_administrators_hear_of_it(contract):
	make_user("root@desk.example", "System Manager")
	sql("UPDATE entries SET amount = '-2.00' WHERE contract = %s AND number = 150", contract.name)
	ledger_checks.run()
	assert "root@desk.example" in mailed(contract)


def test_a_ledger_that_cannot_be_checked_does_not_hinder_the_others(contract, monkeypatch):
	from crm_support_ext.store import ledger_checks as store

	other = active("2028-01-01", "2028-12-31")
	granted(other, "2028-01-02 09:00")
	real = store.faults
	monkeypatch.setattr(store, "faults", lambda name: 1 / 0 if name == contract.name else real(name))
	ledger_checks.run()
	assert frappe.db.get_value(LEDGER_CHECK, other.name, "at")
	assert frappe.db.exists("Error Log", {"reference_name": contract.name})


def test_the_nights_check_goes_on_in_batches(contract, monkeypatch):
	for year in (2028, 2029, 2030):
		granted(active(f"{year}-01-01", f"{year}-12-31"), f"{year}-01-02 09:00")
	jobs = []
	monkeypatch.setattr(ledger_checks, "BATCH", 2)
	monkeypatch.setattr(frappe, "enqueue", lambda method, **given: jobs.append(given["after"]))
	ledger_checks.run()
	while jobs:
		ledger_checks.run(jobs.pop())
	assert not frappe.db.exists(LEDGER_CHECK, {"at": ("is", "not set")})


def test_an_hour_that_comes_twice_is_told_apart():
	"""02:30 on the night when the clocks go back is two moments."""
	people()
	with freeze_time(AT):
		doc = active("2026-01-01", "2026-12-31", customer=make_customer("Slagerij Noord").name)
	for hour in (0, 1):
		at = datetime(2026, 10, 25, hour, 30, tzinfo=timezone.utc)
		buy(SiteLedger(), as_rule(doc), Decimal(1), at, desk_zone())
	times = [sealed.entry.at.isoformat() for sealed in entries(doc.name)][-2:]
	assert times == ["2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"]
	assert faults(doc.name) == []
