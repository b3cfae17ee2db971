"""HD Customer: who of us looks after a customer is ours to say; the portal's managers may write the rest.

Two customers are merged only if no day then counts for two contracts.
"""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import ACCOUNT_MANAGER, CLIENT_MANAGER, CUSTOMER_SINCE, PROJECT_LEADER
from crm_support_ext.store.contract_moves import check_merge
from crm_support_ext.store.frappe import is_desk_user

OURS = (ACCOUNT_MANAGER, PROJECT_LEADER, CLIENT_MANAGER, CUSTOMER_SINCE)


def before_validate(doc: Any, method: str | None = None) -> None:
	"""Put back what a customer wrote into our fields."""
	if is_desk_user(frappe.session.user):
		return
	before = doc.get_doc_before_save() or frappe._dict()
	doc.update({field: before.get(field) for field in OURS})


def before_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Refuse a merge that leaves two contracts for one day."""
	if merge:
		check_merge("customer", old, new)
