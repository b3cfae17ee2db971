"""Two people activate two overlapping contracts at one moment, with real processes on a real database."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import frappe
import pytest
from frappe.utils import add_days, getdate

from crm_support_ext.constants import CONTRACT
from tests.factories import make, make_customer
from tests.harness.bench import SITE
from tests.site.contracts import plan
from tests.site.workers import start

CUSTOMER = "Overlapping BV"
PEOPLE = 6

_PRESS = f"""
import sys, time, frappe
frappe.init({SITE!r}); frappe.connect(); frappe.set_user("Administrator")
from crm_support_ext.api import contract as api
from crm_support_ext.constants import CONTRACT
print("ready", flush=True)
time.sleep(max(float(sys.argv[2]) - time.time(), 0))
try:
	if sys.argv[3]:
		frappe.get_doc(CONTRACT, sys.argv[1]).update(frappe.parse_json(sys.argv[3])).save()
	else:
		api.move(sys.argv[1], "Active")
	frappe.db.commit()
	print("done")
except frappe.ValidationError as refusal:
	print("refused", refusal)
"""


@pytest.fixture
def drafts():
	make_customer(CUSTOMER)
	fields = {"customer": CUSTOMER, "plan": plan("Raced"), "start": "2026-01-01", "end": "2026-12-31"}
	names = [make(CONTRACT, **fields).name for _ in range(PEOPLE)]
	frappe.db.delete(
		"Error Log", {"reference_name": ("in", names)}
	)  # the log outlives a rollback, numbers do not
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	for name in frappe.get_all(CONTRACT, filters={"customer": CUSTOMER}, pluck="name"):
		frappe.delete_doc(CONTRACT, name, force=True)
	frappe.delete_doc("HD Customer", CUSTOMER, force=True)
	frappe.delete_doc("Maintenance Plan", "Raced", force=True)
	frappe.db.commit()


def press(*presses):
	"""Everybody saves these fields of their contract at the same moment, or activates it; what each was told."""
	at = str(time.time() + 6)
	started = [
		subprocess.Popen(
			[sys.executable, "-c", _PRESS, name, at, json.dumps(fields) if fields else ""],
			stdout=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
		)
		for name, fields in presses
	]
	told = []
	for person in started:
		output, errors = person.communicate(timeout=120)
		assert person.returncode == 0, errors[-2000:]
		told.append(output.split("\n", 1)[1].strip())
	return sorted(told)


@pytest.mark.commits
def test_of_six_who_activate_overlapping_contracts_at_once_one_succeeds(drafts):
	told = press(*((name, None) for name in drafts))
	frappe.db.rollback()
	states = frappe.get_all(CONTRACT, filters={"name": ("in", drafts)}, pluck="state")
	assert sorted(states) == ["Active"] + ["Draft"] * (PEOPLE - 1)
	(winner,) = frappe.get_all(CONTRACT, filters={"name": ("in", drafts), "state": "Active"}, pluck="name")
	assert told[0] == "done"
	assert all(f"{winner} of {CUSTOMER} already covers" in said for said in told[1:])


@pytest.mark.commits
def test_two_contracts_that_grow_into_each_other_at_once_do_not_overlap_or_hang(drafts):
	early, late = drafts[:2]
	frappe.db.set_value(CONTRACT, early, {"end": "2026-06-30", "state": "Active"})
	frappe.db.set_value(CONTRACT, late, {"start": "2026-08-01", "state": "Active"})
	frappe.db.commit()
	told = press((early, {"end": "2026-07-20"}), (late, {"start": "2026-07-10"}))
	frappe.db.rollback()
	assert told[0] == "done"
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
	killed = start("tasks.contracts.settle_end", "contracts", die_at=2)
	killed.communicate(timeout=120)
	assert killed.returncode == -9
	workers = [start("tasks.contracts.settle_end", "contracts") for _ in range(2)]
	for worker in workers:
		_, errors = worker.communicate(timeout=120)
		assert worker.returncode == 0, errors.decode()[-2000:]
	frappe.db.rollback()
	docs = [frappe.get_doc(CONTRACT, name) for name in drafts]
	assert [doc.state for doc in docs] == ["Active"] + ["Expired"] * (PEOPLE - 1)
	assert [len(doc.terms) for doc in docs] == [1] * PEOPLE
	assert docs[0].end > today
	assert not frappe.db.exists("Error Log", {"reference_name": ("in", drafts)})
