"""How many records there are, of those that the user may read.

The framework's own method counts every record for whoever is logged in, a customer too, by any condition: by asking
often enough somebody could read a field letter by letter, of a contract or of the history of one. So nobody counts what
they may not read at all; and ours, and all that a customer counts, are those that a list would show.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import client
from frappe.utils import get_safe_filters

from crm_support_ext.constants import MODULE
from crm_support_ext.domain.lifecycle import Actor
from crm_support_ext.permissions import actor


@frappe.whitelist()
def get_count(
	doctype: str, filters: dict | list | str | None = None, debug: bool = False, cache: bool = False
) -> int:
	"""As ``frappe.client.get_count``, of what the user may read."""
	meta: Any = frappe.get_meta(doctype)
	is_ours = meta.module == MODULE
	if not meta.istable or is_ours or actor() is Actor.CUSTOMER:
		frappe.has_permission(doctype, "read", throw=True)
	if not is_ours and actor() is not Actor.CUSTOMER:
		return client.get_count(doctype, filters, debug, cache)
	found = frappe.get_list(
		doctype, filters=get_safe_filters(filters), fields=["count(*) as number"], order_by=None
	)
	return found[0].number
