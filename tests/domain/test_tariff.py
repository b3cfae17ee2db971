"""The tariff: started quarters and fixed numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.tariff import Price, cost

TARIFF = {
	"user support": Price(per_started_quarter=Decimal("1.5")),
	"visit": Price(fixed=Decimal(2)),
	"on the house": Price(per_started_quarter=Decimal(0)),
}


@pytest.mark.parametrize(
	("activity", "minutes", "expected"),
	[
		("user support", 0, "0.00"),
		("user support", 1, "1.50"),
		("user support", 15, "1.50"),
		("user support", 16, "3.00"),
		("user support", 60, "6.00"),
		("visit", 0, "2.00"),
		("visit", 500, "2.00"),
		("on the house", 90, "0.00"),
		("anything", 31, "3.00"),
		("", 15, "1.00"),
		("", 0, "0.00"),
	],
)
def test_work_costs_what_the_tariff_says(activity: str, minutes: int, expected: str) -> None:
	assert str(cost(TARIFF, activity, minutes)) == expected


@given(st.decimals(0, 1000, places=3), st.integers(0, 100_000))
def test_a_cost_is_exact_to_half_a_cent(per_quarter: Decimal, minutes: int) -> None:
	quarters = sum(1 for _ in range(0, minutes, 15))
	exact = Fraction(per_quarter) * quarters * 100
	assert cost({"a": Price(per_quarter)}, "a", minutes) * 100 == (exact + Fraction(1, 2)) // 1
