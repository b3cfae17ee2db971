"""A policy file: the numbers of the desk (replay.md, The policy). Every key has its default.

The life cycle, the calendar and the tiers are read here. The rest is checked to the last key, and kept in
``settings`` for the rules that read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from crm_support_ext.domain.business_calendar import BusinessCalendar, parse_span
from crm_support_ext.domain.lifecycle import Timing
from crm_support_ext.domain.tiers import TIERS, Tier
from crm_support_ext.replay.documents import Document, Kind, Named, Rows, Table, load
from crm_support_ext.replay.faults import shown
from crm_support_ext.replay.kinds import (
	AMOUNT,
	DAY,
	FLAG,
	MORE_THAN_NOTHING,
	NAME,
	PER_CENT,
	TEXT,
	WHOLE,
	ZONE,
	is_text,
	one_of,
)
from crm_support_ext.replay.opening import CALENDAR, check_calendar, read_calendar


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
		"plans": Named(
			Table(
				{
					"strippen_per_year": AMOUNT,
					"pro_rata": FLAG,
					"carry_over": AMOUNT,
					"on_shortage": one_of("refuse", "split", "purchase"),
					"purchase": MORE_THAN_NOTHING,
				}
			)
		),
		"tariff": Named(Table({"per_started_quarter": AMOUNT, "fixed": AMOUNT})),
		"contracts": Named(
			Table(
				{"customer": NAME, "plan": NAME, "start": DAY, "end": DAY, "product": TEXT},
				required=("customer", "plan", "start", "end"),
			)
		),
		"parking": Table(
			{
				"per_customer": AMOUNT,
				"per_user": AMOUNT,
				"workaround": Table(dict.fromkeys(("none", "awkward", "good"), AMOUNT)),
			}
		),
		"releases": Rows(
			Table(
				{"product": NAME, "version": NAME, "date": DAY, "capacity_days": AMOUNT},
				required=("product", "version", "date", "capacity_days"),
			)
		),
	}
)


@dataclass(frozen=True)
class Policy:
	"""The numbers of a desk. ``settings`` is the policy as written, checked."""

	calendar: BusinessCalendar = field(default_factory=lambda: read_calendar({}))
	tiers: Mapping[str, Tier] = field(default_factory=lambda: TIERS)
	timing: Timing = field(default_factory=Timing)
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
	for check in (check_calendar, _check_tariff, _check_contracts):
		check(document, settings)
	document.close()
	timing = Timing(**settings.get("lifecycle", {}))
	return Policy(read_calendar(settings), _tiers(settings.get("tiers", {})), timing, settings)


def _tiers(named: Mapping[str, Mapping[str, str]]) -> Mapping[str, Tier]:
	"""The tiers, each with what the policy says of it; what it does not say is as in the rules."""
	tiers = {}
	for name, tier in TIERS.items():
		spans: dict[str, Any] = {key: parse_span(text) for key, text in named.get(name, {}).items()}
		tiers[name] = replace(tier, **spans)
	return tiers


def _check_tariff(document: Document, settings: dict[str, Any]) -> None:
	for activity, cost in settings.get("tariff", {}).items():
		if len(cost) != 1:
			wrong = f'tariff."{activity}" has {" and ".join(cost) or "no cost"}'
			document.fault(("tariff", activity), wrong, "per_started_quarter or fixed")


def _check_contracts(document: Document, settings: dict[str, Any]) -> None:
	"""A contract has a plan and an end, and two of one customer do not overlap for a product (domain.md 4)."""
	contracts = settings.get("contracts", {})
	for name, contract in contracts.items():
		path = ("contracts", name)
		if contract["plan"] not in settings.get("plans", {}):
			plans = ", ".join(settings.get("plans", {})) or "none"
			document.fault(
				(*path, "plan"), f"there is no plan {shown(contract['plan'])}", f"one of the plans: {plans}"
			)
		if contract["end"] < contract["start"]:
			document.fault(
				(*path, "end"), f"contract {name} ends before it starts", "an end on or after the start"
			)
	for one, other in _overlaps(contracts):
		document.fault(("contracts", other), f"contract {other} overlaps {one}", "one contract at a time")


def _overlaps(contracts: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
	for (one, a), (other, b) in combinations(contracts.items(), 2):
		products = {a.get("product", ""), b.get("product", "")}
		if a["customer"] == b["customer"] and a["start"] <= b["end"] and b["start"] <= a["end"]:
			if len(products) == 1 or "" in products:
				yield one, other
