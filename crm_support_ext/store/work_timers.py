"""The stopwatch by which an agent takes the time of work on a ticket. The server keeps it, so that it outlives a page.

Nobody works on two tickets at once: a timer that starts lets the agent's others pause (ours).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import frappe
from frappe.database.database import savepoint

from crm_support_ext.constants import TIMER
from crm_support_ext.store.frappe import moment, site_time


@dataclass(frozen=True)
class Timer:
	"""What a stopwatch shows: the time that it took so far, since when it takes more, and when it was first started."""

	taken: timedelta = timedelta()
	runs_since: datetime | None = None
	began: datetime | None = None

	def shows(self, at: datetime) -> timedelta:
		"""The time taken until then."""
		return self.taken + (max(at - self.runs_since, timedelta()) if self.runs_since else timedelta())


def timer_of(ticket: str, agent: str) -> Timer:
	"""The agent's timer of a ticket; one that shows nothing if there is none."""
	row = _row(ticket, agent)
	if row is None:
		return Timer()
	runs_since = moment(row.started_at) if row.running else None
	return Timer(timedelta(seconds=row.seconds or 0), runs_since, moment(row.creation))


def start(ticket: str, agent: str, at: datetime) -> list[str]:
	"""Let a timer run, or go on; the answer are the tickets whose timers of the same agent pause for it."""
	others = frappe.get_all(
		TIMER,
		filters={"agent": agent, "running": 1, "ticket": ("!=", ticket)},
		pluck="ticket",
		order_by="name",
	)
	for other in others:
		pause(other, agent, at)
	row = _row(ticket, agent)
	if row is None:
		runs = {"ticket": ticket, "agent": agent, "started_at": site_time(at), "running": 1}
		with savepoint(catch=frappe.UniqueValidationError):  # another press of the same button was first
			frappe.get_doc({"doctype": TIMER, **runs}).insert(ignore_permissions=True)
	elif not row.running:
		frappe.db.set_value(TIMER, row.name, {"started_at": site_time(at), "running": 1})
	return others


def pause(ticket: str, agent: str, at: datetime) -> None:
	"""Let a timer stand still; one that does stays as it is."""
	row = _row(ticket, agent, for_update=True)
	if row and row.running:
		took = max(at - moment(row.started_at), timedelta())
		seconds = (row.seconds or 0) + int(took.total_seconds())
		frappe.db.set_value(TIMER, row.name, {"seconds": seconds, "running": 0, "started_at": None})


def drop(ticket: str, agent: str, at: datetime) -> None:
	"""Set a timer to nothing: what it took is logged, or was not meant."""
	frappe.db.delete(TIMER, {"ticket": ticket, "agent": agent})


def forget(ticket: str) -> None:
	"""The timers go with their ticket."""
	frappe.db.delete(TIMER, {"ticket": ticket})


def _row(ticket: str, agent: str, *, for_update: bool = False) -> frappe._dict | None:
	fields = ["name", "started_at", "seconds", "running", "creation"]
	filters = {"ticket": ticket, "agent": agent}
	return frappe.db.get_value(TIMER, filters, fields, as_dict=True, for_update=for_update)
