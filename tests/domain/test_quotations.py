"""Quotations: who may do what with one and until when, what it must say, and how much may be booked on it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.quotations import Offer, Party, SettlesIn, State, Terms, fits, incomplete, move

LAST = date(2026, 3, 31)
BEFORE, AFTER = LAST - timedelta(days=1), LAST + timedelta(days=1)

POSSIBLE = {
	(State.DRAFT, State.SENT): Party.AGENT,
	(State.DRAFT, State.WITHDRAWN): Party.AGENT,
	(State.SENT, State.WITHDRAWN): Party.AGENT,
	(State.SENT, State.ACCEPTED): Party.ORDERER,
	(State.SENT, State.DECLINED): Party.ORDERER,
	(State.SENT, State.EXPIRED): Party.CLOCK,
	(State.ACCEPTED, State.REPLACED): Party.ORDERER,
}


@pytest.mark.parametrize(("before", "after", "by"), list(product(State, State, Party)))
def test_only_the_table_moves_a_quotation(before, after, by):
	day = AFTER if after is State.EXPIRED else BEFORE
	refusal = move(before, after, by, LAST, day)
	if (before, after) not in POSSIBLE:
		assert refusal.code == "quotation_is" and refusal.facts == {"state": before, "to": after}
	elif POSSIBLE[before, after] is not by:
		assert refusal.code == "quotation_not_yours"
	else:
		assert refusal is None


@pytest.mark.parametrize("to", [State.ACCEPTED, State.DECLINED])
def test_it_is_answered_until_the_end_of_its_last_day(to):
	assert move(State.SENT, to, Party.ORDERER, LAST, LAST) is None
	refusal = move(State.SENT, to, Party.ORDERER, LAST, AFTER)
	assert (refusal.code, refusal.facts) == ("quotation_expired", {"valid_until": LAST})


def test_it_expires_on_the_day_after_and_not_before():
	assert move(State.SENT, State.EXPIRED, Party.CLOCK, LAST, LAST).code == "quotation_still_valid"
	assert move(State.SENT, State.EXPIRED, Party.CLOCK, LAST, AFTER) is None


def test_what_has_passed_is_not_sent_and_an_agent_may_withdraw_it_at_any_time():
	assert move(State.DRAFT, State.SENT, Party.AGENT, LAST, AFTER).code == "quotation_expired"
	assert move(State.SENT, State.WITHDRAWN, Party.AGENT, LAST, AFTER) is None


def strippen(estimate="3", maximum="4", valid_until=LAST):
	return Terms(SettlesIn.STRIPPEN, Decimal(maximum), valid_until, estimate=Decimal(estimate))


def fixed(price="500", minutes="240", valid_until=LAST):
	return Terms(SettlesIn.FIXED_PRICE, Decimal(minutes), valid_until, price=Decimal(price))


@pytest.mark.parametrize(
	("terms", "code"),
	[
		(strippen(), None),
		(strippen("4", "4"), None),
		(strippen("0.01", "0.01"), None),
		(strippen("4.01", "4"), "estimate_above_maximum"),
		(strippen("3", "0"), "quotation_without_maximum"),
		(strippen("3", "-1"), "quotation_without_maximum"),
		(strippen("0", "4"), "quotation_without_estimate"),
		(strippen(valid_until=None), "quotation_without_end"),
		(strippen(valid_until=BEFORE - timedelta(days=1)), "quotation_ends_before"),
		(strippen(valid_until=BEFORE), None),
		(fixed(), None),
		(fixed(price="0"), "quotation_without_price"),
		(fixed(minutes="0"), "quotation_without_maximum"),
		(fixed(valid_until=BEFORE - timedelta(days=1)), "quotation_ends_before"),
	],
)
def test_what_it_must_say(terms, code):
	refusal = incomplete(terms, BEFORE)
	assert (refusal.code if refusal else None) == code


amounts = st.decimals("0", "20", places=2)


@given(st.decimals("0.01", "50", places=2), st.lists(amounts, max_size=40))
def test_never_more_is_booked_than_the_maximum_and_nothing_that_fits_is_refused(maximum, wanted):
	used = Decimal(0)
	for amount in wanted:
		offer = Offer("SQ-00001", SettlesIn.STRIPPEN, maximum, used)
		refusal = fits(offer, amount)
		assert (refusal is None) == (used + amount <= maximum)
		if refusal is None:
			used += amount
		else:
			assert refusal.code == "above_the_quotation"
			assert refusal.facts["left"] == maximum - used and refusal.facts["wanted"] == amount
	assert used <= maximum


def test_where_more_was_booked_than_there_is_nothing_is_left():
	offer = Offer("SQ-00001", SettlesIn.FIXED_PRICE, Decimal(60), Decimal(90))
	assert offer.left == 0 and offer.is_fixed_price
	assert fits(offer, Decimal(1)).facts["left"] == 0
	assert fits(offer, Decimal(0)) is None
