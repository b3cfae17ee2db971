"""What another table of settlement would make of the last year's work logs, before anybody saves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import add_to_date, now_datetime

from crm_support_ext.constants import BOOKED, WORK_LOG
from crm_support_ext.domain.payment import Part
from crm_support_ext.domain.quotations import Offer, SettlesIn
from crm_support_ext.domain.settlement import Place, Role, Rule, Settlement, Work
from crm_support_ext.domain.settlement_changes import Booked, Change, Sums, WhatIf, what_if
from crm_support_ext.store.contracts import decimal, tariff
from crm_support_ext.store.settlement_words import law_word, rule_word

SHOWN = 50
"""So many of the logs are listed; all are counted."""

_FIELDS = ("name", "part_of", "ticket", "start", "kind", "activity", "role", "place", "minutes")
_FIELDS += ("settlement", "strippen", "decided", "contract", "quotation")


def what_would_change(rules: Sequence[Rule]) -> dict[str, Any]:
	"""The sums by settlement as they are and as they would be, how many logs differ, and the latest of those."""
	rows = {row.name: row for row in _rows()}
	answer = what_if(_booked(rows.values()), rules, tariff())
	return {
		"looked_at": len({row.part_of or row.name for row in rows.values()}),
		"changed": len(answer.changes),
		"settlements": list(_sums(answer)),
		"logs": [_line(change, rows[change.booked.name]) for change in answer.changes[:SHOWN]],
	}


def _rows() -> list[Any]:
	"""Last year's booked work, the latest first."""
	logs = frappe.qb.DocType(WORK_LOG)
	return (
		frappe.qb.from_(logs)
		.select(*(logs[field] for field in _FIELDS))
		.where((logs.state == BOOKED) & (logs.start >= add_to_date(now_datetime(), years=-1)))
		.orderby(logs.start, logs.name, order=Order.desc)
	).run(as_dict=True)


def _booked(rows: Any) -> Iterator[Booked]:
	"""Each piece of work, put together again if it was split."""
	pieces: dict[str, list[Any]] = defaultdict(list)
	for row in rows:
		pieces[row.part_of or row.name].append(row)
	for name, parts in pieces.items():
		first = next((row for row in parts if row.name == name), None)
		if first:
			yield Booked(name, _work(first, parts), Settlement(first.decided), _paid(parts), _offer(first))


def _work(first: Any, parts: Sequence[Any]) -> Work:
	minutes = sum(row.minutes for row in parts)
	role, place = Role(first.role), Place(first.place)
	return Work(first.kind or "", first.activity or "", role, place, minutes, bool(first.contract))


def _paid(parts: Sequence[Any]) -> tuple[Part, ...]:
	return tuple(Part(Settlement(row.settlement), row.minutes, decimal(row.strippen)) for row in parts)


def _offer(first: Any) -> Offer | None:
	if not first.quotation:
		return None
	is_fixed = first.settlement == Settlement.FIXED_PRICE.value
	return Offer(first.quotation, SettlesIn.FIXED_PRICE if is_fixed else SettlesIn.STRIPPEN, decimal(0))


def _sums(answer: WhatIf) -> Iterator[dict[str, Any]]:
	for way in Settlement:
		yield {
			"settlement": _(way.value),
			**{when: _sum(sums, way) for when, sums in (("now", answer.now), ("then", answer.then))},
		}


def _sum(sums: Sums, way: Settlement) -> dict[str, Any]:
	return {**vars(sums[way]), "strippen": str(sums[way].strippen)}


def _line(change: Change, row: Any) -> dict[str, Any]:
	decision = change.decision
	why = law_word(decision.overruled_by) if decision.overruled_by else rule_word(decision.rule)
	paid = ", ".join(dict.fromkeys(_(part.settlement.value) for part in change.booked.paid))
	return {
		"log": row.name,
		"ticket": row.ticket,
		"start": str(row.start),
		"minutes": change.booked.work.minutes,
		"now": paid,
		"now_strippen": str(sum((part.strippen for part in change.booked.paid), decimal(0))),
		"then": _(change.paid.settlement.value),
		"then_strippen": str(change.paid.strippen),
		"rule": why,
	}
