"""The board of parked items, where the product director decides; everybody of the desk reads it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_fullname, getdate

from crm_support_ext.constants import PARKED_ITEM, PRODUCT, WEIGHTS
from crm_support_ext.domain.decisions import Decision, State, possible
from crm_support_ext.domain.parked_priority import refuses
from crm_support_ext.domain.results import Refusal
from crm_support_ext.messages import refuse, sentence
from crm_support_ext.permissions import is_product_director
from crm_support_ext.store import board, decisions, weight_changes
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.decision_words import decision_label
from crm_support_ext.store.frappe import now
from crm_support_ext.store.parked_items import weights_of


@frappe.whitelist()
def page(product: str, shown: str = board.IN_ORDER, after: str = "") -> dict[str, Any]:
	"""A page of the items of a product: ``rows``, ``next`` (store/board.py), ``lanes``, the releases to come, and
	``may_decide``. ``shown`` is "In order", "Nobody waits" or a state."""
	_may_read()
	frappe.has_permission(PRODUCT, "read", product, throw=True)
	if shown not in board.SHOWN:
		frappe.throw(_("The board shows one of: {0}.").format(", ".join(board.SHOWN)))
	return {
		**board.page(product, shown, after),
		"lanes": board.lanes(product),
		"may_decide": is_product_director(),
	}


@frappe.whitelist()
def standing(item: str) -> dict[str, Any]:
	"""What the form of an item shows besides its fields: rank, forecast, spent (minutes, strippen), history (what was
	decided, the latest first), possible (what the present user can decide: value and label) and releases (to come)."""
	_may_read()
	row = decisions.item_of(item)
	decided = possible(State(row.state)) if is_product_director() else []
	return {
		**board.standing(row),
		"history": [_said(each) for each in decisions.history(item)],
		"possible": [{"value": each.value, "label": decision_label(each)} for each in decided],
	}


def _said(row: Any) -> dict[str, Any]:
	label = decision_label(Decision(row.decision))
	return {**row, "decision": label, "by": get_fullname(row.by)}


@frappe.whitelist()
def needs(item: str, decision: str, release: str | None = None, until: str | None = None) -> dict[str, Any]:
	"""Whether a decision needs a reason, and why: ``reason`` and ``words``. One that is not possible is refused."""
	_may_decide()
	asked = decisions.would_be(
		decisions.item_of(item), _decision(decision), now(), release=release, until=until and getdate(until)
	)
	if isinstance(asked, Refusal) and asked.code != "decision_reason_needed":
		refuse(asked)
	return {
		"reason": isinstance(asked, Refusal),
		"words": sentence(asked) if isinstance(asked, Refusal) else "",
	}


@frappe.whitelist(methods=["POST"])
def decide(
	item: str, decision: str, reason: str = "", release: str | None = None, until: str | None = None
) -> dict[str, str]:
	"""Decide on an item: Plan (``release``), Defer (``until``), Decline or Take back. Answers its state."""
	_may_decide()
	after = patiently(
		lambda: decisions.decide(
			item,
			_decision(decision),
			now(),
			by=frappe.session.user,
			reason=reason,
			release=release,
			until=until and getdate(until),
		)
	)
	if isinstance(after, Refusal):
		refuse(after)
	return {"state": after.value}


@frappe.whitelist()
def what_would_change(doc: dict | str) -> dict[str, Any]:
	"""How the order would change if these Parked Item Weights were saved: ``refused``, why they cannot be, or empty, and
	``products`` (store/weight_changes.py)."""
	frappe.has_permission(WEIGHTS, "read", throw=True)
	changed = frappe.get_doc(frappe.parse_json(doc))
	if changed.doctype != WEIGHTS:
		frappe.throw(_("Only {0} have this preview.").format(_(WEIGHTS)))
	if refusal := refuses(weights_of(changed)):
		return {"refused": sentence(refusal), "products": []}
	return {"refused": "", "products": weight_changes.what_would_change(changed)}


def _may_read() -> None:
	frappe.has_permission(PARKED_ITEM, "read", throw=True)


def _may_decide() -> None:
	if not is_product_director():
		refuse(Refusal("not_the_directors"))


def _decision(said: str) -> Decision:
	"""What a person can decide; the rest happens."""
	own = (Decision.PLAN, Decision.DEFER, Decision.DECLINE, Decision.TAKE_BACK)
	found = next((each for each in own if each.value == said), None)
	if found is None:
		names = ", ".join(each.value for each in own)
		frappe.throw(_("{0} is no decision. Use one of: {1}.").format(said, names))
	return found
