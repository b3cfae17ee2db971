"""Settlement: the table decides, and two laws stand above any table."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.quotations import Offer, SettlesIn
from crm_support_ext.domain.settlement import (
	EVERYTHING_ELSE,
	RULES,
	Choice,
	Law,
	Place,
	Role,
	Rule,
	Settlement,
	Work,
	settle,
)

FREE, STRIPPEN, BILLED = Settlement.FREE, Settlement.STRIPPEN, Settlement.TIME_AND_MATERIAL
HELPDESK, PROGRAMMER, CONSULTANT = Role
KINDS = ("", "something new", *(kind.value for kind in Kind))
ACTIVITIES = ("", "user support", "visit")
OFFERS = (
	None,
	Offer("Q1", SettlesIn.FIXED_PRICE, Decimal(600)),
	Offer("Q2", SettlesIn.STRIPPEN, Decimal(4)),
)
EVERY_WORK = [
	Work(kind, activity, role, place, 15, has_contract)
	for kind, activity, role, place, has_contract in product(KINDS, ACTIVITIES, Role, Place, (True, False))
]

rules = st.builds(
	Rule,
	st.sampled_from(Choice),
	st.sampled_from(KINDS),
	st.sampled_from(ACTIVITIES),
	st.none() | st.sampled_from(Role),
	st.none() | st.sampled_from(Place),
	st.none() | st.booleans(),
)
tables = st.lists(rules, max_size=8)
works = st.sampled_from(EVERY_WORK)


def work(kind: str, role: Role = HELPDESK, place: Place = Place.REMOTE, has_contract: bool = True) -> Work:
	return Work(kind, "", role, place, 15, has_contract)


@pytest.mark.parametrize(
	("done", "settlement", "rule"),
	[
		(work("fault", has_contract=False), BILLED, "no contract"),
		(work("fault", place=Place.ON_SITE), BILLED, "on site"),
		(work("fault"), FREE, "fault"),
		(work("fault", PROGRAMMER), FREE, "fault"),
		(work("fault", CONSULTANT), FREE, "fault"),
		(work("complaint"), FREE, "complaint, helpdesk"),
		(work("licence"), FREE, "licence, helpdesk"),
		(work("licence", CONSULTANT), BILLED, "everything else"),
		(work("complaint", PROGRAMMER), BILLED, "everything else"),
		(work("question"), STRIPPEN, "question, helpdesk, remote"),
		(work("user support"), STRIPPEN, "user support, helpdesk, remote"),
		(work("wish"), STRIPPEN, "wish, helpdesk, remote"),
		(work("wish", PROGRAMMER), BILLED, "everything else"),
		(work("user support", CONSULTANT), BILLED, "everything else"),
		(work("user support", place=Place.ON_SITE), BILLED, "on site"),
		(work("extension"), BILLED, "everything else"),
		(work(""), BILLED, "everything else"),
		(work("something new"), BILLED, "everything else"),
		(work("", has_contract=False, place=Place.ON_SITE), BILLED, "no contract"),
	],
)
def test_the_first_row_that_fits_decides(done: Work, settlement: Settlement, rule: str) -> None:
	decision = settle(done)
	assert (decision.settlement, decision.name) == (settlement, rule)
	assert decision.overruled_by is None


def test_an_accepted_fixed_price_takes_all_that_is_not_free() -> None:
	fixed, in_strippen = OFFERS[1], OFFERS[2]
	assert settle(work("extension"), RULES, fixed).settlement is Settlement.FIXED_PRICE
	assert settle(work("extension"), RULES, in_strippen).settlement is BILLED
	assert settle(work("wish"), RULES, in_strippen).settlement is STRIPPEN
	assert settle(work("wish"), RULES, fixed).overruled_by is Law.ASSIGNMENT
	assert settle(work("fault"), RULES, fixed).settlement is FREE


@pytest.mark.parametrize("done", EVERY_WORK, ids=str)
def test_a_table_that_gives_everything_to_strippen_does_not_get_what_the_laws_keep(done: Work) -> None:
	decision = settle(done, [Rule(Choice.STRIPPEN)])
	may_be = done.role is not PROGRAMMER and done.place is Place.REMOTE and done.has_contract
	assert decision.settlement is (STRIPPEN if may_be else BILLED)
	assert (decision.overruled_by is None) is may_be
	assert decision.rule.name == "everything else"


@given(tables, works, st.sampled_from(OFFERS))
def test_the_laws_hold_over_any_table(table: list[Rule], done: Work, offer: Offer | None) -> None:
	decision = settle(done, table, offer)
	if done.role is PROGRAMMER or done.place is Place.ON_SITE or not done.has_contract:
		assert decision.settlement is not STRIPPEN
	if decision.settlement is Settlement.FIXED_PRICE:
		assert offer is not None and offer.is_fixed_price
	if decision.settlement is BILLED:
		assert offer is None or not offer.is_fixed_price


@given(tables, works)
def test_a_table_decides_by_its_first_row_that_fits_and_bills_what_none_fits(
	table: list[Rule], done: Work
) -> None:
	def fits(rule: Rule) -> bool:
		asked = (rule.kind, rule.activity, rule.role, rule.place)
		given = (done.kind, done.activity, done.role, done.place)
		return all(a in ("", None, b) for a, b in zip(asked, given, strict=True)) and (
			rule.has_contract is None or rule.has_contract is done.has_contract
		)

	fitting = [rule for rule in table if fits(rule)]
	decision = settle(done, table)
	assert decision.rule is (fitting[0] if fitting else EVERYTHING_ELSE)
	if decision.overruled_by is None:
		wanted = {Choice.FREE: FREE, Choice.STRIPPEN: STRIPPEN, Choice.BILLED: BILLED}
		assert decision.settlement is wanted[decision.rule.settlement]
	else:
		assert decision.rule.settlement is Choice.STRIPPEN and decision.name == decision.overruled_by.value


def test_a_law_is_named_by_what_it_protects() -> None:
	everything = [Rule(Choice.STRIPPEN, "wish")]
	assert settle(work("wish", PROGRAMMER), everything).overruled_by is Law.PROGRAMMER
	assert settle(work("wish", CONSULTANT, Place.ON_SITE), everything).overruled_by is Law.ON_SITE
	assert settle(work("wish", has_contract=False), everything).overruled_by is Law.NO_CONTRACT
	assert settle(work("wish", CONSULTANT), everything).overruled_by is None


def test_a_rule_is_named_by_its_conditions() -> None:
	named = Rule(Choice.FREE, "wish", "visit", CONSULTANT, Place.ON_SITE, has_contract=True)
	assert named.name == "with a contract, wish, visit, consultant, on site"
	assert Rule(Choice.FREE).name == "everything else"
