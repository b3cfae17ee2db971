"""Amounts, accounts, and what a booking adds to a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain import booking
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import (
	Account,
	BrokenLedger,
	Entry,
	Kind,
	account_after,
	amount,
	left_on,
	usable,
	walk,
)

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
FIRST, LAST, LATER = date(2026, 1, 1), date(2026, 12, 31), date(2027, 6, 30)


@pytest.mark.parametrize(
	("value", "text"),
	[
		("2", "2.00"),
		(2, "2.00"),
		(Decimal("2.5"), "2.50"),
		("-0.01", "-0.01"),
		("-0", "0.00"),
		("2.000", "2.00"),
	],
)
def test_an_amount_has_exactly_two_places(value: str | int | Decimal, text: str) -> None:
	assert str(amount(value)) == text


@pytest.mark.parametrize(
	"value", ["2.001", "0.005", "NaN", "sNaN", "Infinity", "-Infinity", "", "two", "1e18", "1e40", "1e-3"]
)
def test_what_is_no_amount_is_refused(value: str) -> None:
	with pytest.raises(ValueError, match="no amount"):
		amount(value)


@pytest.mark.parametrize("value", [2.0, 0.1, float("nan"), None, True, b"2"])
def test_a_binary_float_is_no_amount(value: object) -> None:
	with pytest.raises(TypeError):
		amount(value)  # type: ignore[arg-type]


@given(st.integers(-(10**20) + 1, 10**20 - 1))
def test_every_number_of_hundredths_is_an_amount(hundredths: int) -> None:
	made = amount(Decimal(hundredths).scaleb(-2))
	assert made * 100 == hundredths and amount(str(made)) == made and str(amount(str(made))) == str(made)


def opened(*lots: tuple[str, date, date]) -> Account:
	"""An account with these lots, all granted by hand."""
	account = Account("C1")
	for units, first, last in lots:
		account = account_after(account, booking.grant(account, Decimal(units), AT, first, last, "by hand"))
	return account


def entry(account: Account, kind: Kind, units: str, lot: str = "C1-1", **facts: object) -> Entry:
	line = Entry(account.number + 1, AT, kind, lot, Decimal(units), FIRST, LAST)
	return replace(line, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
	("kind", "units", "facts", "wrong"),
	[
		(Kind.USE, "-1.00", {"number": 3}, "the number is 3"),
		(Kind.USE, "-1.00", {"at": AT - timedelta(seconds=1)}, "earlier than the entry before"),
		(Kind.USE, "-5.01", {}, "it takes 5.01 of 5.00"),
		(Kind.USE, "-1.00", {"lot": "C1-2"}, "there is no lot C1-2"),
		(Kind.USE, "-1.00", {"lot": "C1-0"}, "there is no lot C1-0"),
		(Kind.USE, "-1.00", {"lot": "C1-01"}, "there is no lot C1-01"),
		(Kind.USE, "-1.00", {"lot": "C2-1"}, "there is no lot C2-1"),
		(Kind.USE, "-1.00", {"first_day": LAST}, "the lot runs from"),
		(Kind.USE, "-1.00", {"first_day": LATER}, "its lot ends on 2026-12-31"),
		(Kind.USE, "1.00", {}, "the amount is 1.00"),
		(Kind.USE, "0.00", {}, "the amount is 0"),
		(Kind.USE, "-1.00", {"reverses": 1}, "it reverses an entry"),
		(Kind.EXPIRY, "-4.99", {}, "4.99 of 5.00 expire"),
		(Kind.EXPIRY, "5.00", {}, "the amount is 5.00"),
		(Kind.RELEASE, "1.00", {}, "it reverses nothing"),
		(Kind.RELEASE, "1.00", {"reverses": 2}, "it reverses 2"),
		(Kind.RELEASE, "-1.00", {"reverses": 1}, "the amount is -1.00"),
		(Kind.CORRECTION, "-5.01", {"reverses": 1}, "it takes 5.01 of 5.00"),
		(Kind.CORRECTION, "1.00", {"reverses": 0}, "it reverses 0"),
		(Kind.PURCHASE, "1.00", {}, "it opens the lot C1-1"),
		(Kind.PURCHASE, "-1.00", {"lot": "C1-2"}, "the amount is -1.00"),
		(Kind.GRANT, "1.00", {"lot": "C1-3"}, "it opens the lot C1-3"),
	],
)
def test_what_no_ledger_can_hold(kind: Kind, units: str, facts: dict[str, object], wrong: str) -> None:
	account = opened(("5", FIRST, LAST))
	with pytest.raises(BrokenLedger) as broken:
		account.after(entry(account, kind, units, **facts))
	assert wrong in broken.value.wrong.wrong


@pytest.mark.parametrize("units", [2.0, Decimal("1.005"), Decimal("NaN")])
def test_no_entry_holds_what_is_no_amount(units: Decimal) -> None:
	with pytest.raises((TypeError, ValueError)):
		Account("C1").after(replace(entry(Account("C1"), Kind.GRANT, "1.00"), amount=units))


def test_the_balance_is_the_sum_of_all_entries() -> None:
	account = opened(("5", FIRST, LAST), ("2.50", FIRST, LATER))
	lines = booking.use(account, Decimal("6.25"), AT, "T1", "w")
	assert not isinstance(lines, Refusal)
	assert [after.balance for _, after in walk(account, lines)] == [Decimal("2.50"), Decimal("1.25")]


def test_a_use_takes_from_the_lot_that_ends_first_then_from_the_oldest() -> None:
	account = opened(("1", FIRST, LATER), ("2", FIRST, LAST), ("3", FIRST, LAST), ("4", LATER, LATER))
	assert [lot.name for lot in usable(account, AT.date())] == ["C1-2", "C1-3", "C1-1"]
	lines = booking.use(account, Decimal("5.50"), AT, "T1", "w")
	assert not isinstance(lines, Refusal)
	assert [(line.lot, str(line.amount)) for line in lines] == [
		("C1-2", "-2.00"), ("C1-3", "-3.00"), ("C1-1", "-0.50"),
	]  # fmt: skip
	assert {(line.ticket, line.work_log, line.at) for line in lines} == {("T1", "w", AT)}


@pytest.mark.parametrize(
	("day", "left"),
	[
		(FIRST - timedelta(days=1), "0.00"),
		(FIRST, "5.00"),
		(LAST, "5.00"),
		(LAST + timedelta(days=1), "0.00"),
	],
)
def test_a_lot_is_used_on_its_days_alone(day: date, left: str) -> None:
	account = replace(opened(("5", FIRST, LAST)), at=None)
	at = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
	assert str(left_on(account, day)) == left
	refusal = booking.use(account, Decimal("5.01"), at, "T1", "w")
	assert refusal == Refusal("balance_too_low", {"left": Decimal(left), "wanted": Decimal("5.01")})


def test_work_that_costs_nothing_makes_no_entry_and_none_can_cost_less() -> None:
	assert booking.use(opened(("5", FIRST, LAST)), Decimal(0), AT, "T1", "w") == ()
	with pytest.raises(ValueError, match="costs -1"):
		booking.use(opened(("5", FIRST, LAST)), Decimal(-1), AT, "T1", "w")


@pytest.mark.parametrize(
	("text", "kept"),
	[
		("  too\nmuch\t of it ", "too much of it"),
		("\x00\x1b[2J", "[2J"),
		("a\u202eb\u200bc", "a b c"),
		("é – ✓", "é – ✓"),  # noqa: RUF001
		("\ud800", ""),
	],
)
def test_a_reason_is_kept_on_one_line_that_can_be_seen(text: str, kept: str) -> None:
	assert booking.one_line(text) == kept


def test_a_grant_by_hand_without_a_reason_would_be_the_allotment_of_a_year() -> None:
	with pytest.raises(ValueError, match="reason"):
		booking.grant(Account("C1"), Decimal(1), AT, FIRST, LAST, " ")
