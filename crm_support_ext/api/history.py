"""Bringing an old desk's history in: ``crm-support replay LOG --to URL`` calls these (replay.md).

Only a System Manager may; no mail is sent. A call is kept as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils.synchronization import filelock

from crm_support_ext.constants import SYSTEM_MANAGER
from crm_support_ext.domain.lifecycle import CREATED, Event, Timing
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.history import History
from crm_support_ext.store.history_facts import HistoryRow

COLUMNS = ("customer", "actor", "item", "tier", "date", "party", "chosen_by_customer")
COLUMNS += ("kind", "product", "minutes", "activity", "role", "place")
COLUMNS += ("contact", "workaround", "effort", "release")


@frappe.whitelist(methods=["POST"])
def book(log: str, events: list, timing: dict) -> dict[str, Any]:
	"""Play rows of a log, which come in order of time. Answers how many were played and skipped, and the refusals."""
	with _history(log, timing) as history:
		return patiently(lambda: _play(history, events))


def _play(history: History, events: list) -> dict[str, Any]:
	played, refused = 0, []
	for event in events:
		row, happened = _row(event), _event(event)
		if happened in (Event.ITEM_RELEASED, Event.ITEM_DECLINED):
			played += history.decide_item(row, happened)
			continue
		outcome = history.book(row, happened)
		played += outcome is not None
		if isinstance(outcome, Refusal):
			refused.append(
				{"row": row.row, "ticket": row.ticket, "event": event["event"], "code": outcome.code}
			)
	return {"played": played, "skipped": len(events) - played, "refused": refused}


@frappe.whitelist(methods=["POST"])
def finish(log: str, until: str, timing: dict) -> dict[str, Any]:
	"""Let the timers fire that are due by the end of the log, and leave its tickets to the desk."""
	with _history(log, timing) as history:
		history.fire_until(_moment(until, 0))
		history.finish()
	return {"finished": True}


@contextmanager
def _history(log: str, timing: dict) -> Iterator[History]:
	"""The history of one log, for one call at a time: a client that was stopped may have left one running."""
	frappe.only_for(SYSTEM_MANAGER)
	frappe.flags.update(cse_history=True, mute_emails=True)
	try:
		rules = Timing(**{name: int(value) for name, value in timing.items()})
	except (TypeError, ValueError):
		known = ", ".join(field.name for field in fields(Timing))
		frappe.throw(_("timing takes whole numbers named {0}; nothing of this call was kept.").format(known))
	with filelock(f"crm-support-history-{log[:16]}", timeout=300):
		frappe.db.commit()  # nosemgrep: look at what the call before has committed, not at when this one came
		yield History(log, rules)
		frappe.db.commit()  # nosemgrep: before the next call may look


def _row(event: dict) -> HistoryRow:
	missing = [name for name in ("row", "at", "event") if not event.get(name)]
	if missing:
		frappe.throw(
			_("An event without {0}: {1}; nothing of this call was kept.").format(
				", ".join(missing), frappe.as_json(event)
			)
		)
	return HistoryRow(
		row=int(event["row"]),
		at=_moment(event["at"], event["row"]),
		ticket=str(event.get("ticket") or ""),
		**{column: str(event.get(column) or "") for column in COLUMNS},
	)


def _event(event: dict) -> Event | None:
	name = event["event"]
	if name == CREATED:
		return None
	if name == Event.CUSTOMER_REPLIED.value and str(event.get("auto") or "0") == "1":
		return Event.MACHINE_REPLIED
	if name not in {known.value for known in Event}:
		frappe.throw(
			_("Row {0}: {1} is not an event of a log; nothing of this call was kept.").format(
				event["row"], name
			)
		)
	return Event(name)


def _moment(value: str, row: int) -> datetime:
	try:
		at = datetime.fromisoformat(value)
	except ValueError:
		at = None
	if at is None or at.tzinfo is None:
		frappe.throw(
			_(
				"Row {0}: {1} is not a time with an offset, as in 2026-03-02T09:00:00+01:00; nothing of this call was kept."
			).format(row, value)
		)
	return at
