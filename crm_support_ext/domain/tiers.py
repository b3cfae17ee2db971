"""Tiers: the priority classes of tickets, and what is promised for each.

Rule: domain.md section 2; the tiers and their targets are those of seeds/001, "blocking" is seeds/003, the first
response's targets are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_support_ext.domain.business_calendar import Span, days, hours

BY_AGREEMENT = "By agreement"
"""The tier whose target is the date agreed with the customer; until there is one, that of the tier, if any."""


@dataclass(frozen=True)
class Tier:
	"""A priority class: by when the customer hears from us, and by when there is a solution or a workaround.

	None stands for no target.
	"""

	name: str
	response: Span | None = None
	target: Span | None = None


TIERS: Mapping[str, Tier] = {
	tier.name: tier
	for tier in (
		Tier("I", hours(1), hours(4)),
		Tier("II", hours(4), days(2)),
		Tier("III", days(1), days(20)),
		Tier(BY_AGREEMENT, days(1), None),
	)
}
"""The default tiers, most urgent first."""


AGREE_WITHIN = days(5)
"""How long the desk may take to agree a date where the tier asks for one (ours: the longest that a promise may be)."""


def tier_by_answers(*, can_go_on: bool, way_around: bool) -> str:
	"""The tier that the two questions give: can you go on with your work, is there a way around it?

	Blocked without a way around is tier I (seeds/003); one of the two is tier II, neither tier III (ours).
	"""
	return {0: "I", 1: "II", 2: "III"}[can_go_on + way_around]
