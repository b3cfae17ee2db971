"""What is to be said of a warning at the moment at which it is told: its ticket's clocks may have moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe

from crm_support_ext.constants import TARGET
from crm_support_ext.domain.warnings import ClockName, moment_of, running, used
from crm_support_ext.store.holders import assignees
from crm_support_ext.store.targets import clocks_of


@dataclass(frozen=True)
class WarningLine:
	"""The ticket, which of its clocks, by when it is due, how many per cent of it are used."""

	warning: str
	ticket: str
	subject: str
	tier: str
	clock: ClockName
	used: int
	due: datetime
	assignees: Sequence[str]


def line_of(warning: Any, doc: Any, at: datetime) -> WarningLine | None:
	"""What is to be said of a warning now; None if its clock does not run any more."""
	course, calendar = clocks_of(doc)
	clock = ClockName(warning.clock)
	if (
		course is None
		or clock not in running(course, calendar, at)
		or not frappe.db.exists(TARGET, str(doc.name))
	):
		return None
	due = moment_of(course, calendar, at, clock, 100)
	if due is None:
		return None
	return WarningLine(
		warning=warning.name,
		ticket=str(doc.name),
		subject=doc.subject,
		tier=course.tier.name if course.tier else "",
		clock=clock,
		used=used(course, calendar, at, clock),
		due=due,
		assignees=assignees(doc),
	)
