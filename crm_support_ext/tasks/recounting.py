"""Count tickets again that a change of calendar or tier has marked; every five minutes, and at once after a change."""

from __future__ import annotations

from datetime import timedelta

import frappe
from frappe import _

from crm_support_ext.constants import TARGET, TICKET
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.targets import recount

BATCH = 200
STEP = 10
"""After how many tickets the progress is shown anew."""
AHEAD = timedelta(hours=2)


def move_resting() -> None:
	"""Every hour: the due time of a clock that rests is counted as if it went on at once, so it moves with the time."""
	targets = frappe.qb.DocType(TARGET)
	soon = site_time(now() + AHEAD)
	frappe.qb.update(targets).set(targets.stale, 1).where(
		targets.rests_since.isnotnull() & (targets.target_due <= soon) & targets.target_met.isnull()
	).run()
	run()


def run(total: int = 0) -> None:
	"""Count the marked tickets, each in a transaction of its own.

	After a change, which marked ``total`` of them, whoever made it sees how far it is: the job is in their name.
	"""
	names = frappe.get_all(TARGET, filters={"stale": 1}, pluck="name", order_by="modified", limit=BATCH)
	left, counted = frappe.db.count(TARGET, {"stale": 1}), 0
	for number, name in enumerate(names, start=1):
		counted += _count(name)
		if total and (number % STEP == 0 or number == left):
			done = max(total - left + number, 0) * 100 / total
			frappe.publish_progress(done, title=_("Counting tickets again"))
	if left > len(names) and counted:
		frappe.enqueue("crm_support_ext.tasks.recounting.run", queue="long", total=total)


def _count(name: str) -> bool:
	"""Count one ticket, unless another worker is at it; the answer is whether it went well."""
	try:
		claimed = _claim(name)
		if claimed:
			recount(name)
	except Exception:
		frappe.db.rollback()
		claimed = False
		frappe.log_error(title=_("Ticket #{0} cannot be counted again").format(name))
		frappe.db.set_value(TARGET, name, "stale", 0)
	frappe.db.commit()  # nosemgrep: each ticket is its own transaction
	return claimed


def _claim(name: str) -> bool:
	"""Lock a ticket, as a save of it would first, and look again whether it is to be counted."""
	tickets = frappe.qb.DocType(TICKET)
	lock = frappe.qb.from_(tickets).select(tickets.name).where(tickets.name == name)
	return bool(lock.for_update(skip_locked=True).run() and frappe.db.get_value(TARGET, name, "stale"))
