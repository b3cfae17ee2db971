"""Which versions are out, and which of them runs at a customer's (domain.md section 7, seeds/001)."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import INSTALLATION, PARKED_ITEM, PARKING, RELEASE
from crm_support_ext.domain.decisions import State
from crm_support_ext.domain.releases import IS_OUT, Release

OUT = tuple(stage.value for stage in IS_OUT)
_FIELDS = ("name", "product", "version", "update_of", "date", "out_at", "state")


def release_of(name: str, *, for_update: bool = False) -> Any:
	"""A release as it is kept; None if there is none of this name."""
	return frappe.db.get_value(RELEASE, name, list(_FIELDS), as_dict=True, for_update=for_update)


def as_rule(row: Any) -> Release:
	"""A release as the rule sees it."""
	line = frappe.db.get_value(RELEASE, row.update_of, "version") if row.update_of else row.version
	return Release(row.version, line)


def versions_out(product: str) -> list[str]:
	"""The versions of a product that are out, the newest first."""
	return [row.version for row in _out(product)][::-1]


def lines(product: str) -> list[str]:
	"""The lines of a product that are out, the oldest first."""
	return [row.version for row in _out(product) if not row.update_of]


def _out(product: str) -> list[Any]:
	filters = {"product": product, "state": ("in", OUT)}
	return frappe.get_all(RELEASE, filters, list(_FIELDS), order_by="date asc, out_at asc, creation asc")


def installed(customer: str | None, product: str) -> Any:
	"""The release that runs at a customer's; None if nobody knows which."""
	name = customer and frappe.db.get_value(
		INSTALLATION, {"customer": customer, "product": product}, "release"
	)
	return release_of(name) if name else None


def by_version(product: str, given: str) -> str | None:
	"""The release that is meant by its bare version or by its name; None if the product has no such one."""
	given = given.strip()
	by_name = frappe.db.get_value(RELEASE, {"name": given, "product": product})
	return by_name or frappe.db.get_value(RELEASE, {"product": product, "version": given})


def is_out(release: str) -> bool:
	"""Whether a customer can have this release."""
	return frappe.db.get_value(RELEASE, release, "state") in OUT


def judge_again(customer: str, product: str) -> None:
	"""What runs at a customer's has changed: those of its tickets that wait for something that is out are judged again."""
	rows, items = frappe.qb.DocType(PARKING), frappe.qb.DocType(PARKED_ITEM)
	waiting = (
		frappe.qb.from_(rows)
		.join(items)
		.on(items.name == rows.item)
		.select(rows.name)
		.where((rows.customer == customer) & rows.until.isnull())
		.where((items.product == product) & (items.state == State.RELEASED.value))
	).run(pluck=True)
	if waiting:
		frappe.db.set_value(PARKING, {"name": ("in", waiting)}, "judge_again", 1, update_modified=False)
		answer_soon()


def answer_soon() -> None:
	"""Let those who are due an answer have it, once what was decided is kept."""
	frappe.enqueue(
		"crm_support_ext.tasks.answers.run",
		queue="long",
		job_id="cse-answers",
		deduplicate=True,
		enqueue_after_commit=True,
	)
