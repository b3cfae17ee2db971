"""The list's bulk edit obeys the table too; it commits document by document."""

from __future__ import annotations

import frappe
import pytest

from tests.site.desk import remove, ticket_in


@pytest.mark.commits
def test_bulk_edit_obeys():
	from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs

	names = [ticket_in("Open").name, ticket_in("Parked").name]
	frappe.db.commit()
	submit_cancel_or_update_docs(
		"HD Ticket", frappe.as_json(names), "update", frappe.as_json({"status": "Pending"})
	)
	try:
		assert [frappe.db.get_value("HD Ticket", name, "status") for name in names] == ["Pending", "Parked"]
	finally:
		remove(*names)
