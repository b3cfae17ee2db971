"""The buttons on the helpdesk's ticket pages, as HD Form Scripts; the code is in form_scripts/*.js."""

from __future__ import annotations

from pathlib import Path

import frappe

from crm_support_ext.constants import AGENT_SCRIPT, NEW_TICKET_SCRIPT, PORTAL_SCRIPT, TICKET

TICKET_PAGE = ("shared.js", "due.js")

SCRIPTS = {
	AGENT_SCRIPT: {"files": (*TICKET_PAGE, "work.js", "quote.js", "park.js", "agent.js")},
	PORTAL_SCRIPT: {"files": (*TICKET_PAGE, "portal.js"), "apply_to_customer_portal": 1},
	NEW_TICKET_SCRIPT: {"files": ("new.js",), "apply_on_new_page": 1},
}


def create() -> None:
	"""Make or renew the scripts; one that an administrator disabled stays disabled."""
	folder = Path(frappe.get_app_path("crm_support_ext", "form_scripts"))
	for name, options in SCRIPTS.items():
		script = "\n".join((folder / file).read_text() for file in options["files"])
		if frappe.db.exists("HD Form Script", name):
			frappe.db.set_value("HD Form Script", name, "script", script)
			continue
		doc = frappe.get_doc(
			{
				"doctype": "HD Form Script",
				"name": name,
				"dt": TICKET,
				"apply_to": "Form",
				"enabled": 1,
				"is_standard": 0,
				"apply_on_new_page": options.get("apply_on_new_page", 0),
				"apply_to_customer_portal": options.get("apply_to_customer_portal", 0),
				"script": script,
			}
		)
		doc.insert(ignore_permissions=True)
