"""Sending a ticket to a party and taking it back, on the memory store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from crm_support_ext.domain.escalation import Escalation, Line, Move, whose_move
from crm_support_ext.domain.lifecycle import Status, WaitingOn
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services.escalations import come_back, escalate
from crm_support_ext.store.memory import MemoryStore, MemoryTicket

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TEN, ELEVEN = NINE + timedelta(hours=1), NINE + timedelta(hours=2)


class Desk(MemoryStore):
	"""The memory store, and to whom tickets have gone."""

	def __init__(self):
		super().__init__()
		self.gone: list[Escalation] = []

	def escalations(self, ticket):
		return self.gone

	def send_out(self, ticket, escalation):
		self.gone.append(escalation)

	def bring_back(self, ticket, escalation, answer):
		still = [each for each in self.gone if each != replace(escalation, came_back_at=None)]
		self.gone = sorted([*still, escalation], key=lambda each: each.went_at)


@pytest.fixture
def desk():
	store = Desk()
	return store, store.add(MemoryTicket("T1", status=Status.OPEN), NINE)


def to(party: str, line: Line = Line.HOSTING_PROVIDER, at: datetime = NINE) -> Escalation:
	return Escalation(party, line, at, question="Is the disk full?")


def move_of(store: Desk, ticket: MemoryTicket) -> Move:
	return whose_move(ticket.status, store.escalations(ticket))


def test_a_ticket_waits_for_the_party_until_it_comes_back(desk):
	store, ticket = desk
	assert escalate(store, ticket, to("Hosting BV")) is None
	assert move_of(store, ticket).waits_on is WaitingOn.THIRD_PARTY
	assert come_back(store, ticket, TEN, "Hosting BV", "It was.") is None
	assert move_of(store, ticket).waits_on is WaitingOn.US
	assert [(each.went_at, each.came_back_at) for each in store.gone] == [(NINE, TEN)]
	assert ticket.status is Status.OPEN and len(ticket.history) == 1


def test_the_status_stays_and_says_whose_move_it_is_afterwards(desk):
	store, ticket = desk
	ticket.status = Status.PARKED
	escalate(store, ticket, to("Maker Inc", Line.MANUFACTURER))
	assert move_of(store, ticket).waits_on is WaitingOn.THIRD_PARTY
	come_back(store, ticket, TEN)
	assert move_of(store, ticket).waits_on is WaitingOn.PRODUCT


def test_a_party_has_a_ticket_once_at_a_time(desk):
	store, ticket = desk
	escalate(store, ticket, to("Hosting BV"))
	assert escalate(store, ticket, to("Hosting BV", at=TEN)) == Refusal(
		"already_out", {"party": "Hosting BV", "went_at": NINE}
	)
	come_back(store, ticket, TEN, "Hosting BV")
	assert escalate(store, ticket, to("Hosting BV", at=ELEVEN)) is None
	assert [each.is_out for each in store.gone] == [False, True]


def test_one_of_several_comes_back_and_then_all(desk):
	store, ticket = desk
	escalate(store, ticket, to("Hosting BV"))
	escalate(store, ticket, to("Parts & Co", Line.SUPPLIER, TEN))
	escalate(store, ticket, to("Development", Line.DEVELOPMENT, TEN))
	come_back(store, ticket, ELEVEN, "Hosting BV")
	assert [each.party for each in move_of(store, ticket).parties] == ["Parts & Co"]
	come_back(store, ticket, ELEVEN)
	assert not any(each.is_out for each in store.gone)


def test_nobody_who_has_it_not_brings_it_back(desk):
	store, ticket = desk
	escalate(store, ticket, to("Hosting BV"))
	assert come_back(store, ticket, TEN, "Parts & Co") == Refusal("not_out", {"party": "Parts & Co"})
	come_back(store, ticket, TEN)
	assert come_back(store, ticket, TEN) == Refusal("not_out", {"party": ""})


def test_closed_is_final(desk):
	store, ticket = desk
	escalate(store, ticket, to("Hosting BV"))
	ticket.status = Status.CLOSED
	assert escalate(store, ticket, to("Parts & Co")).code == "closed_is_final"
	assert come_back(store, ticket, TEN).code == "closed_is_final"
	assert [each.party for each in store.gone if each.is_out] == ["Hosting BV"]
