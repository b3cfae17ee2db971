"""Warnings that strippen run out: at 75, 90 and 100 % used (domain.md section 6), once each per contract year.

The share is what was used of all that was granted, bought and carried over into the contract year. What is bought in
between lowers it; a share that was told is not told again, which is for who keeps what was told.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from crm_support_ext.domain.strippen import NOTHING, Account

SHARES = (75, 90, 100)
"""At so many per cent somebody hears of it."""


def used(account: Account, day: date) -> Decimal | None:
	"""How many of the contract year's strippen are used on a day of it; None: there were none, or the year is over."""
	if account.given <= NOTHING or account.given_to is None or account.given_to < day:
		return None
	return account.given - sum(
		(lot.left for lot in account.lots if lot.last_day == account.given_to), NOTHING
	)


def share_used(account: Account, day: date) -> Fraction | None:
	"""Which part of them it is."""
	taken = used(account, day)
	return None if taken is None else Fraction(taken) / Fraction(account.given)


def reached(account: Account, day: date) -> tuple[int, ...]:
	"""Those of ``SHARES`` that the account has reached in the contract year of the day."""
	share = share_used(account, day)
	return tuple(each for each in SHARES if share is not None and share * 100 >= each)
