"""The priority of parked items: worked examples, and what holds of any items, weights and releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_support_ext.domain.parked_priority import (
	Item,
	Planned,
	Weights,
	Workaround,
	forecasts,
	order_key,
	ranked,
	refuses,
	score,
)

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TODAY = date(2026, 6, 1)
USUAL = Weights()

amounts = st.decimals(0, 1000, places=2)
efforts = st.one_of(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(3)]), amounts)
moments = st.integers(0, 3).map(lambda days: START + timedelta(days))
items = st.builds(
	Item,
	name=st.text(min_size=1, max_size=3),
	workaround=st.sampled_from(Workaround),
	effort=efforts,
	customers=st.integers(0, 4),
	users=st.integers(0, 6),
	first_parked=moments,
	regressions=st.integers(0, 3),
)
weights = st.one_of(
	st.just(USUAL),
	st.builds(
		lambda customer, user, back, factors: Weights(
			customer, user, back, dict(zip(Workaround, sorted(factors, reverse=True), strict=True))
		),
		amounts,
		amounts,
		amounts,
		st.lists(amounts, min_size=3, max_size=3),
	),
)
lists = st.lists(items, max_size=8, unique_by=lambda item: item.name)
releases = st.lists(
	st.builds(
		lambda number, days, capacity: Planned(str(number), TODAY + timedelta(days), capacity),
		st.integers(0, 99),
		st.integers(-3, 10),
		amounts,
	),
	max_size=5,
)


def item(
	name: str = "P1",
	workaround: Workaround = Workaround.NONE,
	effort: str = "1",
	customers: int = 1,
	users: int = 1,
	day: int = 0,
) -> Item:
	return Item(name, workaround, Decimal(effort), customers, users, START + timedelta(day))


@pytest.mark.parametrize(
	("of", "shown"),
	[
		(item(customers=2, users=3), "27.00"),  # (2 x 3 + 3 x 1) x 3 / 1
		(item(customers=2, users=3, workaround=Workaround.AWKWARD), "18.00"),
		(item(customers=2, users=3, workaround=Workaround.GOOD, effort="8"), "1.12"),  # 1.125
		(item(customers=2, users=5, workaround=Workaround.GOOD, effort="8"), "1.38"),  # 1.375
		(item(effort="0.5"), "24.00"),
		(item(effort="0.1"), "24.00"),
		(item(effort="0"), "24.00"),
		(item(customers=0, users=0), "0.00"),
		(item(customers=1, users=1, effort="7"), "1.71"),
	],
)
def test_a_score(of: Item, shown: str) -> None:
	assert str(score(of, USUAL)) == shown


def test_a_score_shows_its_parts() -> None:
	parts = score(item(customers=2, users=3, workaround=Workaround.AWKWARD, effort="0.1"), USUAL)
	assert (parts.customers, parts.users, parts.workaround, parts.days) == (6, 3, 2, Decimal("0.5"))


def test_what_came_back_weighs_as_a_customer_more() -> None:
	assert str(score(replace(item(), regressions=2), USUAL)) == "30.00"  # (3 + 1 + 2 x 3) x 3 / 1


def test_weights_of_a_desk() -> None:
	weighed = Weights(
		Decimal("1.5"), Decimal(0), workaround={**USUAL.workaround, Workaround.NONE: Decimal(10)}
	)
	assert str(score(item(customers=3, users=9, effort="2"), weighed)) == "22.50"


def test_the_order_goes_by_the_exact_score() -> None:
	"""Both show 0.33; a third is more than 0.333."""
	a = item("A", Workaround.GOOD, "12.012", users=1)
	b = item("B", Workaround.GOOD, "12", users=1)
	assert str(score(a, USUAL)) == str(score(b, USUAL)) == "0.33"
	assert ranked([a, b], USUAL) == [b, a]


def test_of_equal_scores_the_first_parked_comes_first_and_then_the_name() -> None:
	late, b, a = item("A", day=1), item("C"), item("B")
	assert ranked([late, b, a], USUAL) == [a, b, late]


def plan(*releases: tuple[str, int, str]) -> list[Planned]:
	return [
		Planned(version, TODAY + timedelta(days), Decimal(capacity)) for version, days, capacity in releases
	]


@pytest.mark.parametrize(
	("needed", "planned", "expected"),
	[
		(["5", "15", "1"], plan(("9.2", 30, "20")), ["9.2", "9.2", None]),
		(["5", "16", "1"], plan(("9.3", 60, "5"), ("9.2", 30, "20")), ["9.2", "9.3", "9.3"]),
		(["21", "1"], plan(("9.2", 30, "20"), ("9.3", 60, "1")), ["9.3", None]),
		(["1"], plan(("9.1", -1, "20"), ("9.2", 0, "1")), ["9.2"]),  # the one of yesterday is out
		(["0", "0"], plan(("9.2", 30, "0")), ["9.2", "9.2"]),
		(["0"], [], [None]),
		(["0.1"], plan(("9.2", 30, "0"), ("9.3", 30, "1")), ["9.3"]),  # those of one day in their order
		([], plan(("9.2", 30, "20")), []),
	],
)
def test_a_forecast(needed: list[str], planned: list[Planned], expected: list[str | None]) -> None:
	assert list(forecasts(map(Decimal, needed), planned, TODAY)) == expected


@given(lists, weights, st.randoms(use_true_random=False))
def test_the_order_is_total_and_stable(of: list[Item], weigh: Weights, chance: Random) -> None:
	"""Whatever order they come in, and whichever of them are looked at, two items stand the same way."""
	order = ranked(of, weigh)
	shuffled = list(of)
	chance.shuffle(shuffled)
	assert ranked(shuffled, weigh) == order
	some = [each for each in of if chance.random() < 0.5]
	assert ranked(some, weigh) == [each for each in order if each in some]


@given(lists, weights)
def test_the_keys_stand_as_the_items_do(of: list[Item], weigh: Weights) -> None:
	assert sorted(of, key=lambda each: order_key(each, weigh)) == ranked(of, weigh)
	assert len({len(order_key(each, weigh)) - len(each.name) for each in of}) <= 1


@given(lists, weights, st.data())
def test_what_makes_an_item_more_urgent_never_lowers_it(
	of: list[Item], weigh: Weights, data: st.DataObject
) -> None:
	assume(of)
	before = data.draw(st.sampled_from(of))
	worse = list(Workaround)[: list(Workaround).index(before.workaround) + 1]
	after = replace(
		before,
		customers=before.customers + data.draw(st.integers(0, 2)),
		users=before.users + data.draw(st.integers(0, 2)),
		regressions=before.regressions + data.draw(st.integers(0, 2)),
		workaround=data.draw(st.sampled_from(worse)),
		effort=data.draw(st.decimals(0, before.effort, places=2)),
	)
	raised = [after if each is before else each for each in of]
	assert ranked(raised, weigh).index(after) <= ranked(of, weigh).index(before)


@given(items, weights)
def test_a_score_is_what_the_rule_says(of: Item, weigh: Weights) -> None:
	days = Fraction(of.effort) if of.effort > Fraction(1, 2) else Fraction(1, 2)
	reported = of.customers * Fraction(weigh.per_customer) + of.users * Fraction(weigh.per_user)
	reported += of.regressions * Fraction(weigh.per_regression)
	assert score(of, weigh).value == reported * Fraction(weigh.workaround[of.workaround]) / days


@given(st.lists(efforts, max_size=8), releases)
def test_a_forecast_is_never_earlier_for_a_lower_rank(needed: list[Decimal], planned: list[Planned]) -> None:
	numbered = [replace(each, version=f"{at}") for at, each in enumerate(planned)]
	when = {each.version: each.date for each in numbered}
	dates = [when[each] if each is not None else date.max for each in forecasts(needed, numbered, TODAY)]
	assert dates == sorted(dates)
	assert all(day >= TODAY for day in dates)


@given(st.lists(efforts, max_size=8), releases)
def test_a_forecast_is_the_first_release_that_has_room(needed: list[Decimal], planned: list[Planned]) -> None:
	"""Reckoned anew for each item, release by release."""
	numbered = [replace(each, version=f"{at}") for at, each in enumerate(planned)]
	for rank, found in enumerate(forecasts(needed, numbered, TODAY)):
		room, expected = Decimal(0), None
		for day in range(11):
			for each in numbered:
				if expected is None and each.date == TODAY + timedelta(day):
					room += each.capacity
					expected = each.version if room >= sum(needed[: rank + 1]) else None
		assert found == expected


def by(*counted: str, times: tuple[str, ...] = ("3", "2", "1")) -> Weights:
	factors = dict(zip(Workaround, map(Decimal, times), strict=True))
	return Weights(*map(Decimal, counted), factors)


@pytest.mark.parametrize(
	("weights", "code"),
	[
		(USUAL, None),
		(by("1000", "0", "0"), None),
		(by("0", "0", "0.01", times=("1", "0", "0")), None),
		(by("3", "-0.01", "3"), "weight_out_of_bounds"),
		(by("1000.01", "1", "3"), "weight_out_of_bounds"),
		(by("0", "0", "0"), "weights_all_zero"),
		(by("3", "1", "3", times=("0", "0", "0")), "weights_all_zero"),
		(by("3", "1", "3", times=("2", "3", "1")), "workaround_weighs_more"),
	],
)
def test_by_what_nobody_can_weigh(weights: Weights, code: str | None) -> None:
	refused = refuses(weights)
	assert (refused and refused.code) == code


@given(weights, items)
def test_whatever_is_not_refused_gives_a_score_that_the_order_key_holds(weights: Weights, item: Item) -> None:
	assume(refuses(weights) is None)
	many = replace(item, customers=10**6, users=10**6, regressions=10**6)
	assert len(order_key(many, weights).split(" ", 1)[0]) == len(order_key(item, weights).split(" ", 1)[0])
	assert "-" not in order_key(many, weights).split(" ", 1)[0]
