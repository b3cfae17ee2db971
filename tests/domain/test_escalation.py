"""Escalation: whose move it is, where a kind of ticket goes, and who looks after a new customer."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.escalation import (
	NEW_FOR_DAYS,
	OUTSIDE,
	ROUTES,
	VENDOR,
	Escalation,
	Kind,
	Line,
	Person,
	Route,
	Software,
	is_new,
	route,
	whose_move,
)
from crm_support_ext.domain.lifecycle import WAITING_ON, Status, WaitingOn
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tables import rows

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TODAY = date(2026, 3, 2)
EVERYBODY = {
	Person.ACCOUNT_MANAGER: "ada",
	Person.PROJECT_LEADER: "per",
	Person.CLIENT_MANAGER: "kim",
}
OLD, NEW = date(2020, 1, 1), TODAY


def out(line: Line, hours: int = 0, back: bool = False) -> Escalation:
	went = NINE + timedelta(hours=hours)
	return Escalation(line.value, line, went, came_back_at=went if back else None)


@pytest.mark.parametrize(
	("status", "waits_on"),
	[
		(Status.NEW, WaitingOn.THIRD_PARTY),
		(Status.OPEN, WaitingOn.THIRD_PARTY),
		(Status.PENDING, WaitingOn.CUSTOMER),
		(Status.PARKED, WaitingOn.THIRD_PARTY),
		(Status.RESOLVED, None),
		(Status.CLOSED, None),
	],
)
@pytest.mark.parametrize("line", sorted(OUTSIDE))
def test_a_party_outside_that_has_the_ticket_is_waited_for(status, waits_on, line):
	assert whose_move(status, [out(line)]).waits_on is waits_on


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
	"escalation", [out(Line.SUPPLIER, back=True), out(Line.SECOND), out(Line.DEVELOPMENT)]
)
def test_our_own_lines_and_those_that_are_back_change_nothing(status, escalation):
	assert whose_move(status, [escalation]).waits_on is WAITING_ON[status]
	assert whose_move(status, []).waits_on is WAITING_ON[status]


@given(st.lists(st.tuples(st.sampled_from(Line), st.integers(0, 99), st.booleans())), st.sampled_from(Status))
def test_it_is_waited_for_since_the_first_of_those_that_are_out(stays, status):
	escalations = [out(*stay) for stay in stays]
	move = whose_move(status, escalations)
	away = [each.went_at for each in escalations if each.is_out and each.is_outside]
	if move.waits_on is WaitingOn.THIRD_PARTY:
		assert move.since(NINE - timedelta(days=1)) == min(away)
		assert [each.went_at for each in move.parties] == sorted(away)
	else:
		assert move.waits_on is WAITING_ON[status]
		assert move.since(NINE) == NINE
		assert move.parties == ()


@pytest.mark.parametrize(
	("kind", "software", "goes_to"),
	[
		(Kind.FAULT, None, Route()),
		(Kind.QUESTION, Software.CUSTOMISATION, Route()),
		(Kind.USER_SUPPORT, None, Route()),
		(Kind.WISH, None, Route(lines=VENDOR)),
		(Kind.WISH, Software.CUSTOMISATION, Route(person=Person.PROJECT_LEADER, user="per")),
		(Kind.EXTENSION, None, Route(person=Person.PROJECT_LEADER, user="per")),
		(Kind.EXTENSION, Software.STANDARD, Route(lines=VENDOR)),
		(Kind.COMPLAINT, None, Route(person=Person.ACCOUNT_MANAGER, user="ada")),
		(Kind.LICENCE, None, Route(person=Person.ACCOUNT_MANAGER, user="ada")),
	],
)
def test_each_kind_goes_where_the_table_says(kind, software, goes_to):
	assert route(kind, software, EVERYBODY, OLD, TODAY) == goes_to


def test_the_client_manager_stands_in_for_the_account_manager_of_a_new_customer():
	expected = Route(person=Person.CLIENT_MANAGER, user="kim")
	assert route(Kind.COMPLAINT, None, EVERYBODY, NEW, TODAY) == expected
	assert route(Kind.COMPLAINT, None, EVERYBODY, OLD, TODAY).user == "ada"
	assert route(Kind.COMPLAINT, None, {Person.ACCOUNT_MANAGER: "ada"}, NEW, TODAY).user == "ada"
	assert route(Kind.EXTENSION, None, EVERYBODY, NEW, TODAY).user == "per"


def test_without_a_project_leader_the_account_manager_takes_the_change():
	assert route(Kind.EXTENSION, None, {Person.ACCOUNT_MANAGER: "ada"}, OLD, TODAY).user == "ada"


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.LICENCE, Kind.EXTENSION])
def test_a_customer_whom_nobody_looks_after_is_refused_with_a_word_on_who_is_missing(kind):
	assert route(kind, None, {Person.ACCOUNT_MANAGER: ""}, OLD, TODAY) == Refusal(
		"nobody_looks_after", {"kind": kind, "person": Person.ACCOUNT_MANAGER}
	)


def test_the_table_names_every_kind():
	assert [row[0] for row in rows(ROUTES)] == [kind.value for kind in Kind]
	for kind, software in product(Kind, (None, *Software)):
		assert isinstance(route(kind, software, EVERYBODY, None, TODAY), Route)


@given(st.dates(), st.integers(-400, 400))
def test_a_customer_is_new_for_thirty_days(since, days):
	try:
		today = since + timedelta(days=days)
	except OverflowError:
		return
	assert is_new(since, today) is (0 <= days < NEW_FOR_DAYS)
	assert not is_new(None, today)
