"""At which shares of a contract year's strippen somebody hears of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from crm_support_ext.domain.booking import correct, grant, purchase, release, use
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import Account, account_after
from crm_support_ext.domain.strippen_warnings import reached, share_used

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
DAY = AT.date()


def granted(units: str = "10") -> Account:
	start = Account("C1")
	return account_after(start, grant(start, Decimal(units), AT, FIRST, LAST, "to begin with"))


def used(account: Account, units: str, work_log: str = "w") -> Account:
	lines = use(account, Decimal(units), AT, "T1", work_log)
	assert not isinstance(lines, Refusal)
	return account_after(account, lines)


@pytest.mark.parametrize(
	("units", "shares"),
	[
		("7.49", ()),
		("7.50", (75,)),
		("8.99", (75,)),
		("9", (75, 90)),
		("9.99", (75, 90)),
		("10", (75, 90, 100)),
	],
)
def test_a_share_is_reached_to_the_hundredth(units: str, shares: tuple[int, ...]) -> None:
	assert reached(used(granted(), units), DAY) == shares


def test_nothing_given_nothing_reached() -> None:
	assert (share_used(Account("C1"), DAY), reached(Account("C1"), DAY)) == (None, ())


def test_a_purchase_counts_with_what_was_granted() -> None:
	account = used(granted(), "10")
	account = account_after(account, purchase(account, Decimal(10), AT, DAY, LAST))
	assert (share_used(account, DAY), reached(account, DAY)) == (Fraction(1, 2), ())


def test_what_is_given_back_or_corrected_is_not_used() -> None:
	account = granted()
	lines = use(account, Decimal(8), AT, "T1", "w")
	assert not isinstance(lines, Refusal)
	after = account_after(account, lines)
	assert share_used(after, DAY) == Fraction(4, 5)
	assert share_used(account_after(after, release(after, lines, AT)), DAY) == 0
	corrected = correct(after, lines[0], None, AT, "not theirs")
	assert not isinstance(corrected, Refusal)
	assert share_used(account_after(after, corrected), DAY) == 0


def test_a_purchase_that_was_corrected_was_not_given() -> None:
	account = used(granted(), "8")
	bought = purchase(account, Decimal(10), AT, DAY, LAST)
	account = account_after(account, bought)
	corrected = correct(account, bought[0], None, AT, "ordered twice")
	assert not isinstance(corrected, Refusal)
	assert share_used(account_after(account, corrected), DAY) == Fraction(4, 5)


def test_the_next_year_begins_anew_and_a_year_that_is_over_warns_nobody() -> None:
	account = used(granted(), "10")
	later, end = date(2027, 1, 1), date(2027, 12, 31)
	assert reached(account, later) == ()
	lines = grant(account, Decimal(10), AT + timedelta(days=365), later, end, "the next year")
	assert share_used(account_after(account, lines), later) == 0
