"""Decisions with real processes on a real database: who decides at the same moment decides one after the other."""

from __future__ import annotations

import json

import frappe
import pytest

from crm_support_ext.constants import DECISION, PARKED_ITEM
from crm_support_ext.store.decisions import DECIDED
from crm_support_ext.store.parked_items import rank
from tests.site.parked import director, release, remove_product, wanted
from tests.site.workers import at_once

RACED = "Raced decisions CRM"
DECIDE = "crm_support_ext.api.board.decide"

pytestmark = pytest.mark.commits


@pytest.fixture
def raced():
	"""Three items of a product and its release, committed; afterwards nothing is left of them."""
	remove_product(RACED)
	made = [wanted(f"Raced {number}", 9 - number, product=RACED) for number in range(3)]
	found = release("1", 30, product=RACED)
	frappe.db.commit()
	yield made, found
	remove_product(RACED)


def last(item: str):
	return frappe.get_last_doc(DECISION, {"item": item}, order_by="at desc, creation desc")


@pytest.mark.parametrize("turn", range(3))
def test_of_a_plan_and_a_decline_at_once_the_decline_stands(raced, turn):
	(item, *_), version = raced
	user = director()
	frappe.db.commit()
	told = at_once(
		(user, DECIDE, {"item": item, "decision": "Plan", "release": version}),
		(user, DECIDE, {"item": item, "decision": "Decline", "reason": "It is gone."}),
		(user, DECIDE, {"item": item, "decision": "Defer", "until": "2099-01-01"}),
	)
	frappe.db.rollback()
	now = frappe.db.get_value(PARKED_ITEM, item, [*DECIDED, "order_key"], as_dict=True)
	assert (now.state, now.release, now.deferred_until, now.order_key) == ("Declined", None, None, None)
	done = [json.loads(each.split(" ", 1)[1])["state"] for each in told if each.startswith("done")]
	refused = [each for each in told if each.startswith("refused")]
	assert "Declined" in done and all("The item is Declined" in each for each in refused)
	assert frappe.db.count(DECISION, {"item": item}) == len(done)
	assert last(item).decision == "Decline"


def test_items_of_a_product_that_are_decided_on_at_once_keep_their_order(raced):
	items, version = raced
	user = director()
	frappe.db.commit()
	reason = {"release": version, "reason": "All of them", "decision": "Plan"}
	told = at_once(*((user, DECIDE, {"item": item, **reason}) for item in items))
	frappe.db.rollback()
	assert [each.split(" ", 1)[0] for each in told] == ["done"] * 3
	rows = [frappe.get_doc(PARKED_ITEM, item) for item in items]
	assert [(row.state, row.release, rank(row)) for row in rows] == [
		("Planned", version, number) for number in (1, 2, 3)
	]
