"""What a policy says of paid work: plans, tariff, contracts, and rules of settlement (replay.md, The policy).

``[[rules]]`` is a table of settlement made to try, first row first; without it the desk's own holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crm_support_ext.domain.contracts import Contract, OnShortage, Plan, overlapping
from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.settlement import RULES, Choice, Place, Role, Rule
from crm_support_ext.domain.strippen import two_places
from crm_support_ext.domain.tariff import Price, Tariff
from crm_support_ext.replay.documents import Document, Named, Rows, Table
from crm_support_ext.replay.faults import shown
from crm_support_ext.replay.kinds import AMOUNT, DAY, FIRST_DAY, FLAG, MORE_THAN_NOTHING, NAME, TEXT, value_of

PLANS = Named(
	Table(
		{
			"strippen_per_year": AMOUNT,
			"pro_rata": FLAG,
			"carry_over": AMOUNT,
			"on_shortage": value_of(OnShortage),
			"purchase": MORE_THAN_NOTHING,
		}
	)
)
TARIFF = Named(Table({"per_started_quarter": AMOUNT, "fixed": AMOUNT}))
CONTRACTS = Named(
	Table(
		{"customer": NAME, "plan": NAME, "start": FIRST_DAY, "end": DAY, "product": TEXT},
		required=("customer", "plan", "start", "end"),
	)
)
RULE_ROWS = Rows(
	Table(
		{
			"kind": value_of(Kind),
			"activity": NAME,
			"role": value_of(Role),
			"place": value_of(Place),
			"contract": FLAG,
			"settlement": value_of(Choice),
		},
		required=("settlement",),
	)
)
"""The keys that these tables may have."""


@dataclass(frozen=True)
class Terms:
	"""How work is paid: the contracts in the order of the policy, the tariff, the rules."""

	contracts: tuple[Contract, ...] = ()
	tariff: Tariff = field(default_factory=dict)
	rules: tuple[Rule, ...] = RULES


def read_terms(document: Document, settings: Mapping[str, Any]) -> Terms:
	"""The terms of a policy whose keys are checked; the faults of what they say are left with the document."""
	plans = {name: _plan(name, keys) for name, keys in settings.get("plans", {}).items()}
	tariff = settings.get("tariff", {})
	for activity, cost in tariff.items():
		if len(cost) != 1:
			wrong = f'tariff."{activity}" has {" and ".join(cost) or "no cost"}'
			document.fault(("tariff", activity), wrong, "per_started_quarter or fixed")
	rules = settings.get("rules")
	return Terms(
		_contracts(document, settings.get("contracts", {}), plans),
		{activity: _price(cost) for activity, cost in tariff.items()},
		RULES if rules is None else tuple(map(_rule, rules)),
	)


def _plan(name: str, keys: Mapping[str, Any]) -> Plan:
	amounts = {
		key: two_places(Decimal(keys[key]))
		for key in ("strippen_per_year", "carry_over", "purchase")
		if key in keys
	}
	shortage = OnShortage(keys.get("on_shortage", OnShortage.REFUSE))
	return Plan(name, is_pro_rata=keys.get("pro_rata", False), on_shortage=shortage, **amounts)


def _price(cost: Mapping[str, Any]) -> Price:
	return Price(**{key: Decimal(amount) for key, amount in cost.items()})


def _rule(row: Mapping[str, Any]) -> Rule:
	return Rule(
		Choice(row["settlement"]),
		row.get("kind", ""),
		row.get("activity", ""),
		Role(row["role"]) if "role" in row else None,
		Place(row["place"]) if "place" in row else None,
		row.get("contract"),
	)


def _contracts(
	document: Document, named: Mapping[str, Mapping[str, Any]], plans: Mapping[str, Plan]
) -> tuple[Contract, ...]:
	"""A contract has a plan and an end, and two of one customer do not overlap for a product (domain.md 4)."""
	contracts = []
	for name, keys in named.items():
		path = ("contracts", name)
		if keys["plan"] not in plans:
			expected = f"one of the plans: {', '.join(plans) or 'none'}"
			document.fault((*path, "plan"), f"there is no plan {shown(keys['plan'])}", expected)
		if keys["end"] < keys["start"]:
			wrong, expected = f"contract {name} ends before it starts", "an end on or after the start"
			document.fault((*path, "end"), wrong, expected)
		plan = plans.get(keys["plan"], Plan(keys["plan"]))
		contracts.append(
			Contract(name, keys["customer"], plan, keys["start"], keys["end"], keys.get("product", ""))
		)
	for one, other in overlapping(contracts):
		wrong = f"contract {other.name} overlaps {one.name}"
		document.fault(("contracts", other.name), wrong, "one contract at a time")
	return tuple(contracts)
