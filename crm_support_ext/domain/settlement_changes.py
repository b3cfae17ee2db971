"""What another table of settlement would have made of work that is booked.

Rule: domain.md section 5, the table that an administrator can read and change, tried before it holds (ours). What counts
is how the table decided, not what a low balance made of it: work that was to be paid in strippen and was split or
bought for stays as it was booked as long as the other table says strippen too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_support_ext.domain.payment import Part, Sum
from crm_support_ext.domain.quotations import Offer
from crm_support_ext.domain.settlement import Decision, Rule, Settlement, Work, settle
from crm_support_ext.domain.strippen import NOTHING
from crm_support_ext.domain.tariff import Tariff, cost


@dataclass(frozen=True)
class Booked:
	"""A piece of work as it was booked: how the table decided, by which quotation, and how it was paid in the end."""

	name: str
	work: Work
	decided: Settlement
	paid: tuple[Part, ...]
	offer: Offer | None = None


@dataclass(frozen=True)
class Change:
	"""A piece of work that would be settled otherwise, and how."""

	booked: Booked
	decision: Decision
	paid: Part


Sums = dict[Settlement, Sum]


@dataclass(frozen=True)
class WhatIf:
	"""All that another table would change, and the sums by settlement as they are and as they would be."""

	changes: list[Change]
	now: Sums
	then: Sums


def what_if(booked: Iterable[Booked], rules: Sequence[Rule], tariff: Tariff) -> WhatIf:
	"""Settle booked work by another table; what it would pay in strippen costs what the tariff now says."""
	answer = WhatIf([], {way: Sum() for way in Settlement}, {way: Sum() for way in Settlement})
	for each in booked:
		decision = settle(each.work, rules, each.offer)
		then = each.paid
		if decision.settlement is not each.decided:
			then = (_paid(each.work, decision.settlement, tariff),)
			answer.changes.append(Change(each, decision, then[0]))
		for sums, paid in ((answer.now, each.paid), (answer.then, then)):
			for part in paid:
				sums[part.settlement].add(part.minutes, part.strippen)
	return answer


def _paid(work: Work, settlement: Settlement, tariff: Tariff) -> Part:
	in_strippen = settlement is Settlement.STRIPPEN
	return Part(
		settlement, work.minutes, cost(tariff, work.activity, work.minutes) if in_strippen else NOTHING
	)
