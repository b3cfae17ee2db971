"""A policy file: the numbers of the desk (replay.md, The policy). Every key has its default.

Calendar, contracts and parking have modules of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from crm_support_ext.domain.business_calendar import BusinessCalendar, parse_span
from crm_support_ext.domain.lifecycle import Timing
from crm_support_ext.domain.tiers import TIERS, Tier
from crm_support_ext.replay.documents import Kind, Table, load
from crm_support_ext.replay.kinds import PER_CENT, WHOLE, ZONE, is_text
from crm_support_ext.replay.opening import CALENDAR, check_calendar, read_calendar
from crm_support_ext.replay.parking import PARKING, RELEASES, Parking, read_parking
from crm_support_ext.replay.terms import CONTRACTS, PLANS, RULE_ROWS, TARIFF, Terms, read_terms


def _is_target(value: object) -> bool:
	try:
		span = parse_span(str(value))
	except ValueError:
		return False
	return is_text(value) and (span is None or span.amount > 0)


_TARGET = Kind("working hours or days such as 4 working hours, or none", _is_target)
_SCHEMA = Table(
	{
		"timezone": ZONE,
		"calendar": CALENDAR,
		"lifecycle": Table(
			{
				"survey_after_hours": WHOLE,
				"close_after_hours": WHOLE,
				"survey_share": PER_CENT,
				"survey_contact_days": WHOLE,
			}
		),
		"tiers": Table(dict.fromkeys(TIERS, Table({"response": _TARGET, "target": _TARGET}))),
		"plans": PLANS,
		"tariff": TARIFF,
		"contracts": CONTRACTS,
		"rules": RULE_ROWS,
		"parking": PARKING,
		"releases": RELEASES,
	}
)


@dataclass(frozen=True)
class Policy:
	"""The numbers of a desk. ``settings`` is the policy as written, checked."""

	calendar: BusinessCalendar = field(default_factory=lambda: read_calendar({}))
	tiers: Mapping[str, Tier] = field(default_factory=lambda: TIERS)
	timing: Timing = field(default_factory=Timing)
	terms: Terms = field(default_factory=Terms)
	parking: Parking = field(default_factory=Parking)
	settings: Mapping[str, Any] = field(default_factory=dict)

	@property
	def zone(self) -> ZoneInfo:
		"""The zone in which times are read and told."""
		return self.calendar.zone


def load_policy(path: str | None) -> Policy:
	"""Read and check a policy; without a path it is the default. Faults are raised as ``BadInput``."""
	if path is None:
		return Policy()
	document = load(path)
	document.check(_SCHEMA)
	document.close()
	settings: dict[str, Any] = document.content
	check_calendar(document, settings)
	terms = read_terms(document, settings)
	document.close()
	timing = Timing(**settings.get("lifecycle", {}))
	return Policy(
		read_calendar(settings),
		_tiers(settings.get("tiers", {})),
		timing,
		terms,
		read_parking(settings),
		settings,
	)


def _tiers(named: Mapping[str, Mapping[str, str]]) -> Mapping[str, Tier]:
	"""The tiers, each with what the policy says of it; what it does not say is as in the rules."""
	tiers = {}
	for name, tier in TIERS.items():
		spans: dict[str, Any] = {key: parse_span(text) for key, text in named.get(name, {}).items()}
		tiers[name] = replace(tier, **spans)
	return tiers
