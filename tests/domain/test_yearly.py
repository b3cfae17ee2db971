"""The turn of a contract year: grants, what lapses and what is carried over, each at its moment and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_support_ext.domain import booking
from crm_support_ext.domain.chain import seal
from crm_support_ext.domain.strippen import Account
from crm_support_ext.domain.yearly import yearly
from tests.ledgers import ZONE, Book, contract_of, moment


def test_a_year_is_granted_on_its_first_day_and_lapses_after_its_last() -> None:
	book = Book(contract_of())
	book.use("4", "2026-03-02")
	book.catch_up("2028-01-01T00:00")
	assert book.lines() == [
		"2026-01-01 Grant C1-1 10.00",
		"2026-03-02 Use C1-1 -4.00",
		"2027-01-01 Expiry C1-1 -6.00",
		"2027-01-01 Grant C1-2 10.00",
		"2028-01-01 Expiry C1-2 -10.00",
	]
	assert {entry.at.time().isoformat() for entry in book.entries if entry.kind != "Use"} == {"00:00:00"}


@pytest.mark.parametrize(
	("carry_over", "used", "expected"),
	[
		("0", "4", ["Expiry C1-1 -6.00", "Grant C1-2 10.00"]),
		("5", "4", ["Expiry C1-1 -6.00", "Carry-over C1-2 5.00", "Grant C1-3 10.00"]),
		("7", "4", ["Expiry C1-1 -6.00", "Carry-over C1-2 6.00", "Grant C1-3 10.00"]),
		("7", "10", ["Grant C1-2 10.00"]),
		("0.005", "9.99", ["Expiry C1-1 -0.01", "Carry-over C1-2 0.01", "Grant C1-3 10.00"]),
	],
)
def test_what_is_left_lapses_and_at_most_so_much_is_carried_over(
	carry_over: str, used: str, expected: list[str]
) -> None:
	book = Book(contract_of(carry_over=carry_over))
	book.use(used, "2026-03-02")
	book.catch_up("2027-01-01T00:00")
	assert book.lines(since=2) == [f"2027-01-01 {line}" for line in expected]


def test_one_carry_over_of_what_several_lots_had_left_that_lapse_in_the_order_of_use() -> None:
	book = Book(contract_of(carry_over="12"))
	book.buy("2", "2026-02-01")
	book.buy("3", "2026-03-01")
	book.use("11", "2026-03-02")
	book.catch_up("2027-01-01")
	assert book.lines(since=5) == [
		"2027-01-01 Expiry C1-2 -1.00",
		"2027-01-01 Expiry C1-3 -3.00",
		"2027-01-01 Carry-over C1-4 4.00",
		"2027-01-01 Grant C1-5 10.00",
	]


def test_nothing_is_carried_over_after_the_last_year() -> None:
	book = Book(contract_of(end="2026-12-31", carry_over="5"))
	book.catch_up("2030-01-01")
	assert book.lines() == ["2026-01-01 Grant C1-1 10.00", "2027-01-01 Expiry C1-1 -10.00"]


def test_what_was_carried_over_is_carried_on_with_the_rest() -> None:
	book = Book(contract_of(end="2028-12-31", carry_over="15"))
	book.catch_up("2028-01-01")
	assert book.lines(since=4) == [
		"2028-01-01 Expiry C1-2 -10.00",
		"2028-01-01 Expiry C1-3 -10.00",
		"2028-01-01 Carry-over C1-4 15.00",
		"2028-01-01 Grant C1-5 10.00",
	]


@pytest.mark.parametrize(
	("start", "end", "is_pro_rata", "granted"),
	[
		("2026-01-01", "2026-12-31", True, "10.00"),
		("2026-01-01", "2026-06-30", True, "4.96"),
		("2026-01-01", "2026-06-30", False, "10.00"),
		("2026-01-01", "2026-01-01", True, "0.03"),
		("2028-01-01", "2028-01-01", True, "0.03"),
		("2024-02-29", "2025-02-27", True, "10.00"),
	],
)
def test_a_year_that_the_end_cuts(start: str, end: str, is_pro_rata: bool, granted: str) -> None:
	book = Book(contract_of(start=start, end=end, is_pro_rata=is_pro_rata))
	book.catch_up(f"{start}T00:00")
	assert book.lines() == [f"{start} Grant C1-1 {granted}"]
	assert book.entries[0].last_day == date.fromisoformat(end)


def test_a_start_on_29_february_has_its_years_from_28_february_and_in_leap_years_from_29_february() -> None:
	book = Book(contract_of(start="2024-02-29", end="2028-12-31"))
	book.catch_up("2028-06-01")
	grants = [entry for entry in book.entries if entry.kind == "Grant"]
	assert [(str(grant.first_day), str(grant.last_day)) for grant in grants] == [
		("2024-02-29", "2025-02-27"),
		("2025-02-28", "2026-02-27"),
		("2026-02-28", "2027-02-27"),
		("2027-02-28", "2028-02-28"),
		("2028-02-29", "2028-12-31"),
	]


@pytest.mark.parametrize(
	("zone", "moment"),
	[
		("Europe/Amsterdam", "2025-12-31T23:00:00+00:00"),
		("America/New_York", "2026-01-01T05:00:00+00:00"),
		("Pacific/Kiritimati", "2025-12-31T10:00:00+00:00"),
	],
)
def test_a_year_begins_at_midnight_of_the_zone_and_not_a_microsecond_before(zone: str, moment: str) -> None:
	first, contract = datetime.fromisoformat(moment), contract_of()
	account, just_before = Account("C1"), first.replace(second=59, microsecond=999999)
	just_before = datetime.fromtimestamp(first.timestamp() - 1e-6, timezone.utc)
	assert yearly(account, contract, just_before, ZoneInfo(zone)) == ()
	(grant,) = yearly(account, contract, first, ZoneInfo(zone))
	assert (grant.at, grant.amount) == (first, Decimal("10.00"))


def test_a_midnight_that_the_clocks_skip() -> None:
	zone = ZoneInfo("America/Santiago")  # on 6 September 2026 the clocks go from 00:00 to 01:00
	contract = contract_of(start="2026-09-06")
	(grant,) = yearly(Account("C1"), contract, datetime(2026, 9, 7, tzinfo=timezone.utc), zone)
	assert grant.at.astimezone(timezone.utc) == datetime(2026, 9, 6, 4, tzinfo=timezone.utc)


def test_catching_up_twice_or_step_by_step_makes_the_same_entries() -> None:
	at_once, stepwise = Book(contract_of(carry_over="3")), Book(contract_of(carry_over="3"))
	at_once.catch_up("2029-01-01")
	for year in range(2025, 2030):
		for day in ("01-01", "12-31"):
			stepwise.catch_up(f"{year}-{day}")
			assert stepwise.catch_up(f"{year}-{day}") == ()
	assert stepwise.sealed == at_once.sealed != []


def test_a_plan_that_grants_nothing_makes_no_entry() -> None:
	book = Book(contract_of("0", carry_over="5"))
	book.catch_up("2027-06-01")
	assert book.lines() == []
	book.buy("4", "2027-07-01")
	book.catch_up("2029-01-01")
	assert book.lines() == ["2027-07-01 Purchase C1-1 4.00", "2028-01-01 Expiry C1-1 -4.00"]


def test_a_grant_by_hand_is_no_allotment() -> None:
	book = Book(contract_of())
	book.grant("2", "2026-01-01T00:00")
	book.catch_up("2026-02-01")
	assert book.lines() == ["2026-01-01 Grant C1-1 10.00", "2026-01-01 Grant C1-2 2.00"]


def test_a_grant_that_was_corrected_is_not_made_again() -> None:
	book = Book(contract_of())
	book.catch_up("2026-01-01")
	book.correct(1, "2026-01-02")
	book.catch_up("2026-06-01")
	assert book.lines(since=1) == ["2026-01-02 Correction C1-1 -10.00"]


def test_a_renewal_in_time_goes_on_as_if_the_contract_had_been_longer() -> None:
	book, longer = Book(contract_of(end="2026-12-31", carry_over="4")), Book(contract_of(carry_over="4"))
	book.catch_up("2026-05-01")
	book.renew(12)
	book.catch_up("2028-01-01")
	longer.catch_up("2028-01-01")
	assert book.sealed == longer.sealed


def test_a_renewal_that_lengthens_a_year_adds_what_the_longer_year_has_and_carries_all_on() -> None:
	book = Book(contract_of(end="2026-03-31", is_pro_rata=True, carry_over="1"))
	book.use("1", "2026-02-01")
	book.renew(3)
	book.use("3", "2026-05-01")
	book.renew(6)
	book.catch_up("2027-01-01")
	assert book.lines() == [
		"2026-01-01 Grant C1-1 2.47",
		"2026-02-01 Use C1-1 -1.00",
		"2026-04-01 Expiry C1-1 -1.47",
		"2026-04-01 Carry-over C1-2 1.47",
		"2026-04-01 Grant C1-3 2.49",
		"2026-05-01 Use C1-2 -1.47",
		"2026-05-01 Use C1-3 -1.53",
		"2026-07-01 Expiry C1-3 -0.96",
		"2026-07-01 Carry-over C1-4 0.96",
		"2026-07-01 Grant C1-5 5.04",
		"2027-01-01 Expiry C1-4 -0.96",
		"2027-01-01 Expiry C1-5 -5.04",
	]
	granted = [entry.amount for entry in book.entries if entry.is_allotment]
	assert sum(granted) == Decimal("10.00")


def test_without_pro_rata_a_year_that_is_lengthened_is_granted_no_more() -> None:
	book = Book(contract_of(end="2026-03-31"))
	book.catch_up("2026-01-01")
	book.renew(3)
	book.catch_up("2026-04-01")
	book.renew(12)
	book.catch_up("2027-02-01")
	assert book.lines() == [
		"2026-01-01 Grant C1-1 10.00",
		"2026-04-01 Expiry C1-1 -10.00",
		"2026-04-01 Carry-over C1-2 10.00",
		"2026-07-01 Expiry C1-2 -10.00",
		"2026-07-01 Carry-over C1-3 10.00",
		"2027-01-01 Expiry C1-3 -10.00",
		"2027-01-01 Grant C1-4 10.00",
	]


def test_a_lot_of_fewer_days_lapses_after_them_and_is_not_carried_on() -> None:
	book = Book(contract_of(carry_over="100"))
	book.catch_up("2026-01-01")
	first, last = date(2026, 1, 1), date(2026, 1, 31)
	lines = booking.grant(book.account, Decimal(2), moment("2026-01-01"), first, last, "for January")
	book.store.append("C1", seal(*book.store.head("C1"), lines))
	book.catch_up("2026-03-01")
	assert book.lines(since=1) == ["2026-01-01 Grant C1-2 2.00", "2026-02-01 Expiry C1-2 -2.00"]


def test_a_renewal_that_comes_late_is_dated_as_the_last_entry() -> None:
	book = Book(contract_of(end="2026-12-31", carry_over="4"))
	book.use("1", "2026-12-01", log="w1")
	book.catch_up("2027-01-10")
	book.give_back("w1", "2027-01-12")
	book.renew(12)
	book.catch_up("2027-01-20")
	assert book.lines(since=2) == [
		"2027-01-01 Expiry C1-1 -9.00",
		"2027-01-12 Release C1-1 1.00",
		"2027-01-12 Expiry C1-1 -1.00",
		"2027-01-12 Grant C1-2 10.00",
	]
	assert (book.entries[-1].first_day, book.entries[-1].last_day) == (date(2027, 1, 1), date(2027, 12, 31))


def test_a_contract_that_was_shortened_keeps_what_it_was_granted_to_the_end_of_its_lot() -> None:
	book = Book(contract_of(carry_over="5"))
	book.catch_up("2026-02-01")
	book.contract = replace(book.contract, end=date(2026, 6, 30))
	book.catch_up("2027-06-01")
	assert book.lines() == ["2026-01-01 Grant C1-1 10.00", "2027-01-01 Expiry C1-1 -10.00"]


def test_a_contract_to_the_end_of_the_calendar() -> None:
	contract = contract_of(start="9998-07-01", end="9999-12-31")
	lines = yearly(Account("C1"), contract, moment("9999-12-31"), ZONE)
	assert [line.kind.value for line in lines] == ["Grant", "Expiry", "Grant"]
