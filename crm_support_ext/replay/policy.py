"""A policy file: the numbers of the desk (replay.md, The policy). Every key has its default.

The life cycle reads its numbers here. The rest is checked to the last key, and kept in ``settings``
for the rules that read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from crm_support_ext.domain.lifecycle import Timing
from crm_support_ext.replay.columns import TIERS
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

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_SPAN = re.compile(r"[1-9]\d{0,5} working (hour|day)s?|none", re.ASCII)


def _is_interval(value: object) -> bool:
	return is_text(value) and bool(_INTERVAL.fullmatch(str(value))) and str(value)[:5] < str(value)[6:]


_HOURS = Rows(Kind("an interval such as 09:00-17:00", _is_interval))
_TARGET = Kind(
	"working hours or days such as 4 working hours, or none",
	lambda value: is_text(value) and bool(_SPAN.fullmatch(str(value))),
)
_SCHEMA = Table(
	{
		"timezone": ZONE,
		"calendar": Table(
			{
				**dict.fromkeys(WEEKDAYS, _HOURS),
				"holidays": Table(
					{"country": TEXT, "subdivision": TEXT, "extra": Rows(DAY), "not": Rows(DAY)}
				),
			}
		),
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

	zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))
	timing: Timing = field(default_factory=Timing)
	settings: Mapping[str, Any] = field(default_factory=dict)


def load_policy(path: str | None) -> Policy:
	"""Read and check a policy; without a path it is the default. Faults are raised as ``BadInput``."""
	if path is None:
		return Policy()
	document = load(path)
	document.check(_SCHEMA)
	document.close()
	settings: dict[str, Any] = document.content
	for check in (_check_calendar, _check_holidays, _check_tariff, _check_contracts):
		check(document, settings)
	document.close()
	zone = ZoneInfo(settings.get("timezone", "Europe/Amsterdam"))
	return Policy(zone, Timing(**settings.get("lifecycle", {})), settings)


def _check_calendar(document: Document, settings: dict[str, Any]) -> None:
	"""The intervals of a day do not overlap, and a week is open at some time."""
	calendar = settings.get("calendar", {})
	named = [day for day in WEEKDAYS if day in calendar]
	if named and not any(calendar[day] for day in named):
		document.fault(("calendar", named[0]), "the calendar never opens", "an interval on some weekday")
	for day in named:
		for one, next_one in pairwise(sorted(calendar[day])):
			if next_one[:5] < one[6:]:
				document.fault(
					("calendar", day),
					f"calendar.{day} has {one} and {next_one}",
					"intervals that do not overlap",
				)


def _check_holidays(document: Document, settings: dict[str, Any]) -> None:
	"""The country and its subdivision are such that their public holidays are known."""
	named = settings.get("calendar", {}).get("holidays", {})
	if "country" not in named and "subdivision" not in named:
		return
	from holidays import list_supported_countries  # slow to load, and rarely asked

	countries = list_supported_countries(include_aliases=True)
	country, subdivision = named.get("country", "NL"), named.get("subdivision", "")
	path = ("calendar", "holidays")
	if country and country not in countries:
		document.fault(
			(*path, "country"), f"calendar.holidays.country is {shown(country)}", "a code such as NL"
		)
	elif subdivision and subdivision not in countries.get(country, ()):
		known = ", ".join(countries.get(country, ())) or "nothing"
		wrong = f"calendar.holidays.subdivision is {shown(subdivision)}"
		document.fault((*path, "subdivision"), wrong, f"one of {known}")


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
