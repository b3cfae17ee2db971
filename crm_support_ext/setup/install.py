"""Installing and upgrading: run any number of times with the same result; what an administrator changed stays."""

from __future__ import annotations

import frappe
import helpdesk
from frappe import _
from semantic_version import Version

from crm_support_ext.constants import SETTINGS
from crm_support_ext.setup import (
	custom_fields,
	form_scripts,
	kinds,
	roles,
	settlement,
	statuses,
	take_over,
	thanks,
	tiers,
	views,
)
from crm_support_ext.store.promises import begin_missing

NEEDS = {"Frappe": ("15.109.0", "17.0.0"), "Helpdesk": ("1.28.0", "2.0.0")}
"""For each the first version that will do, and the first that is not known to."""


def before_install() -> None:
	"""Refuse a framework or helpdesk that this app does not fit, before anything is made."""
	for name, found in (("Frappe", frappe.__version__), ("Helpdesk", helpdesk.__version__)):
		check_version(name, found)


def check_version(name: str, found: str) -> None:
	"""Refuse a version outside of ``NEEDS`` with a sentence."""
	first, beyond = NEEDS[name]
	version = Version.coerce(found).truncate()
	if not Version(first) <= version < Version(beyond):
		frappe.throw(
			_(
				"CRM Support Ext needs {0} {1} or newer, before {2}; this bench has {3}. Update {0}, then install again."
			).format(name, first, beyond, found)
		)


def after_install() -> None:
	"""Make the helpdesk keep the life cycle."""
	if take_over.remember():
		thanks.create()
	roles.create()
	custom_fields.create()
	kinds.create()
	tiers.create()
	settlement.create()
	statuses.create()
	statuses.move_tickets()
	take_over.settings()
	take_over.assignment_rules()
	statuses.begin_records()
	begin_missing()
	form_scripts.create()
	views.create()
	frappe.clear_document_cache(SETTINGS)


def after_migrate() -> None:
	"""The same again, after an upgrade."""
	after_install()
