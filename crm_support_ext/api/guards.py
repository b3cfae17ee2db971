"""Methods of the framework that ask nobody's permission, with the question asked.

``get_count`` counts every record for whoever is logged in, a customer too, by any condition: by asking often enough
somebody could read a field letter by letter, of a contract or of the history of one. So nobody counts what they may
not read at all; and ours, and all that a customer counts, are those that a list would show. The others write a name or
a word into any record there is, an entry of a ledger too, or mail what is changed in it; or they tell the title of any
record by its name, which can be guessed.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import client
from frappe.desk import like, search
from frappe.desk.doctype.tag import tag as tagging
from frappe.desk.form import document_follow
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


@frappe.whitelist()
def get_link_title(doctype: str, docname: str | int) -> str | None:
	"""As ``frappe.desk.search.get_link_title``, of what the user may read."""
	if frappe.get_meta(doctype).module == MODULE or actor() is Actor.CUSTOMER:
		_check(doctype, docname)
	return search.get_link_title(doctype, docname)


@frappe.whitelist()
def toggle_like(doctype: str, name: str | int, add: str | bool = False) -> None:
	"""As ``frappe.desk.like.toggle_like``, of a record that the user may read."""
	_check(doctype, name)
	like.toggle_like(doctype, name, add)


@frappe.whitelist()
def add_tag(tag: str, dt: str, dn: str | int, color: str | None = None) -> str:
	"""As ``frappe.desk.doctype.tag.tag.add_tag``, on a record that the user may read."""
	_check(dt, dn)
	return tagging.add_tag(tag, dt, dn, color)


@frappe.whitelist()
def add_tags(tags: list | str, dt: str, docs: list | str, color: str | None = None) -> None:
	"""The same for several."""
	for dn in frappe.parse_json(docs):
		for tag in frappe.parse_json(tags):
			add_tag(tag, dt, dn, color)


@frappe.whitelist()
def remove_tag(tag: str, dt: str, dn: str | int) -> None:
	"""As ``frappe.desk.doctype.tag.tag.remove_tag``, from a record that the user may read."""
	_check(dt, dn)
	tagging.remove_tag(tag, dt, dn)


@frappe.whitelist()
def follow_document(doctype: str, doc_name: str | int, user: str) -> Any:
	"""As the framework's, of a record that this user may read: they get a mail of what changes in it."""
	frappe.has_permission(doctype, "read", str(doc_name), user=user, throw=True)
	return document_follow.follow_document(doctype, doc_name, user)


@frappe.whitelist()
def update_follow(doctype: str, doc_name: str | int, following: bool) -> bool:
	"""The same, or no more."""
	user = frappe.session.user
	if following:
		return bool(follow_document(doctype, doc_name, user))
	return bool(document_follow.unfollow_document(doctype, doc_name, user))


def _check(doctype: str, name: str | int) -> None:
	frappe.has_permission(doctype, "read", str(name), throw=True)
