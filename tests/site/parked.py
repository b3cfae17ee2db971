"""Shared by the tests of what is decided on parked items: items that customers wait for, releases, and a director."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import add_days, getdate, now_datetime

from crm_support_ext.constants import DECISION, PARKED_ITEM, PARKING, PRODUCT_DIRECTOR, RELEASE
from crm_support_ext.constants import PRODUCT as SOFTWARE
from crm_support_ext.domain.decisions import Decision
from crm_support_ext.store import decisions, parked_items
from crm_support_ext.store.frappe import now
from tests.factories import make, make_item, make_product, make_user

DIRECTOR = "dora@desk.example"
PRODUCT = "Kassa CRM"


def director() -> str:
	"""Who decides: no agent, a Product Director alone."""
	return make_user(DIRECTOR, PRODUCT_DIRECTOR)


def wanted(title: str, customers: int = 1, **fields: Any) -> str:
	"""An item for which so many customers wait, each with a ticket of one user; its name.

	The tickets are rows of who waits alone: nobody looks at the tickets themselves.
	"""
	item = make_item(title, **{"product": PRODUCT, **fields})
	for number in range(customers):
		ticket = f"{item}-{number}"
		row = {"ticket": ticket, "open_of": ticket, "item": item, "since": now_datetime()}
		row |= {"customer": f"Customer {number}", "contact": f"user-{number}"}
		frappe.get_doc({"doctype": PARKING, **row}).db_insert()
	frappe.db.set_value(PARKED_ITEM, item, "first_parked", now_datetime(), update_modified=False)
	parked_items.recount(item)
	return item


def release(version: str, in_days: int, capacity: float = 10, product: str = PRODUCT, **fields: Any) -> str:
	"""A release to come; its name."""
	days = {"date": add_days(getdate(), in_days), "capacity_days": capacity}
	product = make_product(product)
	return str(make("Software Release", product=product, version=version, **days, **fields).name)


def remove_product(product: str) -> None:
	"""Undo what a test committed: a product with its items and releases, who waits for them, and what was decided."""
	frappe.db.rollback()
	items = frappe.get_all(PARKED_ITEM, {"product": product}, pluck="name")
	for doctype in (DECISION, PARKING):
		frappe.db.delete(doctype, {"item": ("in", items or [""])})
	for doctype in (PARKED_ITEM, RELEASE):
		frappe.db.delete(doctype, {"product": product})
	frappe.db.delete(SOFTWARE, {"name": product})
	frappe.db.commit()


def decided(item: str, decision: str, **how: Any) -> Any:
	"""What comes of a decision of the director's: the state, or the refusal."""
	return decisions.decide(item, Decision(decision), now(), by=DIRECTOR, **how)


def state_of(item: str) -> str:
	return frappe.db.get_value(PARKED_ITEM, item, "state")


def order(product: str = PRODUCT) -> list[str]:
	"""The titles of the items of a product by rank."""
	filters = {"product": product, "order_key": ("is", "set")}
	return frappe.get_all(PARKED_ITEM, filters, pluck="title", order_by="order_key asc")
