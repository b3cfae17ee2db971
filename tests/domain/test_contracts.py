"""Contracts: which days are theirs, which years, and what each grants."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_support_ext.domain.contracts import (
	COUNTING,
	LIVE,
	Contract,
	OnShortage,
	Plan,
	State,
	contract_on,
	months_on,
	move,
	overlapping,
	renewed,
)
from crm_support_ext.domain.results import Refusal

DAY = timedelta(days=1)
PLAN = Plan("standard", Decimal(10))
DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))


def contract(
	start: date, end: date, product: str = "", name: str = "C1", customer: str = "ACME", plan: Plan = PLAN
) -> Contract:
	return Contract(name, customer, plan, start, end, product)


@pytest.mark.parametrize(
	("start", "end", "firsts"),
	[
		(date(2026, 1, 1), date(2027, 12, 31), ["2026-01-01", "2027-01-01"]),
		(date(2026, 1, 1), date(2028, 1, 1), ["2026-01-01", "2027-01-01", "2028-01-01"]),
		(date(2026, 7, 15), date(2026, 7, 15), ["2026-07-15"]),
		(date(2026, 7, 15), date(2027, 7, 14), ["2026-07-15"]),
		(
			date(2024, 2, 29),
			date(2028, 3, 1),
			["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
		),
		(date(2027, 2, 28), date(2029, 2, 27), ["2027-02-28", "2028-02-28"]),
		(date(9998, 5, 1), date.max, ["9998-05-01", "9999-05-01"]),
	],
)
def test_contract_years_begin_at_the_start_and_at_its_anniversaries(
	start: date, end: date, firsts: list[str]
) -> None:
	assert [str(year.first) for year in contract(start, end).years()] == firsts


@given(DAYS, st.integers(0, 3000), st.integers(-40, 3100))
@example(date(2024, 2, 29), 1461, 365)
@example(date(2024, 2, 29), 1461, 364)
def test_the_years_cover_the_term_without_gap_and_each_day_has_its_own(
	start: date, length: int, at: int
) -> None:
	end, day = start + length * DAY, start + at * DAY
	term = contract(start, end)
	years = list(term.years())
	assert (years[0].first, years[-1].last) == (start, end)
	assert [year.is_last for year in years] == [False] * (len(years) - 1) + [True]
	for before, after in pairwise(years):
		assert before.last + DAY == after.first
		assert (after.first.month, after.first.day) in ((start.month, start.day), (2, 28))
	holding = [year for year in years if year.first <= day <= year.last]
	assert [term.year_of(day)] == (holding or [None])
	assert term.covers(day) is bool(holding)


@pytest.mark.parametrize(
	("start", "end", "granted"),
	[
		(date(2026, 1, 1), date(2026, 12, 31), ["10.00"]),
		(date(2026, 1, 1), date(2027, 6, 30), ["10.00", "4.96"]),  # 181 of 365 days
		(date(2027, 1, 1), date(2028, 6, 30), ["10.00", "4.97"]),  # 182 of 366 days
		(date(2024, 2, 29), date(2024, 2, 29), ["0.03"]),  # 1 of 365: the next one begins on 28 February
		(date(2027, 3, 1), date(2028, 2, 29), ["10.00"]),
	],
)
def test_a_year_that_the_end_cuts_grants_pro_rata_if_the_plan_says_so(
	start: date, end: date, granted: list[str]
) -> None:
	by_days = contract(start, end, plan=Plan("by days", Decimal(10), is_pro_rata=True))
	whole = contract(start, end)
	assert [str(by_days.allotment(year)) for year in by_days.years()] == granted
	assert {str(whole.allotment(year)) for year in whole.years()} == {"10.00"}


@given(DAYS, st.integers(0, 1200), st.decimals(0, 1000, places=2))
def test_an_allotment_is_the_share_of_its_days_half_a_cent_up(
	start: date, length: int, strippen: Decimal
) -> None:
	plan = Plan("by days", strippen, is_pro_rata=True)
	cut = contract(start, start + length * DAY, plan=plan)
	*whole, last = cut.years()
	assert [cut.allotment(year) for year in whole] == [strippen] * len(whole)
	days = sum(1 for number in range(367) if last.first + number * DAY <= last.last)
	endless = contract(start, date(2060, 1, 1))
	of = next(year for year in endless.years() if year.first == last.first)
	share = Fraction(strippen) * days / ((of.last - of.first).days + 1)
	assert cut.allotment(last) * 100 == (share * 100 + Fraction(1, 2)) // 1


@pytest.mark.parametrize(
	("one", "other", "overlap"),
	[
		(("2026-01-01", "2026-12-31", ""), ("2027-01-01", "2027-12-31", ""), False),
		(("2026-01-01", "2026-12-31", ""), ("2026-12-31", "2027-12-31", ""), True),
		(("2026-01-01", "2026-12-31", "CRM"), ("2026-06-01", "2026-06-01", "CRM"), True),
		(("2026-01-01", "2026-12-31", "CRM"), ("2026-06-01", "2026-06-01", "Mail"), False),
		(("2026-01-01", "2026-12-31", "CRM"), ("2026-06-01", "2026-06-01", ""), True),
	],
)
def test_contracts_overlap_on_a_day_in_common_if_their_products_meet(
	one: tuple[str, str, str], other: tuple[str, str, str], overlap: bool
) -> None:
	a, b = (
		contract(date.fromisoformat(start), date.fromisoformat(end), product)
		for start, end, product in (one, other)
	)
	assert a.overlaps(b) is b.overlaps(a) is overlap
	assert list(overlapping([a, b])) == ([(a, b)] if overlap else [])
	elsewhere = Contract("C9", "Bolt", PLAN, b.start, b.end, b.product)
	assert not a.overlaps(elsewhere) and not list(overlapping([a, elsewhere]))


def test_the_contract_of_a_day_is_the_one_of_that_very_product_then_one_of_all_products() -> None:
	first, last = date(2026, 1, 1), date(2026, 12, 31)
	crm = contract(first, last, "CRM", "C1")
	mail = contract(first, last, "Mail", "C2")
	whole = contract(first, last, "", "C3", "Bolt")
	following = contract(last + DAY, last + 365 * DAY, "CRM", "C4")
	all_of_them = (following, whole, mail, crm)

	def found(customer: str, product: str, day: date = first) -> str | None:
		of_day = contract_on(all_of_them, customer, product, day)
		return of_day.name if of_day else None

	assert found("ACME", "CRM") == "C1"
	assert found("ACME", "CRM", last) == "C1"
	assert found("ACME", "CRM", last + DAY) == "C4"
	assert found("ACME", "Mail") == "C2"
	assert found("ACME", "Phone") is None
	assert found("ACME", "") == "C2"  # nothing known of the product: the first that meets it
	assert found("Bolt", "CRM") == found("Bolt", "") == "C3"
	assert found("Bolt", "CRM", last + DAY) is None
	assert found("", "CRM") is None


def test_an_exact_product_comes_before_all_products_whatever_the_order() -> None:
	exact = contract(date(2026, 1, 1), date(2026, 12, 31), "CRM")
	broad = contract(date(2026, 1, 1), date(2026, 12, 31))
	for order in ((exact, broad), (broad, exact)):
		assert contract_on(order, "ACME", "CRM", date(2026, 5, 1)) is exact
		assert contract_on(order, "ACME", "Mail", date(2026, 5, 1)) is broad
		assert contract_on(order, "ACME", "", date(2026, 5, 1)) is broad


@pytest.mark.parametrize(
	("end", "months", "new_end"),
	[
		(date(2026, 12, 31), 12, date(2027, 12, 31)),
		(date(2026, 6, 14), 24, date(2028, 6, 14)),
		(date(2027, 2, 28), 12, date(2028, 2, 29)),
		(date(2026, 11, 30), 3, date(2027, 2, 28)),
	],
)
def test_a_renewal_joins_the_next_term_to_the_last_day(end: date, months: int, new_end: date) -> None:
	assert renewed(contract(date(2026, 1, 1), end), months).end == new_end


def test_months_end_with_the_last_day_that_there_is() -> None:
	assert months_on(date(2026, 10, 31), 4) == date(2027, 2, 28)
	assert months_on(date(2026, 10, 31), -1) == date(2026, 9, 30)


def test_states_follow_each_other_as_the_table_says() -> None:
	moves = {
		(State.DRAFT, State.ACTIVE),
		(State.ACTIVE, State.SUSPENDED), (State.ACTIVE, State.EXPIRED), (State.ACTIVE, State.ENDED),
		(State.SUSPENDED, State.ACTIVE), (State.SUSPENDED, State.ENDED),
		(State.EXPIRED, State.ACTIVE), (State.EXPIRED, State.ENDED),
	}  # fmt: skip
	for state in State:
		for to in State:
			allowed = state is to or (state, to) in moves
			assert move(state, to) == (
				None if allowed else Refusal("no_such_move", {"state": state, "to": to})
			)
	assert LIVE <= COUNTING and not COUNTING & {State.DRAFT, State.SUSPENDED}


def test_a_plan_refuses_what_is_short_unless_it_says_otherwise() -> None:
	assert (PLAN.on_shortage, PLAN.carry_over, PLAN.purchase) == (OnShortage.REFUSE, Decimal(0), Decimal(10))
