"""What an administrator does first on a new site: the set-up wizard, as a Dutch vendor, and an account to send mail from."""

import frappe
from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

from tests.harness.bench import SITE

ANSWERS = {
	"language": "English",
	"country": "Netherlands",
	"timezone": "Europe/Amsterdam",
	"currency": "EUR",
	"full_name": "Alex Beheer",
	"email": "beheer@example.com",
	"password": "beheer-of-the-test-site",
	"enable_telemetry": 0,
}

EMAIL_ACCOUNT = {
	"doctype": "Email Account",
	"email_account_name": "Desk of the tests",
	"email_id": "desk@example.com",
	"smtp_server": "127.0.0.1",
	"no_smtp_authentication": 1,
}

if __name__ == "__main__":
	frappe.init(SITE)
	frappe.connect()
	setup_complete(ANSWERS)
	frappe.db.set_single_value("System Settings", "time_zone", ANSWERS["timezone"])
	account = frappe.get_doc(EMAIL_ACCOUNT).insert()
	# Nobody listens yet: a document that sends would try the connection.
	account.db_set({"enable_outgoing": 1, "default_outgoing": 1})
	frappe.db.commit()
	frappe.destroy()
