"""How the targets were kept, tier by tier: what a manager asks of a replay first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from crm_support_ext.domain.business_calendar import Span, Unit, Week
from crm_support_ext.domain.targets import Figures
from crm_support_ext.domain.tiers import Tier, in_hours
from crm_support_ext.replay.answer import Result


@dataclass
class Kept:
	"""A tier and its tickets. ``met`` and ``decided`` are of the targets, ``answered`` and ``replies`` of the responses.

	``used`` is the working time of each ticket whose clock stopped, ``late`` how much more than its target each
	late one took; both in ``unit``.
	"""

	tier: Tier
	tickets: int = 0
	met: int = 0
	decided: int = 0
	answered: int = 0
	replies: int = 0
	used: list[Fraction] = field(default_factory=list)
	late: list[Fraction] = field(default_factory=list)

	@property
	def unit(self) -> Unit:
		"""What the tier counts in; days where its target is a date."""
		return self.tier.target.unit if self.tier.target else Unit.DAY

	@property
	def missed(self) -> int:
		"""The targets that were not kept."""
		return self.decided - self.met

	def add(self, counted: Figures, late: Span | None) -> None:
		"""Count a ticket, and by how much it missed its target, if it did."""
		self.tickets += 1
		response, target = counted.response.met, counted.target
		if response is not None:
			self.answered += response
			self.replies += 1
		if target.met is not None:
			self.met += target.met
			self.decided += 1
			if target.clock.stop:
				self.used.append(target.clock.counted_in(self.unit))
		if late:
			self.late.append(late.amount)


def kept_by_tier(result: Result) -> dict[str, Kept]:
	"""The tiers, most urgent first, each with its tickets."""
	tiers = {name: Kept(tier) for name, tier in result.policy.tiers.items()}
	for ticket in result.tickets.values():
		if ticket.tier:
			tiers[ticket.tier].add(result.figures(ticket), result.late_by(ticket))
	return tiers


def middle(amounts: Sequence[Fraction]) -> Fraction | None:
	"""The median; None of nothing."""
	return median(amounts) if amounts else None


def in_words(span: Span | None, week: Week) -> str:
	"""A target as one reads it: "2 working days (16 working hours)", so that the two are not confused."""
	if span is None:
		return "none"
	hours = in_hours(span, week)
	return f"{span} ({hours})" if hours else str(span)
