"""Names that the shell shares: doctypes, fields, roles, and how the six statuses look in the helpdesk."""

from __future__ import annotations

from crm_support_ext.domain.lifecycle import Status

APP = "crm_support_ext"
MODULE = "CRM Support Ext"

TICKET = "HD Ticket"
TICKET_STATUS = "HD Ticket Status"
STATUS_LOG = "Ticket Status Log"
SETTINGS = "CRM Support Settings"

AGENT = "Agent"
AGENT_MANAGER = "Agent Manager"
SYSTEM_MANAGER = "System Manager"

WAITING_ON = "cse_waiting_on"
FOLLOW_UP_OF = "cse_follow_up_of"
FOLLOW_UP = "cse_follow_up"
REASON = "cse_reason"
ORIGIN = "cse_origin"

CATEGORY = {
	Status.NEW: "Open",
	Status.OPEN: "Open",
	Status.PENDING: "Paused",
	Status.PARKED: "Paused",
	Status.RESOLVED: "Resolved",
	Status.CLOSED: "Resolved",
}
"""The helpdesk's own three kinds of status, on which its screens and reports rest."""
