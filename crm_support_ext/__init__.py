"""CRM Support Ext: the support desk of a CRM vendor on Frappe Helpdesk."""

__version__ = "0.1.0"
