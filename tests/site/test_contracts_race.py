"""Two people activate two overlapping contracts at one moment, with real processes on a real database."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, getdate

from crm_support_ext.constants import CONTRACT
from tests.factories import make, make_customer
from tests.site.contracts import plan, remove
from tests.site.workers import at_once, finish, start

CUSTOMER = "Overlapping BV"
PEOPLE = 6


def day(days):
	return str(add_days(getdate(), days))


@pytest.fixture
def drafts():
	make_customer(CUSTOMER)
	fields = {"customer": CUSTOMER, "plan": plan("Raced"), "start": day(-100), "end": day(264)}
	names = [make(CONTRACT, **fields).name for _ in range(PEOPLE)]
	frappe.db.delete(
		"Error Log", {"reference_name": ("in", names)}
	)  # the log outlives a rollback, numbers do not
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	remove(*frappe.get_all(CONTRACT, filters={"customer": CUSTOMER}, pluck="name"))
	frappe.delete_doc("HD Customer", CUSTOMER, force=True)
	frappe.delete_doc("Maintenance Plan", "Raced", force=True)
	frappe.db.commit()


def activated(name):
	return "Administrator", "crm_support_ext.api.contract.move", {"contract": name, "state": "Active"}


def changed(name, **fields):
	values = {"doctype": CONTRACT, "name": name, "fieldname": fields}
	return "Administrator", "frappe.client.set_value", values


@pytest.mark.commits
def test_of_six_who_activate_overlapping_contracts_at_once_one_succeeds(drafts):
	told = sorted(at_once(*map(activated, drafts)))
	frappe.db.rollback()
	states = frappe.get_all(CONTRACT, filters={"name": ("in", drafts)}, pluck="state")
	assert sorted(states) == ["Active"] + ["Draft"] * (PEOPLE - 1)
	(winner,) = frappe.get_all(CONTRACT, filters={"name": ("in", drafts), "state": "Active"}, pluck="name")
	assert told[0].startswith("done")
	assert all(f"{winner} of {CUSTOMER} already covers" in said for said in told[1:])


@pytest.mark.commits
def test_two_contracts_that_grow_into_each_other_at_once_do_not_overlap_or_hang(drafts):
	early, late = drafts[:2]
	frappe.db.set_value(CONTRACT, early, {"end": day(80), "state": "Active"})
	frappe.db.set_value(CONTRACT, late, {"start": day(112), "state": "Active"})
	frappe.db.commit()
	told = sorted(at_once(changed(early, end=day(100)), changed(late, start=day(90))))
	frappe.db.rollback()
	assert told[0].startswith("done")
	assert told[1].startswith("refused") and "already covers" in told[1]
	ends, begins = (frappe.db.get_value(CONTRACT, *found) for found in ((early, "end"), (late, "start")))
	assert ends < begins


@pytest.mark.commits
def test_two_nightly_jobs_at_once_and_killed_ones_renew_each_contract_once(drafts):
	today = getdate()
	for number, name in enumerate(drafts):  # years that lie one behind the other, so that none overlaps
		last = add_days(today, -1) if number == 0 else add_days(today, -400 * number)
		facts = {"start": add_days(last, -30), "end": last, "state": "Active", "renews": number == 0}
		frappe.db.set_value(CONTRACT, name, {**facts, "renew_months": 1})
	frappe.db.commit()
	finish(start("tasks.contracts.settle_end", "contracts", die_at=2), -9)
	for worker in [start("tasks.contracts.settle_end", "contracts") for _ in range(2)]:
		finish(worker)
	frappe.db.rollback()
	docs = [frappe.get_doc(CONTRACT, name) for name in drafts]
	assert [doc.state for doc in docs] == ["Active"] + ["Expired"] * (PEOPLE - 1)
	assert [len(doc.terms) for doc in docs] == [1] * PEOPLE
	assert docs[0].end > today
	assert not frappe.db.exists("Error Log", {"reference_name": ("in", drafts)})
