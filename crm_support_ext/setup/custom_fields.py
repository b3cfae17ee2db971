"""Our fields on the helpdesk's doctypes: few, none internal, none required."""

from __future__ import annotations

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from crm_support_ext.constants import (
	CLOSES_AT,
	FOLLOW_UP,
	FOLLOW_UP_OF,
	MODULE,
	ORIGIN,
	REASON,
	SHOWN_FIELDS,
	TICKET,
	WAITING_ON,
)

# The helpdesk's page for a new ticket offers every field of the template for writing; this keeps ours off it.
_ONCE_MADE = {"depends_on": "eval:doc.name", "read_only": 1, "no_copy": 1}

FIELDS = {
	TICKET: [
		{
			"fieldname": WAITING_ON,
			"label": "Waiting on",
			"fieldtype": "Data",
			"insert_after": "status",
			**_ONCE_MADE,
		},
		{
			"fieldname": CLOSES_AT,
			"label": "Closes at",
			"fieldtype": "Datetime",
			"insert_after": WAITING_ON,
			**_ONCE_MADE,
		},
		{
			"fieldname": FOLLOW_UP_OF,
			"label": "Follow-up of",
			"fieldtype": "Link",
			"options": TICKET,
			"insert_after": CLOSES_AT,
			**_ONCE_MADE,
		},
		{
			"fieldname": FOLLOW_UP,
			"label": "Follow-up",
			"fieldtype": "Link",
			"options": TICKET,
			"insert_after": FOLLOW_UP_OF,
			**_ONCE_MADE,
		},
		{
			"fieldname": REASON,
			"label": "Reason for the change of status",
			"fieldtype": "Small Text",
			"insert_after": FOLLOW_UP,
			"description": "Goes into the ticket's record with the change, and is empty again afterwards.",
			"no_copy": 1,
		},
	],
	"Communication": [
		{
			"fieldname": ORIGIN,
			"label": "Origin",
			"fieldtype": "Data",
			"insert_after": "sent_or_received",
			"read_only": 1,
		},
	],
}


def create() -> None:
	"""Make the fields, and let the ticket pages show those that people read."""
	fields = {
		doctype: [{**field, "module": MODULE, "is_system_generated": 1} for field in rows]
		for doctype, rows in FIELDS.items()
	}
	create_custom_fields(fields, update=True)
	template = frappe.get_doc("HD Ticket Template", "Default")
	shown = {row.fieldname for row in template.fields}
	missing = [fieldname for fieldname in SHOWN_FIELDS if fieldname not in shown]
	for fieldname in missing:
		template.append("fields", {"fieldname": fieldname})
	for row in template.fields:
		if row.fieldname == CLOSES_AT:
			row.hide_from_customer = 1  # the portal calls an empty moment "Invalid Date"
	template.save(ignore_permissions=True)
