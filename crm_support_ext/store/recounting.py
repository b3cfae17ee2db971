"""Counting running tickets again after a calendar, a tier or a contract was changed.

They are marked in the same transaction as the change and counted by the queue, batch after batch; what a worker
that was killed left behind is found by the marks. Finished tickets keep their figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Date

from crm_support_ext.constants import CALENDAR, CONTRACT, TARGET, TICKET, TICKET_PRODUCT, TIER
from crm_support_ext.domain.business_calendar import BusinessCalendar
from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.course import SOLVED
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.targets import Figures, figures
from crm_support_ext.domain.tiers import Tier
from crm_support_ext.store.calendars import as_rule, calendar_of, has_own_targets, tier_as_rule
from crm_support_ext.store.contracts import as_stored, is_under
from crm_support_ext.store.courses import course_of
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.targets import tier_of

RUNNING = tuple(status.value for status in Status if status not in SOLVED)
"""The statuses of tickets that are not answered."""


def running(
	*, calendar: str | None = None, tier: str | None = None, contract: Contract | None = None
) -> list[str]:
	"""The names of the tickets that are not answered and are counted by this calendar, in this tier, or that came in
	under this contract."""
	tickets, targets = frappe.qb.DocType(TICKET), frappe.qb.DocType(TARGET)
	query = (
		frappe.qb.from_(targets)
		.join(tickets)
		.on(tickets.name == targets.ticket)
		.select(targets.name)
		.where(tickets.status.isin(RUNNING))
	)
	if calendar:
		query = query.where(targets.calendar == calendar)
	if tier:
		query = query.where(targets.tier == tier)
	if contract:
		query = query.where(tickets.customer == contract.customer)
		query = query.where(Date(tickets.creation)[contract.start : contract.end])
		if contract.product:
			meets = Coalesce(tickets[TICKET_PRODUCT], "").isin(["", contract.product])
			query = query.where(meets)
	return query.run(pluck=True)


def to_be_recounted(**which: Any) -> None:
	"""Let the queue count these running tickets again, and say how many."""
	recount_all(running(**which))


def recount_all(names: Sequence[str]) -> None:
	"""Let the queue count the tickets of these names again, and say how many."""
	if not names:
		return
	targets = frappe.qb.DocType(TARGET)
	frappe.qb.update(targets).set(targets.stale, 1).where(targets.name.isin(names)).run()
	frappe.msgprint(_("{0} running tickets are being counted again.").format(len(names)), alert=True)
	frappe.enqueue(
		"crm_support_ext.tasks.recounting.run",
		queue="long",
		enqueue_after_commit=True,
		total=len(names),
	)


def what_moves(changed: Any) -> dict[str, int]:
	"""What this calendar, tier or contract, as it is now and not yet saved, would make of the running tickets.

	Answers how many run by it, and how many of their due times would be earlier, later, or past at once. Of a contract
	its own hours and targets are looked at, for the tickets that came in under it.
	"""
	names = running(
		**{_KINDS[changed.doctype]: as_stored(changed) if changed.doctype == CONTRACT else changed.name}
	)
	kept = {row.name: row for row in frappe.get_all(TARGET, filters={"name": ("in", names)}, fields=["*"])}
	answer, at = Counter(running=0, earlier=0, later=0, late=0), now()
	for name in names:
		doc = frappe.get_doc(TICKET, name)
		if changed.doctype == CONTRACT and not is_under(doc, changed.name):
			continue
		answer["running"] += 1
		tier, calendar = _would_run_by(doc, changed)
		if course := course_of(doc, tier, None):
			answer.update(_moves(kept[name], figures(course, calendar, at)))
	return dict(answer)


_KINDS = {CALENDAR: "calendar", TIER: "tier", CONTRACT: "contract"}
"""What of a ticket says that it runs by a document of this kind."""


def _would_run_by(doc: Any, changed: Any) -> tuple[Tier, BusinessCalendar]:
	"""The tier and the calendar by which a ticket were counted if the change were saved."""
	if changed.doctype == CALENDAR:
		return tier_of(doc), as_rule(changed)
	if changed.doctype == CONTRACT:
		doc.flags.cse_counted_by = changed
	elif not has_own_targets(doc, changed.name):
		return tier_as_rule(changed), calendar_of(doc)
	return tier_of(doc), calendar_of(doc)


def _moves(kept: Any, counted: Figures) -> Iterator[str]:
	dues = ((kept.target_due, counted.target.due), (kept.response_due, counted.response.due))
	for before, after in dues:
		if before and after and site_time(after) != before:
			yield "earlier" if site_time(after) < before else "later"
			break
	if False in (counted.target.met, counted.response.met) and "No" not in (
		kept.target_met,
		kept.response_met,
	):
		yield "late"
