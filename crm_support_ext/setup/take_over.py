"""What we replace in the stock helpdesk, remembered before the first change, so that it can be given back."""

from __future__ import annotations

import json
from typing import Any

import frappe

from crm_support_ext.constants import APP, REPLACED_SETTINGS, SETTINGS, STATUSES, TICKET, TICKET_STATUS
from crm_support_ext.store.assignment import by_category

ACKNOWLEDGEMENT = "send_acknowledgement_email"
"""The customer gets their number by mail (domain.md 1); an administrator may switch it off again."""

REPLACED: dict[str, tuple[str, ...]] = {
	"HD Settings": (
		*REPLACED_SETTINGS,
		"update_status_to",
		"auto_close_status",
		"default_priority",
		ACKNOWLEDGEMENT,
	),
	"HD Service Level Agreement": ("default_ticket_status", "ticket_reopen_status"),
	"System Settings": ("default_app",),
	TICKET_STATUS: ("enabled", "order", "color", "category", "different_view", "label_customer"),
	"Assignment Rule": ("assign_condition", "assign_condition_json"),
}
"""The fields of the helpdesk's records that we change."""


def remember() -> bool:
	"""Keep the stock values, once; the answer is whether this was the first time."""
	if frappe.db.get_single_value(SETTINGS, "replaced"):
		return False
	stock = {doctype: _values(doctype, fields) for doctype, fields in REPLACED.items()}
	frappe.db.set_single_value(SETTINGS, "replaced", json.dumps(stock, default=str))
	frappe.db.set_single_value("HD Settings", ACKNOWLEDGEMENT, 1)
	keep_landing()
	return True


def keep_landing() -> None:
	"""Let people land in the helpdesk after logging in, as before: with a second app they would be asked which."""
	with_screen = [
		app
		for app in frappe.get_installed_apps()
		if app not in ("frappe", APP) and frappe.get_hooks("add_to_apps_screen", app_name=app)
	]
	is_chosen = frappe.db.get_single_value("System Settings", "default_app")
	if with_screen == ["helpdesk"] and not is_chosen:
		frappe.db.set_single_value("System Settings", "default_app", "helpdesk")


def _values(doctype: str, fields: tuple[str, ...]) -> dict[str, dict[str, Any]]:
	if doctype in ("HD Settings", "System Settings"):
		stored = dict.fromkeys(fields) | frappe.db.get_singles_dict(doctype)
		return {doctype: {field: stored[field] for field in fields}}
	filters = {"document_type": TICKET} if doctype == "Assignment Rule" else {}
	rows = frappe.get_all(doctype, filters=filters, fields=["name", *fields])
	return {row.pop("name"): row for row in rows}


def settings() -> None:
	"""Let tickets begin as New and reopen as Open; switch off what our timers do instead."""
	for field, value in REPLACED_SETTINGS.items():
		frappe.db.set_single_value("HD Settings", field, value)
	for field in ("update_status_to", "auto_close_status"):
		if frappe.db.get_single_value("HD Settings", field) not in (None, "", *STATUSES):
			frappe.db.set_single_value("HD Settings", field, "Pending")
	for sla in frappe.get_all(
		"HD Service Level Agreement", fields=["name", "default_ticket_status", "ticket_reopen_status"]
	):
		wanted = {"default_ticket_status": "New", "ticket_reopen_status": "Open"}
		changes = {field: value for field, value in wanted.items() if sla[field] and sla[field] != value}
		if changes:
			frappe.db.set_value("HD Service Level Agreement", sla.name, changes)


def assignment_rules() -> None:
	"""Let the rules that are there take tickets that are New; those to come pass handlers/assignment_rule.py."""
	fields = ["name", "assign_condition", "assign_condition_json"]
	for rule in frappe.get_all("Assignment Rule", filters={"document_type": TICKET}, fields=fields):
		frappe.db.set_value("Assignment Rule", rule.name, by_category(rule), update_modified=False)
		frappe.clear_document_cache("Assignment Rule", rule.name)
