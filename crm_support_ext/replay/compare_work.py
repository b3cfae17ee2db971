"""What another plan, tariff or rule would have cost: the work and the strippen of two policies beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Settlement
from crm_support_ext.domain.strippen import NOTHING, Kind
from crm_support_ext.replay.answer import Result
from crm_support_ext.replay.moments import Printer
from crm_support_ext.replay.usage import REFUSED, AllWork, Sums, Usage, no_sums, usage
from crm_support_ext.replay.words import hours
from crm_support_ext.store.memory import MemoryTicket, Worked

BILLED = (Settlement.FIXED_PRICE.value, Settlement.TIME_AND_MATERIAL.value)


class Changed(NamedTuple):
	"""A piece of work that the policies settle differently: as A and as B has it; None if it is not there."""

	ticket: str
	at: datetime
	minutes: int
	one: Worked | None
	other: Worked | None


class Cost(NamedTuple):
	"""What a contract pays by one policy, or all do: strippen used and bought, minutes billed and refused."""

	used: Decimal
	bought: Decimal
	billed: int
	refused: int


@dataclass
class Both:
	"""Two results: what their work and contracts come to, and the work that is settled differently."""

	one: AllWork
	other: AllWork
	changed: list[Changed]

	@property
	def is_empty(self) -> bool:
		"""Whether neither has work or contracts."""
		return self.one.is_empty and self.other.is_empty

	def contracts(self) -> Iterator[tuple[Contract, Cost, Cost]]:
		"""Each contract that pays differently, and what; those whose strippen differ most first."""
		both = {**self.one.usages, **self.other.usages}
		costs = [
			(found.contract, cost(self.one.usages.get(name)), cost(self.other.usages.get(name)))
			for name, found in both.items()
		]
		yield from sorted((each for each in costs if each[1] != each[2]), key=_how_different, reverse=True)

	def totals(self) -> tuple[Cost, Cost]:
		"""What all work costs by each; without a contract it is billed too."""
		return _total(self.one), _total(self.other)


def both(a: Result, b: Result) -> Both:
	"""Two results beside each other."""
	return Both(usage(a), usage(b), list(_changed(a, b)))


def cost(found: Usage | None) -> Cost:
	"""What a contract pays; nothing if the policy has no such contract."""
	if found is None:
		return _cost(no_sums(), NOTHING)
	return _cost(found.work, found.sums[Kind.PURCHASE])


def _total(work: AllWork) -> Cost:
	return _cost(work.sums, sum((each.sums[Kind.PURCHASE] for each in work.usages.values()), NOTHING))


def _cost(sums: Sums, bought: Decimal) -> Cost:
	used = sum((each.strippen for each in sums.values()), NOTHING)
	return Cost(used, bought, sum(sums[way].minutes for way in BILLED), sums[REFUSED].minutes)


def _how_different(pair: tuple[Contract, Cost, Cost]) -> tuple[Decimal, int]:
	_, one, other = pair
	return abs(one.used - other.used), abs(one.billed - other.billed) + abs(one.refused - other.refused)


def _changed(a: Result, b: Result) -> Iterator[Changed]:
	"""The work that is settled differently, in order of the log's time."""
	one, other = _by_row(a), _by_row(b)
	found = []
	for row in one.keys() | other.keys():
		(ticket, worked), (second, also) = one.get(row, _NO_WORK), other.get(row, _NO_WORK)
		if settled_as(worked) != settled_as(also):
			known = worked or also
			assert known is not None  # it is of one of the two
			found.append((known.at, row, Changed(ticket or second, known.at, known.minutes, worked, also)))
	found.sort(key=_at_and_row)
	return (changed for *_, changed in found)


_NO_WORK: tuple[str, Worked | None] = ("", None)


def _at_and_row(found: tuple[datetime, int, Changed]) -> tuple[datetime, int]:
	return found[:2]


def _by_row(result: Result) -> dict[int, tuple[str, Worked | None]]:
	return {
		worked.row: (ticket.name, worked)
		for ticket in result.tickets.values()
		for worked in ticket.work or ()
	}


def settled_as(worked: Worked | None) -> list[tuple[int, str, str]]:
	"""How a piece of work is settled: minutes, settlement and strippen of each part."""
	if worked is None:
		return []
	if isinstance(worked.outcome, Refusal):
		return [(worked.minutes, REFUSED, str(NOTHING))]
	return [(part.minutes, part.settlement.value, str(part.strippen)) for part in worked.outcome.parts]


def settled_words(worked: Worked | None) -> str:
	"""How a piece of work is settled, in words."""
	return "; ".join(_part(*part) for part in settled_as(worked)) or "none"


def work_words(ticket: MemoryTicket) -> str | None:
	"""How the work of a ticket is settled, in words; None: there is none."""
	return "; ".join(map(settled_words, ticket.work)) if ticket.work else None


def _part(minutes: int, settlement: str, strippen: str) -> str:
	paid = f", {strippen}" if settlement == Settlement.STRIPPEN.value else ""
	return f"{minutes} min {settlement}{paid}"


def decided_by(worked: Worked | None) -> str | None:
	"""What decided how a piece of work is settled."""
	if worked is None or isinstance(worked.outcome, Refusal):
		return None
	return worked.outcome.decision.name


def total_rows(found: Both) -> Iterator[tuple[str, str, str, str]]:
	"""All work by each policy: a name, A, B and the difference."""
	one, other = found.totals()
	for name, strippen in (
		("strippen used", (one.used, other.used)),
		("strippen bought", (one.bought, other.bought)),
	):
		yield name, f"{strippen[0]:,.2f}", f"{strippen[1]:,.2f}", f"{strippen[1] - strippen[0]:+,.2f}"
	for way in found.one.sums:
		minutes = found.one.sums[way].minutes, found.other.sums[way].minutes
		yield f"work, {way}", hours(minutes[0]), hours(minutes[1]), difference(*minutes)


def day_of(at: datetime, zone: ZoneInfo) -> str:
	"""The day of a moment."""
	return str(at.astimezone(zone).date())


def difference(one: int, other: int) -> str:
	"""How many minutes more or fewer B has."""
	return f"{'-' if other < one else '+'}{hours(abs(other - one))}"


def as_json(found: Both, show: Printer) -> dict[str, Any]:
	"""Sums, contracts and work that differ, each pair in the order of the policies."""
	return {
		"settlements": {
			way: {
				"pieces": [one.pieces, other.pieces],
				"minutes": [one.minutes, other.minutes],
				"strippen": [str(one.strippen), str(other.strippen)],
			}
			for way, one, other in (
				(way, found.one.sums[way], found.other.sums[way]) for way in found.one.sums
			)
		},
		"contracts": {
			contract.name: {
				"strippen_used": [str(one.used), str(other.used)],
				"strippen_bought": [str(one.bought), str(other.bought)],
				"minutes_billed": [one.billed, other.billed],
				"minutes_refused": [one.refused, other.refused],
			}
			for contract, one, other in found.contracts()
		},
		"work": [
			{
				"ticket": changed.ticket,
				"at": show(changed.at),
				"minutes": changed.minutes,
				"settled": [settled_words(changed.one), settled_words(changed.other)],
				"rule": [decided_by(changed.one), decided_by(changed.other)],
			}
			for changed in found.changed
		],
	}
