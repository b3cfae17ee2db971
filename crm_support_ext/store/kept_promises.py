"""How many promises were kept: counted per holder, customer or month, for the report and the number card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

import frappe
from frappe.query_builder.functions import Coalesce, Count, DateFormat
from pypika import Case

from crm_support_ext.constants import PROMISE, TICKET
from crm_support_ext.domain.promises import State

Part = Literal["holder", "customer", "month"]


def count(
	first_day: date, last_day: date, by: Part | None = None, only: Mapping[str, str] | None = None
) -> list[Any]:
	"""Rows of kept, broken, withdrawn and replaced promises that were decided in these days, and ``part`` if ``by``.

	The holder of a promise that a deputy took over is the deputy. ``only`` narrows to a holder or a customer.
	"""
	rows, tickets = frappe.qb.DocType(PROMISE), frappe.qb.DocType(TICKET)
	parts = {
		"holder": Coalesce(rows.taken_over_by, rows.holder, ""),
		"customer": Coalesce(tickets.customer, ""),
		"month": DateFormat(rows.decided_at, "%Y-%m"),
	}
	query = (
		frappe.qb.from_(rows)
		.join(tickets)
		.on(tickets.name == rows.ticket)
		.select(*(_count_of(rows, state) for state in State if state is not State.OPEN))
		.where((rows.decided_at >= first_day) & (rows.decided_at < last_day + timedelta(days=1)))
	)
	for part, value in (only or {}).items():
		query = query.where(parts[part] == value)
	if by:
		query = query.select(parts[by].as_("part")).groupby(parts[by]).orderby(parts[by])
	return query.run(as_dict=True)


def _count_of(rows: Any, state: State) -> Any:
	return Count(Case().when(rows.state == state.value, 1)).as_(state.value.lower())
