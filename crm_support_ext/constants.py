"""Names that the shell shares: doctypes, fields, roles, and how the six statuses look in the helpdesk."""

from __future__ import annotations

from crm_support_ext.domain.lifecycle import Status

APP = "crm_support_ext"
MODULE = "CRM Support Ext"

TICKET = "HD Ticket"
TICKET_STATUS = "HD Ticket Status"
STATUS_LOG = "Ticket Status Log"
TICKET_IMPORT = "Ticket Import"
SETTINGS = "CRM Support Settings"
CALENDAR = "Support Calendar"
TIER = "Priority Tier"
TARGET = "Ticket Target"
WORKAROUND = "Ticket Workaround"
TARGET_WARNING = "Target Warning"
WARNING_RECIPIENT = "Target Warning Recipient"
TEAM = "HD Team"
PROMISE = "Ticket Promise"
ABSENCE = "Agent Absence"
ESCALATION = "Ticket Escalation"
PARTY = "Escalation Party"
CUSTOMER = "HD Customer"
TICKET_TYPE = "HD Ticket Type"

PRODUCT = "Software Product"
PLAN = "Maintenance Plan"
CONTRACT = "Maintenance Contract"
TARIFF = "Strippen Tariff"
RULES = "Settlement Rules"
WORK_LOG = "Ticket Work Log"
TIMER = "Work Timer"
ENTRY = "Strippen Ledger Entry"
LEDGER_CHECK = "Ledger Check"
STRIPPEN_WARNING = "Strippen Warning"
QUOTATION = "Support Quotation"
REQUESTED_STATEMENT = "Requested Statement"

PARKED_ITEM = "Parked Item"
DECISION = "Item Decision"
PARKING = "Ticket Parking"
RELEASE = "Software Release"
INSTALLATION = "Customer Installation"
WEIGHTS = "Parked Item Weights"
SIGNAL = "Ticket Signal"
SIGNALLED = "Signalled Ticket"
ARTICLE = "HD Article"

BOOKED = "Booked"
WITHDRAWN = "Withdrawn"
"""What a work log can be: it counts, or it counts no more."""

AGENT = "Agent"
AGENT_MANAGER = "Agent Manager"
SYSTEM_MANAGER = "System Manager"
CONTRACT_MANAGER = "Contract Manager"
PRODUCT_DIRECTOR = "Product Director"

WAITING_ON = "cse_waiting_on"
FOLLOW_UP_OF = "cse_follow_up_of"
FOLLOW_UP = "cse_follow_up"
CLOSES_AT = "cse_closes_at"
NEXT_UPDATE = "cse_next_update"
REASON = "cse_reason"
TEAM_MANAGER = "cse_manager"
ORIGIN = "cse_origin"
CAN_GO_ON = "cse_can_go_on"
WAY_AROUND = "cse_way_around"
AGREED_ON = "cse_agreed_on"
TICKET_PRODUCT = "cse_product"
WAITS_FOR = "cse_parked_item"

KIND = "cse_kind"
SOFTWARE = "cse_software"
ACCOUNT_MANAGER = "cse_account_manager"
PROJECT_LEADER = "cse_project_leader"
CLIENT_MANAGER = "cse_client_manager"
CUSTOMER_SINCE = "cse_customer_since"

STATUSES = tuple(status.value for status in Status)

CATEGORY = {
	Status.NEW: "Open",
	Status.OPEN: "Open",
	Status.PENDING: "Paused",
	Status.PARKED: "Paused",
	Status.RESOLVED: "Resolved",
	Status.CLOSED: "Resolved",
}
"""The helpdesk's own three kinds of status, on which its screens and reports rest."""

COLOUR = {
	Status.NEW: "Blue",
	Status.OPEN: "Red",
	Status.PENDING: "Amber",
	Status.PARKED: "Violet",
	Status.RESOLVED: "Green",
	Status.CLOSED: "Gray",
}

REPLACED_SETTINGS = {
	"default_ticket_status": Status.NEW.value,
	"ticket_reopen_status": Status.OPEN.value,
	"auto_close_tickets": 0,
	"enable_email_ticket_feedback": 0,
}
"""What HD Settings holds while the life cycle is ours: our timers close and ask (tasks/timers.py)."""

SHOWN_FIELDS = (
	TICKET_PRODUCT,
	CAN_GO_ON,
	WAY_AROUND,
	WAITING_ON,
	NEXT_UPDATE,
	AGREED_ON,
	CLOSES_AT,
	FOLLOW_UP_OF,
	FOLLOW_UP,
)
"""Our fields that the ticket pages show, as rows of the Default template. A customer can read every field
of a ticket by REST: nothing internal is among ours."""

HIDDEN_FROM_CUSTOMER = (AGREED_ON, CLOSES_AT, NEXT_UPDATE)
"""Of these, what the portal does not show: it calls an empty moment "Invalid Date"."""

AGENT_SCRIPT = "CRM Support Ext - Agent"
PORTAL_SCRIPT = "CRM Support Ext - Portal"
NEW_TICKET_SCRIPT = "CRM Support Ext - New ticket"
