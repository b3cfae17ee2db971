"""Booking strippen on the memory store: what each use case adds, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from crm_support_ext.domain.chain import resume
from crm_support_ext.domain.contracts import OnShortage
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services import ledger
from tests.ledgers import ZONE, Book, contract_of, moment

MARCH = "2026-03-02"


@pytest.fixture
def book() -> Book:
	return Book()


def code(outcome: object) -> str:
	assert isinstance(outcome, Refusal)
	return outcome.code


def test_every_booking_first_catches_up_and_all_is_added_together(book: Book, monkeypatch) -> None:
	added: list[int] = []
	append = book.store.append
	monkeypatch.setattr(
		book.store, "append", lambda name, lines: (added.append(len(lines)), append(name, lines))
	)
	book.use("4", MARCH)
	book.use("4", "2027-03-02")
	assert added == [2, 3]
	assert book.lines() == [
		"2026-01-01 Grant C1-1 10.00",
		"2026-03-02 Use C1-1 -4.00",
		"2027-01-01 Expiry C1-1 -6.00",
		"2027-01-01 Grant C1-2 10.00",
		"2027-03-02 Use C1-2 -4.00",
	]


def test_a_refused_booking_adds_what_was_due_and_nothing_else(book: Book) -> None:
	assert code(book.use("11", MARCH)) == "balance_too_low"
	assert book.lines() == ["2026-01-01 Grant C1-1 10.00"]
	assert code(book.use("11", MARCH)) == "balance_too_low"
	assert book.account.number == 1


def test_before_the_contract_begins_nothing_is_there(book: Book) -> None:
	assert book.use("1", "2025-12-31T23:59:59") == Refusal(
		"balance_too_low", {"left": Decimal("0.00"), "wanted": Decimal("1.00")}
	)
	assert book.lines() == []


def test_what_is_booked_for_a_moment_before_the_last_entry_is_dated_as_that_entry(book: Book) -> None:
	book.use("1", "2026-06-01")
	book.use("1", "2026-05-01", log="w2")
	assert [entry.at for entry in book.entries[1:]] == [moment("2026-06-01")] * 2
	book.catch_up("2027-01-01")
	assert code(book.use("11", "2026-12-31")) == "balance_too_low"
	book.use("10", "2026-12-31")
	assert book.lines()[-1] == "2027-01-01 Use C1-2 -10.00"


def test_the_day_of_a_booking_is_that_of_the_zone(book: Book) -> None:
	book.use("10", datetime(2026, 12, 31, 22, 59, 59, tzinfo=timezone.utc))
	assert book.lines()[-1] == "2026-12-31 Use C1-1 -10.00"
	book.use("10", datetime(2026, 12, 31, 23, 0, tzinfo=timezone.utc))
	assert book.lines()[-1] == "2027-01-01 Use C1-2 -10.00"


def test_a_purchase_and_a_grant_by_hand_last_to_the_end_of_the_contract_year(book: Book) -> None:
	book.buy("5", MARCH, "ordered by\nAnn")
	book.grant("2", MARCH, " we were late ")
	assert book.lines(since=1) == ["2026-03-02 Purchase C1-2 5.00", "2026-03-02 Grant C1-3 2.00"]
	assert [entry.reason for entry in book.entries] == ["", "ordered by Ann", "we were late"]
	assert {str(entry.last_day) for entry in book.entries} == {"2026-12-31"}


@pytest.mark.parametrize(
	("units", "at", "reason", "refused"),
	[
		("0", MARCH, "why", "nothing_to_add"),
		("-1", MARCH, "why", "nothing_to_add"),
		("1", "2028-01-01", "why", "outside_contract"),
		("1", "2025-12-31", "why", "outside_contract"),
		("1", MARCH, " \n", "reason_missing"),
	],
)
def test_what_cannot_be_added(book: Book, units: str, at: str, reason: str, refused: str) -> None:
	assert code(book.grant(units, at, reason)) == refused
	if refused != "reason_missing":
		assert code(book.buy(units, at)) == refused


@pytest.mark.parametrize("units", [Decimal("1.001"), Decimal("NaN"), 1.5])
def test_what_is_no_amount_is_added_by_nobody(book: Book, units: Decimal) -> None:
	with pytest.raises((TypeError, ValueError)):
		ledger.buy(book.store, book.contract, units, moment(MARCH), ZONE)
	assert book.lines() == []


def test_what_a_work_log_used_goes_back_to_the_lots_that_it_came_from(book: Book) -> None:
	book.buy("5", MARCH)
	before = book.account.lots
	book.use("12", MARCH)
	book.use("1", MARCH, log="w2")
	book.give_back("w1", "2026-04-01", "withdrawn")
	assert book.lines(since=5) == ["2026-04-01 Release C1-1 10.00", "2026-04-01 Release C1-2 2.00"]
	assert [(line.reverses, line.ticket, line.work_log, line.reason) for line in book.entries[5:]] == [
		(3, "T1", "w1", "withdrawn"),
		(4, "T1", "w1", "withdrawn"),
	]
	assert book.give_back("w1", "2026-04-02") == book.give_back("none", "2026-04-02") == ()
	book.give_back("w2", "2026-04-03")
	assert book.account.lots == before


def test_what_goes_back_to_a_lot_that_has_lapsed_lapses_at_once(book: Book) -> None:
	book.use("4", MARCH)
	book.give_back("w1", "2027-01-01T00:00")
	assert book.lines(since=2) == [
		"2027-01-01 Expiry C1-1 -6.00",
		"2027-01-01 Grant C1-2 10.00",
		"2027-01-01 Release C1-1 4.00",
		"2027-01-01 Expiry C1-1 -4.00",
	]
	assert book.entries[-1].work_log == "w1"


def test_on_its_last_day_a_lot_takes_back_what_it_gave(book: Book) -> None:
	book.use("4", MARCH)
	book.give_back("w1", "2026-12-31T23:59:59.999999")
	assert str(book.account.balance) == "10.00"


@pytest.mark.parametrize(
	("number", "expected"),
	[
		(1, "lot_used"),
		(2, "2026-04-01 Correction C1-2 -5.00"),
		(3, "2026-04-01 Correction C1-1 4.00"),
		(4, "no_such_entry"),
		(0, "no_such_entry"),
		(-1, "no_such_entry"),
	],
)
def test_a_correction_is_the_opposite_of_what_it_names(book: Book, number: int, expected: str) -> None:
	book.buy("5", MARCH)
	book.use("4", MARCH)
	outcome = book.correct(number, "2026-04-01")
	if isinstance(outcome, Refusal):
		assert (outcome.code, len(book.entries)) == (expected, 3)
	else:
		assert book.lines(since=3) == [expected]
		assert (book.entries[3].reverses, book.entries[3].reason) == (number, "a mistake")
		assert code(book.correct(number, "2026-04-02")) == "corrected_already"


def test_what_is_not_corrected(book: Book) -> None:
	book.use("4", MARCH)
	book.give_back("w1", MARCH)
	book.use("2", MARCH, log="w2")
	assert code(book.correct(2, MARCH)) == "corrected_already"
	assert code(book.correct(3, MARCH)) == "is_a_correction"
	book.correct(4, MARCH)
	assert code(book.correct(5, MARCH)) == "is_a_correction"
	book.catch_up("2027-01-01")
	assert book.lines()[-2:] == ["2027-01-01 Expiry C1-1 -10.00", "2027-01-01 Grant C1-2 10.00"]
	assert code(book.correct(6, "2027-01-01")) == "expiry_stands"
	assert code(book.correct(1, "2027-01-01")) == "lot_used"
	assert code(book.correct(7, "2027-01-01", " ")) == "reason_missing"


def test_a_lot_that_was_used_and_had_it_all_back_can_be_corrected(book: Book) -> None:
	book.buy("5", MARCH)
	book.use("12", MARCH)
	assert code(book.correct(2, MARCH)) == "lot_used"
	book.give_back("w1", MARCH)
	book.correct(2, MARCH)
	assert str(book.account.balance) == "10.00"


def test_work_that_was_corrected_is_not_given_back_again(book: Book) -> None:
	book.buy("5", MARCH)
	book.use("12", MARCH)
	book.correct(3, MARCH)
	assert [line.amount for line in book.give_back("w1", MARCH)] == [Decimal("2.00")]
	assert book.give_back("w1", MARCH) == ()
	assert str(book.account.balance) == "15.00"


def test_a_use_of_a_lapsed_lot_that_is_corrected_lapses_again_at_once(book: Book) -> None:
	book.use("4", MARCH)
	book.catch_up("2027-02-01")
	book.correct(2, "2027-02-02")
	assert book.lines(since=4) == ["2027-02-02 Correction C1-1 4.00", "2027-02-02 Expiry C1-1 -4.00"]


def test_ledgers_of_two_contracts_know_nothing_of_each_other(book: Book) -> None:
	other = Book(replace(book.contract, name="C2"))
	other.store = book.store
	book.use("1", MARCH)
	other.use("2", MARCH)
	assert other.give_back("w1", MARCH)[0].lot == "C2-1"
	assert (str(book.account.balance), str(other.account.balance)) == ("9.00", "10.00")
	assert code(other.correct(2, MARCH)) == "corrected_already"
	book.correct(2, MARCH)


def test_what_is_added_follows_on_the_chain() -> None:
	book = Book(contract_of("1000", on_shortage=OnShortage.PURCHASE))
	for number in range(230):
		book.use("7.25", MARCH, log=f"w{number}")
	assert resume("C1", book.sealed) == tuple(book.store.head("C1"))
	tail = book.sealed[199:]
	assert [bool(line.checkpoint) for line in tail[:2]] == [True, False]
	assert resume("C1", tail) == tuple(book.store.head("C1"))
