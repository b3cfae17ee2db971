"""How the targets were kept, tier by tier: what a manager asks of a replay first."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from crm_support_ext.domain.business_calendar import Span, Unit, Week
from crm_support_ext.domain.targets import Figures
from crm_support_ext.domain.tiers import BY_AGREEMENT, Tier
from crm_support_ext.replay.words import promised


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

	def target_in_words(self, week: Week) -> str:
		"""What is promised; the date, where that is what is agreed."""
		is_agreed = self.tier.name == BY_AGREEMENT and self.tier.target is None
		return "the date agreed" if is_agreed else promised(self.tier.target, week)

	@property
	def median_used(self) -> Fraction | None:
		"""The working time that the middle one took; None if none is done."""
		return median(self.used) if self.used else None

	@property
	def median_late(self) -> Fraction | None:
		"""By how much the middle one of the late ones missed its target; None if none is late."""
		return median(self.late) if self.late else None

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
