"""The tariff: how many strippen an activity costs (domain.md section 6).

A fixed number, or a number for each started quarter of an hour; one for each, for an activity that it does not name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm_support_ext.domain.strippen import two_places

MINUTES_OF_A_QUARTER = 15


@dataclass(frozen=True)
class Price:
	"""What an activity costs: ``fixed`` strippen, however long it takes, or so many per started quarter."""

	per_started_quarter: Decimal = Decimal(1)
	fixed: Decimal | None = None

	def of(self, minutes: int) -> Decimal:
		"""What this many minutes cost."""
		if self.fixed is not None:
			return two_places(self.fixed)
		return two_places(self.per_started_quarter * -(-minutes // MINUTES_OF_A_QUARTER))


Tariff = Mapping[str, Price]
"""Prices by activity."""

USUAL = Price()
"""The price of an activity that a tariff does not name."""


def cost(tariff: Tariff, activity: str, minutes: int) -> Decimal:
	"""The strippen that so many minutes of an activity cost."""
	return tariff.get(activity, USUAL).of(minutes)
