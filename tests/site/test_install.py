"""Installing: the versions that will do, and the same result however often it runs."""

from __future__ import annotations

import frappe
import pytest

from crm_support_ext.setup import install, take_over, tiers
from crm_support_ext.setup.form_scripts import SCRIPTS
from crm_support_ext.setup.views import VIEWS


@pytest.mark.parametrize(
	("name", "version"),
	[("Helpdesk", "1.27.9"), ("Helpdesk", "2.0.0"), ("Frappe", "15.108.0"), ("Frappe", "17.0.0-dev")],
)
def test_a_version_that_will_not_do_is_refused_by_name(name, version):
	with pytest.raises(frappe.ValidationError, match=f"needs {name} .* this bench has {version}"):
		install.check_version(name, version)


@pytest.mark.parametrize(
	("name", "version"),
	[("Helpdesk", "1.28.0"), ("Helpdesk", "1.30"), ("Frappe", "15.109.0"), ("Frappe", "16.0.0-dev")],
)
def test_a_version_that_will_do(name, version):
	install.check_version(name, version)


def test_installing_again_keeps_what_an_administrator_changed():
	frappe.db.set_value("HD Ticket Status", "Pending", {"color": "Pink", "label_customer": "Your turn"})
	frappe.db.set_value("HD Form Script", next(iter(SCRIPTS)), "enabled", 0)
	frappe.db.set_value("HD View", next(iter(VIEWS)), "label", "Fresh")
	frappe.db.set_single_value("HD Settings", "send_acknowledgement_email", 0)
	settings = frappe.get_doc("CRM Support Settings")
	settings.update({"close_after_hours": 72, "thanks_phrases": []})
	settings.save()
	remembered = frappe.db.get_single_value("CRM Support Settings", "replaced")
	for _ in range(2):
		install.after_migrate()
	assert frappe.db.get_value("HD Ticket Status", "Pending", ["color", "label_customer"]) == (
		"Pink",
		"Your turn",
	)
	assert not frappe.db.get_value("HD Form Script", next(iter(SCRIPTS)), "enabled")
	assert frappe.db.get_value("HD View", next(iter(VIEWS)), "label") == "Fresh"
	assert not frappe.db.get_single_value("HD Settings", "send_acknowledgement_email")
	again = frappe.get_doc("CRM Support Settings")
	assert (again.close_after_hours, again.thanks_phrases) == (72, [])
	assert frappe.db.get_single_value("CRM Support Settings", "replaced") == remembered


def test_every_row_of_the_template_is_there_once():
	install.after_migrate()
	rows = frappe.get_all("HD Ticket Template Field", filters={"parent": "Default"}, pluck="fieldname")
	assert len(rows) == len(set(rows)) and "cse_waiting_on" in rows


def test_the_calendar_follows_the_set_up_wizard():
	tiers.after_wizard({"timezone": "Europe/Oslo", "country": "Norway"})
	calendar = frappe.get_doc("Support Calendar", tiers.FIRST)
	assert (calendar.time_zone, calendar.country) == ("Europe/Oslo", "Norway")
	tiers.after_wizard()
	calendar.reload()
	assert calendar.time_zone == "Europe/Oslo"


def test_people_land_where_they_did_unless_there_were_several_apps():
	frappe.db.set_single_value("System Settings", "default_app", "")
	take_over.keep_landing()
	assert frappe.db.get_single_value("System Settings", "default_app") == "helpdesk"
	frappe.db.set_single_value("System Settings", "default_app", "frappe")
	take_over.keep_landing()
	assert frappe.db.get_single_value("System Settings", "default_app") == "frappe"
