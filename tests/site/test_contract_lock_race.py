"""A contract is suspended or ended while others are about to book on it, with real processes on a real database."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import frappe
import pytest
from frappe.utils import add_days, getdate

from crm_support_ext.api import ledger as api
from crm_support_ext.constants import CONTRACT, WORK_LOG
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves
from crm_support_ext.store.ledger import balance_of
from tests.site.contracts import active
from tests.site.desk import AGENT
from tests.site.test_ledger_race import assert_whole, desk  # noqa: F401
from tests.site.workers import at_once

ACT, MOVE = "crm_support_ext.api.ticket.act", "crm_support_ext.api.contract.move"
WAITING = 4

pytestmark = pytest.mark.commits


def booked_meanwhile(ticket: str) -> list[tuple[str | None, str]]:
	"""What the work logs say of some who waited for the contract's lock until what we did was committed."""
	values = {"minutes": "15", "role": "helpdesk", "place": "remote"}
	press = {"ticket": ticket, "event": "work", "text": "Worked"}
	presses = [
		(AGENT, ACT, {**press, "values": {**values, "key": frappe.generate_hash()}}) for _ in range(WAITING)
	]
	with ThreadPoolExecutor(1) as beside:
		booking = beside.submit(at_once, *presses)
		until_all_wait()
		frappe.db.commit()
	assert all(told.startswith("done") for told in booking.result()), booking.result()
	logs = frappe.get_all(WORK_LOG, {"ticket": ticket}, ["contract", "settlement"], as_list=True)
	frappe.db.delete(WORK_LOG, {"ticket": ticket, "contract": ("is", "not set")})
	frappe.db.commit()
	return list(logs)


def until_all_wait() -> None:
	"""Until they ask for the contract's row, which we have locked."""
	for _ in range(600):
		asked = [row.Info or "" for row in frappe.db.sql("SHOW FULL PROCESSLIST", as_dict=True)]
		if sum(f"tab{CONTRACT}" in query and "FOR UPDATE" in query for query in asked) == WAITING:
			return
		time.sleep(0.1)
	frappe.db.rollback()
	raise AssertionError(asked)


def test_work_that_waited_while_its_contract_was_suspended_is_billed(desk):  # noqa: F811
	contract_moves.move_to(desk.contract, State.SUSPENDED)
	assert booked_meanwhile(desk.ticket) == [(None, "Time and Material")] * WAITING
	assert assert_whole(desk.contract) == {}


def test_work_that_waited_while_its_contract_ended_goes_on_the_next(desk):  # noqa: F811
	contract_moves.move_to(desk.contract, State.ENDED, add_days(getdate(), -1))
	later = active(getdate(), add_days(getdate(), 364), plan="A hundred").name
	assert booked_meanwhile(desk.ticket) == [(later, "Strippen")] * WAITING
	assert assert_whole(later) == {"Grant": 1, "Use": WAITING}
	assert assert_whole(desk.contract) == {}


def test_nothing_is_granted_on_a_contract_that_was_suspended_since_we_looked(desk):  # noqa: F811
	balance_of(desk.contract)  # from here on a plain read sees what is so now
	(told,) = at_once(("Administrator", MOVE, {"contract": desk.contract, "state": "Suspended"}))
	assert told.startswith("done")
	with pytest.raises(frappe.ValidationError, match="is Suspended: nothing can be booked on its ledger"):
		api.grant(desk.contract, 5, "A gift")
	assert assert_whole(desk.contract) == {}
