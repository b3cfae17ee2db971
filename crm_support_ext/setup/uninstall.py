"""Going away: the stock helpdesk is left as it was, with its tickets.

``bench uninstall-app --dry-run`` calls the hooks too, so the first one only reads and writes down what would be lost
(setup/export.py), and the second acts only when the app is really gone; after a dry run it takes that file away again.
"""

from __future__ import annotations

import json
from typing import Any

import frappe

from crm_support_ext.constants import APP, ESCALATION, REQUESTED_STATEMENT, SETTINGS, TICKET, TICKET_STATUS
from crm_support_ext.setup.custom_fields import FIELDS
from crm_support_ext.setup.export import export
from crm_support_ext.setup.form_scripts import SCRIPTS
from crm_support_ext.setup.roles import remove as remove_roles
from crm_support_ext.setup.tiers import give_back
from crm_support_ext.setup.views import VIEWS
from crm_support_ext.store.assignment import by_status


def before_uninstall() -> None:
	"""Read what must be given back, and export contracts, ledgers and parked items, while they are still there."""
	frappe.flags.cse_replaced = frappe.db.get_single_value(SETTINGS, "replaced")
	frappe.flags.cse_export = export()


def after_uninstall() -> None:
	"""Give everything back, unless it was a dry run."""
	file = frappe.flags.cse_export
	if APP in frappe.get_installed_apps():
		if file:
			file.unlink()
			print(
				"Contracts, ledgers and parked items would be exported to a file in the site's private files."
			)
		return
	if file:
		print(f"Contracts, ledgers and parked items were exported to {file}")
	stock = json.loads(frappe.flags.cse_replaced or "{}")
	restore_records(stock)
	move_tickets(stock.get(TICKET_STATUS, {}))
	restore_rules(stock.get("Assignment Rule", {}))
	give_back()
	remove_ours()
	remove_roles()
	drop_fields()
	frappe.clear_cache()
	frappe.db.commit()  # nosemgrep: the framework does not commit after this hook


def restore_records(stock: dict[str, dict[str, dict[str, Any]]]) -> None:
	"""Put the remembered values back into the helpdesk's records, and delete the statuses that it did not have."""
	for doctype, records in stock.items():
		for name, values in records.items():
			if doctype == name:
				for field, value in values.items():
					_restore_setting(doctype, field, value)
			elif frappe.db.exists(doctype, name):
				frappe.db.set_value(doctype, name, values, update_modified=False)
	if stock:
		frappe.db.delete(TICKET_STATUS, {"name": ("not in", list(stock[TICKET_STATUS]))})


def _restore_setting(doctype: str, field: str, value: Any) -> None:
	if value is None:  # it was never set
		frappe.db.delete("Singles", {"doctype": doctype, "field": field})
	else:
		frappe.db.set_single_value(doctype, field, value)


def move_tickets(statuses: dict[str, dict[str, Any]]) -> None:
	"""Put tickets in a status that is gone into the first enabled stock status of their category."""
	tickets = frappe.qb.DocType(TICKET)
	by_order = sorted(statuses, key=lambda name: int(statuses[name]["order"] or 0))
	for category in ("Open", "Paused", "Resolved"):
		fits = [
			name
			for name in by_order
			if statuses[name]["category"] == category and int(statuses[name]["enabled"])
		]
		if fits:
			frappe.qb.update(tickets).set(tickets.status, fits[0]).where(
				tickets.status.notin(list(statuses)) & (tickets.status_category == category)
			).run()


def restore_rules(known: dict[str, Any]) -> None:
	"""Rules that were made while we were here ask for the status again, as the helpdesk writes them."""
	for rule in frappe.get_all(
		"Assignment Rule",
		filters={"document_type": TICKET, "name": ("not in", list(known) or [""])},
		fields=["name", "assign_condition", "assign_condition_json"],
	):
		frappe.db.set_value("Assignment Rule", rule.name, by_status(rule), update_modified=False)


def remove_ours() -> None:
	"""Delete the records that install made among the helpdesk's, by the same names, and the mail with parties."""
	for mail in frappe.get_all("Communication", filters={"reference_doctype": ESCALATION}, pluck="name"):
		frappe.delete_doc("Communication", mail, force=True, ignore_permissions=True)
	for file in frappe.get_all("File", filters={"attached_to_doctype": REQUESTED_STATEMENT}, pluck="name"):
		frappe.delete_doc("File", file, force=True, ignore_permissions=True)
	fields = [field["fieldname"] for rows in FIELDS.values() for field in rows]
	frappe.db.delete("HD Ticket Template Field", {"fieldname": ("in", fields)})
	frappe.db.delete("HD Form Script", {"name": ("in", list(SCRIPTS))})
	frappe.db.delete("HD View", {"name": ("in", list(VIEWS))})
	frappe.db.delete("Custom Field", {"fieldname": ("in", fields)})
	frappe.db.delete("Scheduled Job Type", {"method": ("like", f"{APP}.%")})
	frappe.db.delete("Singles", {"doctype": SETTINGS})


def drop_fields() -> None:
	"""Drop the columns; deleting a custom field leaves its column and data behind."""
	for doctype, rows in FIELDS.items():
		columns = [row["fieldname"] for row in rows if frappe.db.has_column(doctype, row["fieldname"])]
		if columns:
			drops = ", ".join(f"DROP COLUMN `{column}`" for column in columns)
			frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` {drops}")
