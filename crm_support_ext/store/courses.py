"""The course of a ticket on a site: its record, its workarounds and its escalations, as the rules read it."""

from __future__ import annotations

from datetime import datetime
from functools import cache, reduce
from typing import Any

import frappe
from frappe.query_builder.custom import ConstantColumn
from pypika import Parameter

from crm_support_ext.constants import AGREED_ON, ESCALATION, STATUS_LOG, WORKAROUND
from crm_support_ext.domain.course import Course, Turn
from crm_support_ext.domain.lifecycle import Status, StatusChange
from crm_support_ext.domain.tiers import Tier
from crm_support_ext.store.frappe import moment

STATUS, GIVEN, FAILED, AWAY, BACK = range(5)
"""What a line of a course says; of one moment the status comes first."""


def course_of(doc: Any, tier: Tier, change: StatusChange | None) -> Course | None:
	"""The course of a ticket up to now, with the change of status that is being saved; None: it has no record."""
	lines = [] if doc.is_new() else _lines(str(doc.name))
	if change:
		lines.append((change.at, STATUS, change.after.value))
	turns = _turns(sorted(lines))
	if not turns:
		return None
	return Course(
		turns, tier, agreed_of(doc), moment(doc.first_responded_on) if doc.first_responded_on else None
	)


def agreed_of(doc: Any) -> Any:
	"""The moment agreed; midnight stands for the date."""
	agreed = doc.get(AGREED_ON) and frappe.utils.get_datetime(doc.get(AGREED_ON))
	if not agreed:
		return None
	return moment(agreed) if agreed.time() != datetime.min.time() else agreed.date()


def _lines(ticket: str) -> list[tuple[datetime, int, str]]:
	rows = frappe.db.sql(_query(frappe.db.db_type), {"ticket": ticket})
	return [(moment(at), int(kind), value) for at, kind, value in rows]


@cache
def _query(db_type: str) -> str:
	"""The query for the lines of a ticket. To build it takes several times as long as to run it."""
	log, workaround, escalation = (
		frappe.qb.DocType(doctype) for doctype in (STATUS_LOG, WORKAROUND, ESCALATION)
	)
	ticket = Parameter("%(ticket)s")
	chosen = (escalation.ticket == ticket) & (escalation.chosen_by_customer == 1)
	parts = (
		(log, log.at, STATUS, log.to_status, log.ticket == ticket),
		(workaround, workaround.given_at, GIVEN, workaround.name, workaround.ticket == ticket),
		(workaround, workaround.failed_at, FAILED, workaround.name, workaround.ticket == ticket),
		(escalation, escalation.went_at, AWAY, escalation.name, chosen),
		(escalation, escalation.came_back_at, BACK, escalation.name, chosen),
	)
	queries = [
		frappe.qb.from_(table)
		.select(at.as_("at"), ConstantColumn(kind).as_("kind"), value.as_("value"))
		.where(where & at.isnotnull())
		for table, at, kind, value, where in parts
	]
	union = reduce(lambda one, other: one.union_all(other), queries)
	return frappe.qb.from_(union).select("at", "kind", "value").get_sql()


def _turns(lines: list[tuple[datetime, int, str]]) -> list[Turn]:
	turns: list[Turn] = []
	status, standing, away = None, set(), set()
	for at, kind, value in lines:
		if kind == STATUS:
			status = Status(value)
		elif kind == GIVEN:
			standing.add(value)
		elif kind == FAILED:
			standing.discard(value)
		elif kind == AWAY:
			away.add(value)
		else:
			away.discard(value)
		turn = status and Turn(at, status, bool(away), bool(standing))
		if turn and (not turns or turn[1:] != turns[-1][1:]):
			turns.append(turn)
	return turns
