"""What may be logged as work, and who may take it back.

Rule: domain.md section 5 (seeds/001): a work log has whole minutes, and it is never changed once it is booked. One that
was wrong is withdrawn and booked anew (ours): by its own agent within the contract year of the work, in which the
strippen still count; after that, and for others' work, by a manager. Work without a contract goes by calendar year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.results import Refusal

LONGEST = 24 * 60
"""The minutes of a day: no one piece of work is longer."""


def check(minutes: int, start: datetime, now: datetime) -> Refusal | None:
	"""Whether work that began at ``start`` and took so long can be logged; None: it can.

	Refusals: ``too_long`` (facts ``minutes``, ``most``), ``not_begun_yet`` (fact ``start``).
	"""
	if not 0 <= minutes <= LONGEST:
		return Refusal("too_long", {"minutes": minutes, "most": LONGEST})
	return Refusal("not_begun_yet", {"start": start}) if start > now else None


@dataclass(frozen=True)
class Logged:
	"""What withdrawing asks of a work log: whose it is, the day of the work, its contract, and whether it is gone."""

	agent: str
	day: date
	contract: Contract | None = None
	is_withdrawn: bool = False


def may_withdraw(log: Logged, by: str, today: date, *, is_manager: bool) -> Refusal | None:
	"""Whether somebody may withdraw a work log today; None: they may.

	Refusals: ``withdrawn_already``, ``not_your_work`` (fact ``agent``), ``year_is_over`` (fact ``day``).
	"""
	if log.is_withdrawn:
		return Refusal("withdrawn_already")
	if is_manager:
		return None
	if by != log.agent:
		return Refusal("not_your_work", {"agent": log.agent})
	return None if _is_in_year_of(log, today) else Refusal("year_is_over", {"day": log.day})


def _is_in_year_of(log: Logged, today: date) -> bool:
	year = log.contract.year_of(log.day) if log.contract else None
	return year.first <= today <= year.last if year else today.year == log.day.year
