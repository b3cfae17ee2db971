"""Which groups of alike tickets grow, and that a dismissed one never comes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.signals import (
	Bounds,
	Case,
	Growth,
	Kind,
	State,
	Step,
	decide,
	figures,
	growing,
	kind_of,
)

TODAY = date(2026, 3, 31)
USUAL = Bounds()

DAYS = st.integers(-5, 40).map(lambda ago: TODAY - timedelta(days=ago))
CUSTOMERS = st.sampled_from(["Bakkerij", "Nordlys", "Fjell", None])
CASES = st.lists(
	st.tuples(st.sampled_from("ab"), st.integers(1, 12), CUSTOMERS, DAYS),
	max_size=40,
	unique_by=lambda row: row[1],
).map(lambda rows: [Case(group, f"T{number}", customer, day) for group, number, customer, day in rows])
BOUNDS = st.builds(Bounds, *(st.integers(1, most) for most in (6, 3, 15, 3)))


def cases(*numbers: tuple[str | None, int, int]) -> list[Case]:
	"""So many tickets of this customer, all so many days ago."""
	rows = [(customer, ago) for customer, count, ago in numbers for _ in range(count)]
	return [
		Case("import", f"T{number}", customer, TODAY - timedelta(days=ago))
		for number, (customer, ago) in enumerate(rows)
	]


@pytest.mark.parametrize(
	("numbers", "grows"),
	[
		([("Bakkerij", 4, 0), ("Nordlys", 1, 0)], True),
		([("Bakkerij", 3, 0), ("Nordlys", 1, 0)], False),  # four are too few
		([("Bakkerij", 100, 0)], False),  # one customer is no signal
		([("Bakkerij", 100, 0), (None, 50, 0)], False),  # nobody is no second customer
		([("Bakkerij", 4, 13), ("Nordlys", 1, 13)], True),  # the first of the last 14 days
		([("Bakkerij", 4, 14), ("Nordlys", 1, 0)], False),  # a day too old
		([("Bakkerij", 5, 0), ("Nordlys", 1, 0), ("Fjell", 3, 14)], True),  # twice as many
		([("Bakkerij", 5, 0), ("Nordlys", 1, 0), ("Fjell", 4, 27)], False),  # not twice as many
		([("Bakkerij", 5, 0), ("Nordlys", 1, 0), ("Fjell", 4, 28)], True),  # what is older does not count
		([("Bakkerij", 9, -1), ("Nordlys", 9, -1)], False),  # nor what is to come
	],
)
def test_a_group_grows_by_tickets_customers_and_what_was_before(numbers, grows):
	assert bool(growing(cases(*numbers), TODAY, USUAL)) == grows


def test_the_figures_say_why():
	found = figures(
		cases(("Bakkerij", 5, 0), ("Nordlys", 1, 3), (None, 1, 3), ("Fjell", 3, 14)), TODAY, USUAL
	)
	assert found == {"import": Growth(tickets=7, customers=2, before=3)}


@given(CASES, BOUNDS, st.randoms())
def test_the_order_in_which_tickets_come_does_not_matter(rows, bounds, random):
	shuffled = random.sample(rows, len(rows))
	assert figures(shuffled, TODAY, bounds) == figures(rows, TODAY, bounds)


@given(CASES, BOUNDS)
def test_a_ticket_that_is_seen_twice_counts_once(rows, bounds):
	assert figures(rows + rows, TODAY, bounds) == figures(rows, TODAY, bounds)


@given(CASES, BOUNDS, CUSTOMERS, st.data())
def test_a_ticket_more_in_the_last_days_never_stops_the_growing(rows, bounds, customer, data):
	ago = data.draw(st.integers(0, bounds.days - 1))
	for group in growing(rows, TODAY, bounds):
		more = Case(group, "one more", customer, TODAY - timedelta(days=ago))
		assert group in growing([*rows, more], TODAY, bounds)


@given(CASES, BOUNDS, CUSTOMERS, st.data())
def test_a_ticket_more_in_the_days_before_never_starts_it(rows, bounds, customer, data):
	ago = data.draw(st.integers(bounds.days, 2 * bounds.days - 1))
	more = [Case(group, f"before {group}", customer, TODAY - timedelta(days=ago)) for group in "ab"]
	assert growing([*rows, *more], TODAY, bounds).keys() <= growing(rows, TODAY, bounds).keys()


@given(CASES, BOUNDS)
def test_one_group_is_nothing_to_another(rows, bounds):
	alone = [row for row in rows if row.group == "a"]
	assert figures(alone, TODAY, bounds).get("a") == figures(rows, TODAY, bounds).get("a")


@given(CASES, st.integers(1, 6), st.integers(1, 15), st.integers(1, 3))
def test_one_customer_is_no_signal_however_many_its_tickets(rows, tickets, days, times):
	of_one = [Case(row.group, row.ticket, row.customer and "Bakkerij", row.day) for row in rows]
	assert not growing(of_one, TODAY, Bounds(tickets, 2, days, times))


@given(CASES, BOUNDS)
def test_a_ticket_counts_in_the_last_days_or_in_those_before_and_in_no_others(rows, bounds):
	first = bounds.before(TODAY)
	assert (bounds.since(TODAY) - first).days == bounds.days
	recent = sum(1 for row in rows if first <= row.day <= TODAY)
	assert sum(each.tickets + each.before for each in figures(rows, TODAY, bounds).values()) == recent


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(["", "  ", "It is a greeting."]))))
def test_once_dismissed_a_group_never_comes_back(steps):
	state = State.OPEN
	was_dismissed = False
	for step, reason in steps:
		after = decide(state, step, reason)
		state = state if isinstance(after, Refusal) else after
		was_dismissed = was_dismissed or state is State.DISMISSED
		assert (state is State.DISMISSED) == was_dismissed


@pytest.mark.parametrize(
	("state", "step", "reason", "after"),
	[
		("Watched", "Grows", "", "Open"),
		("Taken", "Grows", "", "Taken"),
		("Dismissed", "Grows", "", "Dismissed"),
		("Watched", "Take", "", "Taken"),
		("Open", "Take", "", "Taken"),
		("Dismissed", "Take", "", "signal_dismissed"),
		("Open", "Dismiss", "Two questions.", "Dismissed"),
		("Taken", "Dismiss", "Two questions.", "Dismissed"),
		("Open", "Dismiss", " ", "signal_reason_needed"),
		("Dismissed", "Dismiss", "", "Dismissed"),
	],
)
def test_what_becomes_of_a_group(state, step, reason, after):
	decided = decide(State(state), Step(step), reason)
	assert (decided.code if isinstance(decided, Refusal) else decided.value) == after


@pytest.mark.parametrize(
	("item", "article", "kind"),
	[
		("P-1", None, Kind.ITEM),
		(None, "A-1", Kind.ARTICLE),
		(None, None, Kind.NEW),
		("P-1", "A-1", Kind.ITEM),
	],
)
def test_as_what_a_group_is_offered(item, article, kind):
	assert kind_of(item, article) is kind
