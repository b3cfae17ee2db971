"""The lists of tickets: the helpdesk's own answer, with the due times put right (store/shown_due.py)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import frappe
from frappe.utils import get_datetime
from helpdesk.api import doc as stock

from crm_support_ext.constants import TICKET
from crm_support_ext.store.shown_due import FIELDS, due_in_list


@frappe.whitelist()
def get_list_data(
	doctype: str,
	filters: dict | list | None = None,
	default_filters: dict | None = None,
	order_by: str = "modified desc",
	page_length: int = 20,
	columns: list | None = None,
	rows: list | None = None,
	show_customer_portal_fields: bool = False,
	view: dict | None = None,
	is_default: bool = False,
) -> dict[str, Any]:
	"""As ``helpdesk.api.doc.get_list_data``, whose permission check it is."""
	answer = stock.get_list_data(
		doctype,
		filters=filters or [],
		default_filters=default_filters or {},
		order_by=order_by,
		page_length=page_length,
		columns=columns or [],
		rows=rows or [],
		show_customer_portal_fields=show_customer_portal_fields,
		view=view,
		is_default=is_default,
	)
	if doctype == TICKET:
		for row in answer["data"]:
			_say_nothing_is_owed(row)
		if show_customer_portal_fields:
			_name_resolutions(answer)
	return answer


def _say_nothing_is_owed(row: dict[str, Any]) -> None:
	"""A target that there is not counts as kept; the page would show "NaNm"."""
	for by, done in (("response_by", "first_responded_on"), ("resolution_by", "resolution_date")):
		if by in row and not row[by]:
			row[done] = row.get(done) or row.get("creation")
			row[by] = get_datetime(row[done]) + timedelta(seconds=1) if row[done] else None


def _name_resolutions(answer: dict[str, Any]) -> None:
	"""Put words into the portal's column Resolution.

	The page counts down to whatever time is stored there. The column of the agreement's status shows any word,
	and is there too for a list that a customer has saved, once this app is gone.
	"""
	for column in answer["columns"]:
		if column["key"] == "resolution_by":
			column |= {"key": "agreement_status", "width": "10rem"}
	for field in answer["fields"]:
		if field["value"] == "resolution_by":
			field["value"] = "agreement_status"
	names = [row["name"] for row in answer["data"]]
	fields = ["name", *(field for field in FIELDS if frappe.get_meta(TICKET).has_field(field))]
	tickets = frappe.get_all(TICKET, filters={"name": ("in", names)}, fields=fields)
	words = {ticket.name: due_in_list(ticket) for ticket in tickets}
	for row in answer["data"]:
		row["agreement_status"] = words.get(row["name"], "")
