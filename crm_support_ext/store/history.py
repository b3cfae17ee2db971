"""An old desk's history on the site: which ticket a log's ticket became, and how far it was played."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import frappe

from crm_support_ext.constants import STATUS_LOG, TICKET, TICKET_IMPORT, TICKET_PRODUCT
from crm_support_ext.domain.lifecycle import Event, FollowUp, Outcome, Status, Timing
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services import timers
from crm_support_ext.services.follow_ups import end_of_thread, place_for
from crm_support_ext.services.life_cycle import play
from crm_support_ext.store import history_items
from crm_support_ext.store.frappe import FrappeStore, SiteTicket, moment, site_time
from crm_support_ext.store.history_facts import (
	HistoryRow,
	contact,
	customer,
	product,
	take_in,
	tier,
	type_about,
)
from crm_support_ext.store.promises import begin_missing


class History:
	"""One log, known by its fingerprint; each of its rows is played once, however often it is sent."""

	def __init__(self, log: str, timing: Timing) -> None:
		self.log, self.timing, self.store = log, timing, FrappeStore()

	def book(self, row: HistoryRow, event: Event | None) -> Outcome | None:
		"""Play a row at the time it gives; ``event`` None is an arrival. The answer is None if it was played before."""
		entry = self._entry(row.ticket)
		if entry and not _is_after(row, entry):
			return None
		self.fire_until(row.at)
		arrives = entry is None
		entry = entry or self._open(row)
		if event is None:
			outcome: Outcome = Status.NEW if arrives else Refusal("exists")
		else:
			outcome = self._happen(entry, row, event)
		entry.db_set(_progress(row), update_modified=False)
		return outcome

	def decide_item(self, row: HistoryRow, event: Event) -> bool:
		"""A parked item was released or declined: so it is, and the tickets that wait for it are resolved; whether it
		was news to any."""
		self.fire_until(row.at)
		history_items.decide(self.log, row, event)
		news = False
		for name in frappe.get_all(TICKET_IMPORT, filters={"log": self.log, "item": row.item}, pluck="name"):
			entry = frappe.get_doc(TICKET_IMPORT, name)
			if _is_after(row, entry):
				self._happen(entry, row, event)
				entry.db_set(_progress(row), update_modified=False)
				news = True
		return news

	def fire_until(self, at: datetime) -> None:
		"""Let the timers of this log's tickets fire that are due by then, each at its own time and in their order."""
		for due, line in sorted(self._due(at), key=lambda pair: (pair[0], pair[1].asks is False)):
			ticket = self.store.ticket(line.ticket)
			if line.asks:
				timers.ask_satisfaction(self.store, ticket, moment(line.at), due, self.timing)
			else:
				timers.close(self.store, ticket, due)
				ticket.doc.save(ignore_permissions=True)

	def finish(self) -> None:
		"""Leave the tickets to the desk's own timers; nobody is asked about an answer of long ago."""
		log, entries = frappe.qb.DocType(STATUS_LOG), frappe.qb.DocType(TICKET_IMPORT)
		mine = frappe.qb.from_(entries).select(entries.ticket).where(entries.log == self.log)
		frappe.qb.update(log).set(log.survey, "Left out").where(
			log.ticket.isin(mine) & log.left_at.isnull() & log.survey.isnull()
		).run()
		frappe.qb.update(entries).set(entries.finished, 1).where(entries.log == self.log).run()
		begin_missing(self.log)

	def _due(self, at: datetime) -> Iterator[tuple[datetime, Any]]:
		log, entries = frappe.qb.DocType(STATUS_LOG), frappe.qb.DocType(TICKET_IMPORT)
		soonest = timedelta(hours=min(self.timing.survey_after_hours, self.timing.close_after_hours))
		lines = (
			frappe.qb.from_(log)
			.join(entries)
			.on(log.ticket == entries.ticket)
			.select(log.ticket, log.at, log.survey)
			.where(
				(entries.log == self.log) & (log.to_status == Status.RESOLVED.value) & log.left_at.isnull()
			)
			.where(log.at <= site_time(at - soonest))
		).run(as_dict=True)
		for line in lines:
			resolved_at = moment(line.at)
			if not line.survey and self.timing.survey_due(resolved_at) <= at:
				yield self.timing.survey_due(resolved_at), frappe._dict(line, asks=True)
			if self.timing.close_due(resolved_at) <= at:
				yield self.timing.close_due(resolved_at), frappe._dict(line, asks=False)

	def _happen(self, entry: Any, row: HistoryRow, event: Event) -> Outcome:
		last = end_of_thread(self.store, self.store.ticket(entry.ticket))
		place = place_for(self.store, last, row.at, event)
		if place is not last:
			self._remember(self._next_link(row.ticket), place, row)
			return FollowUp.NEEDED
		outcome = play(self.store, place, event, row.at, actor=row.actor)
		if isinstance(outcome, Refusal):
			return outcome
		if event is Event.PARKED:
			history_items.park(place.doc, self.log, row)
			entry.db_set("item", row.item, update_modified=False)
		elif refusal := take_in(place.doc, event, row):
			return refusal
		return outcome

	def _entry(self, log_ticket: str) -> Any | None:
		name = frappe.db.get_value(TICKET_IMPORT, {"log": self.log, "log_ticket": log_ticket})
		return frappe.get_doc(TICKET_IMPORT, name) if name else None

	def _open(self, row: HistoryRow) -> Any:
		doc = frappe.new_doc(TICKET)
		priority = tier(row.tier) or frappe.db.get_single_value("HD Settings", "default_priority")
		doc.update({"subject": row.ticket, "customer": customer(row.customer), "priority": priority})
		doc.update({"ticket_type": type_about(row.kind), TICKET_PRODUCT: product(row.product)})
		doc.contact = contact(row.contact, row.customer)
		doc.service_level_agreement_creation = site_time(row.at)
		doc.flags.cse_at = row.at
		doc.insert(ignore_permissions=True, ignore_mandatory=True)
		doc.db_set("creation", site_time(row.at), update_modified=False)
		return self._remember(row.ticket, SiteTicket(doc), row)

	def _next_link(self, log_ticket: str) -> str:
		"""The name by which the log, like the replay, may know the next follow-up: T1~1, T1~2 ..."""
		root = log_ticket.rpartition("~")[0] or log_ticket
		links = frappe.db.count(TICKET_IMPORT, {"log": self.log, "log_ticket": ("like", f"{root}~%")})
		return f"{root}~{links + 1}"

	def _remember(self, log_ticket: str, ticket: SiteTicket, row: HistoryRow) -> Any:
		entry = {"log": self.log, "log_ticket": log_ticket, "ticket": ticket.name}
		return frappe.get_doc({"doctype": TICKET_IMPORT, **entry, **_progress(row)}).insert(
			ignore_permissions=True
		)


def _progress(row: HistoryRow) -> dict[str, Any]:
	return {"last_at": row.at.astimezone(timezone.utc).isoformat(), "last_row": row.row}


def _is_after(row: HistoryRow, entry: Any) -> bool:
	return (row.at, row.row) > (datetime.fromisoformat(entry.last_at), entry.last_row)
