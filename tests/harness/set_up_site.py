"""What an administrator does first on a new site: the set-up wizard, with the answers of a Dutch vendor."""

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

if __name__ == "__main__":
	frappe.init(SITE)
	frappe.connect()
	setup_complete(ANSWERS)
	frappe.db.set_single_value("System Settings", "time_zone", ANSWERS["timezone"])
	frappe.db.commit()
	frappe.destroy()
