"""Work is settled and booked: what the table, the quotation and the ledger make of it together."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from crm_support_ext.domain.contracts import Contract, OnShortage, Plan
from crm_support_ext.domain.quotations import Offer, SettlesIn
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import RULES, Place, Role, Settlement, Work
from crm_support_ext.domain.strippen import Kind
from crm_support_ext.domain.tariff import Price
from crm_support_ext.services.settlements import Job, Settled, judge, settle_work
from crm_support_ext.store.memory_ledger import MemoryLedger

UTC = timezone.utc
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TARIFF = {"visit": Price(fixed=Decimal("2.50"))}


def contract(strippen: str = "10", on_shortage: OnShortage = OnShortage.REFUSE) -> Contract:
	plan = Plan("p", Decimal(strippen), on_shortage=on_shortage)
	return Contract("C1", "ACME", plan, date(2026, 1, 1), date(2026, 12, 31))


def job(
	kind: str = "wish", minutes: int = 20, *, under: Contract | None = None, offer: Offer | None = None
) -> Job:
	work = Work(kind, "", Role.HELPDESK, Place.REMOTE, minutes, under is not None)
	return Job(AT, work, "T1", "W1", under, offer)


def settled(store: MemoryLedger, what: Job) -> Settled | Refusal:
	return settle_work(store, what, RULES, TARIFF, UTC)


def test_what_is_paid_in_strippen_is_in_the_ledger_with_its_ticket_and_work_log() -> None:
	store = MemoryLedger()
	found = settled(store, job(under=contract()))
	assert isinstance(found, Settled)
	(part,) = found.parts
	assert (part.settlement, part.minutes, part.strippen) == (Settlement.STRIPPEN, 20, Decimal("2.00"))
	(line,) = found.lines
	assert (line.kind, line.amount, line.ticket, line.work_log) == (Kind.USE, Decimal("-2.00"), "T1", "W1")
	assert [each.entry.kind for each in store.entries["C1"]] == [Kind.GRANT, Kind.USE]


@pytest.mark.parametrize(
	("what", "settlement", "rule"),
	[
		(job("fault", under=contract()), Settlement.FREE, "fault"),
		(job("extension", under=contract()), Settlement.TIME_AND_MATERIAL, "everything else"),
		(job("wish"), Settlement.TIME_AND_MATERIAL, "no contract"),
	],
)
def test_what_is_paid_otherwise_is_in_no_ledger(what: Job, settlement: Settlement, rule: str) -> None:
	store = MemoryLedger()
	found = settled(store, what)
	assert isinstance(found, Settled)
	assert [(part.settlement, part.minutes, part.strippen) for part in found.parts] == [(settlement, 20, 0)]
	assert (found.decision.name, found.lines) == (rule, ())
	assert not store.entries["C1"]


def test_work_that_is_short_of_strippen_is_refused_or_split_as_the_plan_says() -> None:
	store = MemoryLedger()
	found = settled(store, job(under=contract("1")))
	assert found == Refusal("balance_too_low", {"left": Decimal(1), "wanted": Decimal(2)})
	assert [each.entry.kind for each in store.entries["C1"]] == [Kind.GRANT]
	split = settled(MemoryLedger(), job(under=contract("1", OnShortage.SPLIT)))
	assert isinstance(split, Settled)
	assert [(part.settlement, part.minutes) for part in split.parts] == [
		(Settlement.STRIPPEN, 10),
		(Settlement.TIME_AND_MATERIAL, 10),
	]
	quoted = job(under=contract("1", OnShortage.SPLIT), offer=Offer("Q", SettlesIn.STRIPPEN, Decimal(4)))
	assert settled(MemoryLedger(), quoted) == found


@pytest.mark.parametrize(
	("offer", "kind", "refused"),
	[
		(Offer("Q", SettlesIn.FIXED_PRICE, Decimal(60), Decimal(40)), "extension", False),
		(Offer("Q", SettlesIn.FIXED_PRICE, Decimal(60), Decimal(41)), "extension", True),
		(Offer("Q", SettlesIn.FIXED_PRICE, Decimal(60), Decimal(60)), "fault", False),
		(Offer("Q", SettlesIn.STRIPPEN, Decimal(4), Decimal(2)), "wish", False),
		(Offer("Q", SettlesIn.STRIPPEN, Decimal(4), Decimal("2.01")), "wish", True),
		(Offer("Q", SettlesIn.STRIPPEN, Decimal(4), Decimal(4)), "extension", False),
	],
)
def test_nothing_is_booked_above_an_accepted_limit(offer: Offer, kind: str, refused: bool) -> None:
	store = MemoryLedger()
	found = settled(store, job(kind, under=contract(), offer=offer))
	if refused:
		assert isinstance(found, Refusal) and found.code == "above_the_quotation"
		assert not store.entries["C1"]
	else:
		assert isinstance(found, Settled)


def test_work_is_judged_before_it_is_booked_by_the_same_rule_and_at_the_same_cost() -> None:
	what = job(under=contract())
	judged, found = judge(what, RULES, TARIFF), settled(MemoryLedger(), what)
	assert not isinstance(judged, Refusal) and isinstance(found, Settled)
	assert (judged.decision, judged.cost) == (found.decision, found.parts[0].strippen)
