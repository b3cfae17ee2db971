"""The harness gives a site with the helpdesk and this app on it, and takes every test's rows back."""

import frappe
import pytest

from tests.factories import make_agent, make_ticket
from tests.site.desk import remove


def test_the_site_has_the_apps():
	import helpdesk

	assert tuple(map(int, helpdesk.__version__.split(".")[:2])) >= (1, 28)
	assert frappe.get_installed_apps() == ["frappe", "telephony", "helpdesk", "crm_support_ext"]


def test_a_ticket_can_be_inserted():
	ticket = make_ticket(subject="The harness was here", raised_by="kim@example.com")

	assert frappe.db.get_value("HD Ticket", ticket.name, "subject") == "The harness was here"


def test_nothing_stays_of_another_test():
	assert not frappe.db.exists("HD Ticket", {"subject": "The harness was here"})


def test_user_and_time_can_be_changed(as_user, frozen_time):
	agent = make_agent("robin@example.com")

	with as_user(agent), frozen_time("2026-03-02 09:00") as clock:
		assert frappe.session.user == agent
		assert frappe.utils.now() == "2026-03-02 09:00:00.000000"
		clock.tick(300)
		assert frappe.utils.now() == "2026-03-02 09:05:00.000000"
	assert frappe.session.user == "Administrator"


def seen_by_others(subject: str) -> bool:
	"""Whether another connection sees this ticket."""
	ours = frappe.local.db
	frappe.connect()
	try:
		return bool(frappe.db.exists("HD Ticket", {"subject": subject}))
	finally:
		frappe.db.close()
		frappe.local.db = ours


def test_a_commit_stays_in_the_test():
	make_ticket(subject="Committed for show")
	frappe.db.commit()
	make_ticket(subject="Rolled back")
	frappe.db.rollback()

	assert frappe.db.exists("HD Ticket", {"subject": "Committed for show"})
	assert not frappe.db.exists("HD Ticket", {"subject": "Rolled back"})
	assert not seen_by_others("Committed for show")


@pytest.mark.commits
def test_a_commit_can_be_true():
	ticket = make_ticket(subject="Committed in truth")
	frappe.db.commit()

	assert seen_by_others("Committed in truth")
	remove(ticket.name)
	assert not seen_by_others("Committed in truth")
