"""HD Customer: who of us looks after a customer is ours to say; the portal's managers may write the rest.

Two customers are merged only if no day then counts for two contracts; then they wait for parked items as one.
"""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import ACCOUNT_MANAGER, CLIENT_MANAGER, CUSTOMER_SINCE, PROJECT_LEADER
from crm_support_ext.store.contract_moves import check_merge
from crm_support_ext.store.frappe import is_desk_user
from crm_support_ext.store.renames import forget_installations, keep_one_installation, read_anew

OURS = (ACCOUNT_MANAGER, PROJECT_LEADER, CLIENT_MANAGER, CUSTOMER_SINCE)


def before_validate(doc: Any, method: str | None = None) -> None:
	"""Put back what a customer wrote into our fields."""
	if is_desk_user(frappe.session.user):
		return
	before = doc.get_doc_before_save() or frappe._dict()
	doc.update({field: before.get(field) for field in OURS})


def before_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Refuse a merge that leaves two contracts for one day, or else two installations of one product."""
	if merge:
		check_merge("customer", old, new)
		keep_one_installation("customer", old, new)


def after_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Two who waited for a parked item wait for it as one."""
	if merge:
		read_anew("customer", old, new)


def on_trash(doc: Any, method: str | None = None) -> None:
	"""The helpdesk has left the tickets without a customer: they wait on, and weigh nothing."""
	read_anew("customer", doc.name)
	forget_installations(doc.name)
