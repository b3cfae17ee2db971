"""Count tickets again that a change of calendar or tier has marked; every five minutes, and at once after a change."""

from __future__ import annotations

from datetime import timedelta

import frappe
from frappe import _

from crm_support_ext.constants import TARGET, TICKET
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.targets import recount
from crm_support_ext.tasks.pieces import each

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
	for first in range(0, len(names), STEP):
		some = names[first : first + STEP]
		counted += each(some, lambda name: _claim(name) and recount(name), _give_up)
		if total:
			done = max(total - left + first + len(some), 0) * 100 / total
			frappe.publish_progress(done, title=_("Counting tickets again"))
	if left > len(names) and counted:
		frappe.enqueue("crm_support_ext.tasks.recounting.run", queue="long", total=total)


def _give_up(name: str, error: Exception) -> None:
	frappe.log_error(title=_("Ticket #{0} cannot be counted again").format(name))
	frappe.db.set_value(TARGET, name, "stale", 0)


def _claim(name: str) -> bool:
	"""Lock a ticket, as a save of it would first, and look again whether it is to be counted."""
	tickets = frappe.qb.DocType(TICKET)
	lock = frappe.qb.from_(tickets).select(tickets.name).where(tickets.name == name)
	return bool(lock.for_update(skip_locked=True).run() and frappe.db.get_value(TARGET, name, "stale"))
