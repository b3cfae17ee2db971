"""What becomes of work that costs more strippen than there are: as the plan says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.contracts import OnShortage
from crm_support_ext.domain.payment import Costing, Payment, pay
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import Account
from tests.ledgers import Book, contract_of, in_words, moment

AT = moment("2026-03-02")


def paid(
	on_shortage: OnShortage, cost: str, minutes: int, *, balance: str = "3", purchase: str = "10"
) -> Payment:
	book = Book(contract_of(balance, on_shortage=on_shortage, purchase=purchase))
	book.catch_up(AT)
	payment = pay(book.account, book.contract, Costing(Decimal(cost), minutes, "T1", "w"), AT)
	assert isinstance(payment, Payment)
	return payment


def parts(payment: Payment) -> list[tuple[str, int, str]]:
	return [(part.settlement.value, part.minutes, str(part.strippen)) for part in payment.parts]


def lines(payment: Payment) -> list[str]:
	return [in_words(line).removeprefix("2026-03-02 ") for line in payment.lines]


@pytest.mark.parametrize("on_shortage", OnShortage)
def test_what_there_is_enough_of_pays_it_all(on_shortage: OnShortage) -> None:
	payment = paid(on_shortage, "3", 45)
	assert parts(payment) == [("Strippen", 45, "3.00")]
	assert lines(payment) == ["Use C1-1 -3.00"]


@pytest.mark.parametrize("on_shortage", OnShortage)
@pytest.mark.parametrize("balance", ["0", "3"])
def test_work_that_costs_nothing_is_paid_in_no_strippen(on_shortage: OnShortage, balance: str) -> None:
	payment = paid(on_shortage, "0", 0, balance=balance)
	assert (parts(payment), payment.lines) == ([("Strippen", 0, "0.00")], ())


def test_refuse() -> None:
	book = Book(contract_of("3"))
	refusal = book.use("3.01", AT)
	assert refusal == Refusal("balance_too_low", {"left": Decimal("3.00"), "wanted": Decimal("3.01")})
	assert book.lines() == ["2026-01-01 Grant C1-1 3.00"]


@pytest.mark.parametrize(
	("balance", "cost", "minutes", "expected"),
	[
		("3", "4", 60, [("Strippen", 45, "3.00"), ("Time and Material", 15, "0.00")]),
		("3", "4", 50, [("Strippen", 38, "3.00"), ("Time and Material", 12, "0.00")]),  # 37.5 rounded up
		("1", "3", 30, [("Strippen", 10, "1.00"), ("Time and Material", 20, "0.00")]),  # no more than a third
		("3", "4", 1, [("Strippen", 1, "3.00")]),  # a rest of 0 minutes is none
		("0.01", "4", 60, [("Strippen", 1, "0.01"), ("Time and Material", 59, "0.00")]),
		("0", "4", 60, [("Time and Material", 60, "0.00")]),  # 0 strippen are none
		("3", "4", 0, [("Strippen", 0, "3.00")]),
		("0", "4", 0, [("Time and Material", 0, "0.00")]),  # but the work is there
	],
)
def test_split(balance: str, cost: str, minutes: int, expected: list[tuple[str, int, str]]) -> None:
	payment = paid(OnShortage.SPLIT, cost, minutes, balance=balance)
	assert parts(payment) == expected
	assert lines(payment) == ([f"Use C1-1 -{Decimal(balance):.2f}"] if Decimal(balance) else [])


@pytest.mark.parametrize(
	("on_shortage", "is_refused"),
	[(OnShortage.REFUSE, True), (OnShortage.SPLIT, True), (OnShortage.PURCHASE, False)],
)
def test_nothing_is_billed_to_who_accepted_so_many_strippen(
	on_shortage: OnShortage, is_refused: bool
) -> None:
	book = Book(contract_of("3", on_shortage=on_shortage))
	book.catch_up(AT)
	costing = Costing(Decimal(4), 60, "T1", is_quoted=True)
	assert isinstance(pay(book.account, book.contract, costing, AT), Refusal) is is_refused


@pytest.mark.parametrize(
	("cost", "purchase", "expected"),
	[
		("4", "10", ["Purchase C1-2 10.00", "Use C1-1 -3.00", "Use C1-2 -1.00"]),
		("13", "10", ["Purchase C1-2 10.00", "Use C1-1 -3.00", "Use C1-2 -10.00"]),
		(
			"13.01",
			"10",
			[
				"Purchase C1-2 10.00",
				"Purchase C1-3 10.00",
				"Use C1-1 -3.00",
				"Use C1-2 -10.00",
				"Use C1-3 -0.01",
			],
		),
		(
			"3.50",
			"0.25",
			[
				"Purchase C1-2 0.25",
				"Purchase C1-3 0.25",
				"Use C1-1 -3.00",
				"Use C1-2 -0.25",
				"Use C1-3 -0.25",
			],
		),
	],
)
def test_purchase_buys_as_many_lots_as_the_cost_needs(cost: str, purchase: str, expected: list[str]) -> None:
	payment = paid(OnShortage.PURCHASE, cost, 40, purchase=purchase)
	assert (lines(payment), parts(payment)) == (expected, [("Strippen", 40, f"{Decimal(cost):.2f}")])
	bought = [line for line in payment.lines if line.kind == "Purchase"]
	assert {(str(line.first_day), str(line.last_day)) for line in bought} == {("2026-03-02", "2026-12-31")}


@pytest.mark.parametrize(("purchase", "day"), [("0", "2026-03-02"), ("10", "2028-03-02")])
def test_nothing_is_bought_in_lots_of_nothing_or_outside_of_the_contract(purchase: str, day: str) -> None:
	book = Book(contract_of("3", on_shortage=OnShortage.PURCHASE, purchase=purchase))
	assert isinstance(book.use("4", day), Refusal)


@given(
	st.decimals(0, 100, places=2),
	st.decimals("0.01", 100, places=2),
	st.integers(0, 10**6),
)
def test_the_parts_of_a_split_are_the_whole(balance: Decimal, cost: Decimal, minutes: int) -> None:
	account = Book(contract_of(str(balance), on_shortage=OnShortage.SPLIT))
	account.catch_up(AT)
	payment = pay(account.account, account.contract, Costing(cost, minutes, "T1"), AT)
	assert isinstance(payment, Payment)
	assert sum(part.minutes for part in payment.parts) == minutes
	strippen = sum(part.strippen for part in payment.parts)
	assert strippen == min(balance, cost) == -sum(line.amount for line in payment.lines)
	if 0 < balance < cost:
		exact = Fraction(balance) / Fraction(cost) * minutes
		assert 0 <= payment.parts[0].minutes - exact < 1
	assert len(payment.parts) == 1 or all(part.minutes for part in payment.parts)


def test_a_payment_never_looks_at_what_was_not_caught_up() -> None:
	assert isinstance(pay(Account("C1"), contract_of(), Costing(Decimal(1), 15, "T1"), AT), Refusal)
