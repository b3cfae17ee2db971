"""Our fields on the helpdesk's doctypes: few, none internal, none required."""

from __future__ import annotations

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from crm_support_ext.constants import (
	ACCOUNT_MANAGER,
	AGREED_ON,
	CAN_GO_ON,
	CLIENT_MANAGER,
	CLOSES_AT,
	CUSTOMER,
	CUSTOMER_SINCE,
	FOLLOW_UP,
	FOLLOW_UP_OF,
	HIDDEN_FROM_CUSTOMER,
	KIND,
	MODULE,
	NEXT_UPDATE,
	ORIGIN,
	PARKED_ITEM,
	PRODUCT,
	PROJECT_LEADER,
	REASON,
	SHOWN_FIELDS,
	SOFTWARE,
	TEAM,
	TEAM_MANAGER,
	TICKET,
	TICKET_PRODUCT,
	TICKET_TYPE,
	WAITING_ON,
	WAITS_FOR,
	WAY_AROUND,
)
from crm_support_ext.domain.escalation import NEW_FOR_DAYS, Kind, Software

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
			"fieldname": NEXT_UPDATE,
			"label": "Next update by",
			"fieldtype": "Datetime",
			"insert_after": WAITING_ON,
			**_ONCE_MADE,
		},
		{
			"fieldname": CLOSES_AT,
			"label": "Closes at",
			"fieldtype": "Datetime",
			"insert_after": NEXT_UPDATE,
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
			"fieldname": TICKET_PRODUCT,
			"label": "Product",
			"fieldtype": "Link",
			"options": PRODUCT,
			"insert_after": "ticket_type",
		},
		{
			"fieldname": CAN_GO_ON,
			"label": "Can you go on with your work?",
			"fieldtype": "Select",
			"options": "\nYes\nNo",
			"insert_after": "priority",
		},
		{
			"fieldname": WAY_AROUND,
			"label": "Is there a way around it?",
			"fieldtype": "Select",
			"options": "\nYes\nNo",
			"insert_after": CAN_GO_ON,
		},
		{
			"fieldname": AGREED_ON,
			"label": "Agreed date",
			"fieldtype": "Datetime",
			"insert_after": WAY_AROUND,
			"depends_on": "eval:doc.name",
			"description": "The date agreed with the customer, for the tier By agreement. Midnight stands for the end of that working day.",
			"no_copy": 1,
		},
		{
			"fieldname": WAITS_FOR,
			"label": "Parked item",
			"fieldtype": "Link",
			"options": PARKED_ITEM,
			"insert_after": FOLLOW_UP,
			"depends_on": "eval:doc.name",
			"description": "What a parked ticket waits for. A ticket cannot be parked without it.",
			"no_copy": 1,
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
	CUSTOMER: [
		{
			"fieldname": ACCOUNT_MANAGER,
			"label": "Account manager",
			"fieldtype": "Link",
			"options": "User",
			"insert_after": "domain",
		},
		{
			"fieldname": PROJECT_LEADER,
			"label": "Project leader",
			"fieldtype": "Link",
			"options": "User",
			"insert_after": ACCOUNT_MANAGER,
		},
		{
			"fieldname": CLIENT_MANAGER,
			"label": "Client manager",
			"fieldtype": "Link",
			"options": "User",
			"insert_after": PROJECT_LEADER,
			"description": f"Stands in for the account manager in the customer's first {NEW_FOR_DAYS} days.",
		},
		{
			"fieldname": CUSTOMER_SINCE,
			"label": "Customer since",
			"fieldtype": "Date",
			"insert_after": CLIENT_MANAGER,
			"description": "Empty: since the day on which this record was made.",
		},
	],
	TICKET_TYPE: [
		{
			"fieldname": KIND,
			"label": "Kind",
			"fieldtype": "Select",
			"options": "\n".join(["", *(kind.value for kind in Kind)]),
			"insert_after": "priority",
			"description": "To whom a ticket of this type goes from support, and how its work is settled.",
		},
		{
			"fieldname": SOFTWARE,
			"label": "A change in",
			"fieldtype": "Select",
			"options": "\n".join(["", *(software.value for software in Software)]),
			"insert_after": KIND,
			"depends_on": f"eval:['{Kind.WISH.value}', '{Kind.EXTENSION.value}'].includes(doc.{KIND})",
			"description": "Empty: a wish changes the standard software, an extension the customer's own part.",
		},
	],
	TEAM: [
		{
			"fieldname": TEAM_MANAGER,
			"label": "Manager",
			"fieldtype": "Link",
			"options": "User",
			"insert_after": "assignment_rule",
			"description": "Is told of a target that runs out when nobody holds the ticket, and when nobody acknowledges the warning. Empty: the Agent Managers in the team.",
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

METHODS = {TICKET_PRODUCT: "crm_support_ext.api.product.names"}
"""What the ticket pages offer in a field whose records the customer may not read."""


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
		template.append("fields", {"fieldname": fieldname, "url_method": METHODS.get(fieldname)})
	for row in template.fields:
		if row.fieldname in HIDDEN_FROM_CUSTOMER:
			row.hide_from_customer = 1  # the portal calls an empty moment "Invalid Date"
	template.save(ignore_permissions=True)
