app_name = "crm_support_ext"
app_title = "CRM Support Ext"
app_publisher = "CRM Support Ext maintainers"
app_description = "The support desk of a CRM vendor on Frappe Helpdesk"
app_email = "crm-support-ext@example.com"
app_license = "AGPL-3.0"
required_apps = ["frappe/helpdesk"]
require_type_annotated_api_methods = True

# Installing, upgrading, going away

before_install = "crm_support_ext.setup.install.before_install"
after_install = "crm_support_ext.setup.install.after_install"
after_migrate = "crm_support_ext.setup.install.after_migrate"
before_uninstall = "crm_support_ext.setup.uninstall.before_uninstall"
after_uninstall = "crm_support_ext.setup.uninstall.after_uninstall"
setup_wizard_complete = "crm_support_ext.setup.tiers.after_wizard"

# Where people find it

add_to_apps_screen = [
	{
		"name": "crm_support_ext",
		"logo": "/assets/crm_support_ext/images/support-desk.svg",
		"title": "Support Desk",
		"route": "/app/support-desk",
		"has_permission": "crm_support_ext.permissions.has_app_permission",
	}
]

jinja = {
	"methods": [
		"crm_support_ext.api.target.ticket_receipt",
		"crm_support_ext.api.statement.contract_statement",
	]
}

# What happens to the helpdesk's own documents

override_doctype_class = {
	"HD Ticket": "crm_support_ext.overrides.hd_ticket.SupportTicket",
	"HD Service Level Agreement": "crm_support_ext.overrides.hd_service_level_agreement.SupportAgreement",
}

doc_events = {
	"HD Ticket": {
		"before_insert": "crm_support_ext.handlers.hd_ticket.before_insert",
		"before_validate": "crm_support_ext.handlers.hd_ticket.before_validate",
		"after_insert": "crm_support_ext.handlers.hd_ticket.after_insert",
		"on_update": "crm_support_ext.handlers.hd_ticket.on_update",
		"on_trash": "crm_support_ext.handlers.hd_ticket.on_trash",
	},
	"HD Ticket Comment": {
		"after_insert": "crm_support_ext.handlers.hd_ticket_comment.after_insert",
	},
	"Communication": {
		"before_insert": "crm_support_ext.handlers.communication.before_insert",
	},
	"HD Customer": {
		"before_validate": "crm_support_ext.handlers.hd_customer.before_validate",
		"before_rename": "crm_support_ext.handlers.hd_customer.before_rename",
		"after_rename": "crm_support_ext.handlers.hd_customer.after_rename",
		"on_trash": "crm_support_ext.handlers.hd_customer.on_trash",
	},
	"Contact": {
		"after_rename": "crm_support_ext.handlers.contact.after_rename",
		"on_trash": "crm_support_ext.handlers.contact.on_trash",
	},
	"HD Settings": {
		"validate": "crm_support_ext.handlers.hd_settings.validate",
	},
	"HD Ticket Status": {
		"validate": "crm_support_ext.handlers.hd_ticket_status.validate",
		"before_rename": "crm_support_ext.handlers.hd_ticket_status.before_rename",
		"after_delete": "crm_support_ext.handlers.hd_ticket_status.after_delete",
	},
	"Assignment Rule": {
		"before_validate": "crm_support_ext.handlers.assignment_rule.before_validate",
	},
}

permission_query_conditions = {
	"Ticket Work Log": "crm_support_ext.permissions.work_logs_of",
}

has_permission = {
	"Ticket Work Log": "crm_support_ext.permissions.may_see_work_log",
}

override_whitelisted_methods = {
	"frappe.client.get_count": "crm_support_ext.api.guards.get_count",
	"frappe.desk.search.get_link_title": "crm_support_ext.api.guards.get_link_title",
	"frappe.desk.like.toggle_like": "crm_support_ext.api.guards.toggle_like",
	"frappe.desk.doctype.tag.tag.add_tag": "crm_support_ext.api.guards.add_tag",
	"frappe.desk.doctype.tag.tag.add_tags": "crm_support_ext.api.guards.add_tags",
	"frappe.desk.doctype.tag.tag.remove_tag": "crm_support_ext.api.guards.remove_tag",
	"frappe.desk.form.document_follow.follow_document": "crm_support_ext.api.guards.follow_document",
	"frappe.desk.form.document_follow.update_follow": "crm_support_ext.api.guards.update_follow",
	"helpdesk.api.doc.get_list_data": "crm_support_ext.api.tickets.get_list_data",
}

ignore_links_on_delete = [
	"Ticket Status Log",
	"Ticket Import",
	"Ticket Target",
	"Target Warning",
	"Ticket Workaround",
	"Ticket Promise",
	"Ticket Escalation",
	"Ticket Parking",
	"Ticket Signal",
	"Signalled Ticket",
	"Work Timer",
	"Ledger Check",
	"Strippen Warning",
	"Requested Statement",
]

# What the clock does

scheduler_events = {
	"daily": [
		"crm_support_ext.tasks.contracts.run",
		"crm_support_ext.tasks.quotations.run",
		"crm_support_ext.tasks.deferred_items.run",
	],
	"daily_long": [
		"crm_support_ext.tasks.ledger.run",
		"crm_support_ext.tasks.ledger_checks.run",
		"crm_support_ext.tasks.signals.run",
	],
	"hourly": [
		"crm_support_ext.tasks.recounting.move_resting",
		"crm_support_ext.tasks.statements.remove_old",
	],
	"cron": {
		"* * * * *": ["crm_support_ext.tasks.warnings.run", "crm_support_ext.tasks.warning_sms.run"],
		"*/5 * * * *": [
			"crm_support_ext.tasks.timers.run",
			"crm_support_ext.tasks.recounting.run",
			"crm_support_ext.tasks.promises.run",
			"crm_support_ext.tasks.answers.run",
			"crm_support_ext.tasks.strippen_warnings.run",
			"crm_support_ext.tasks.reweighing.run",
		],
	},
}
