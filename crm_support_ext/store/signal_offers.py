"""What a growing group of tickets may be about: a parked item of its product, or an article of the knowledge base."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import ARTICLE, PARKED_ITEM
from crm_support_ext.domain.decisions import TAKES_TICKETS
from crm_support_ext.store.likeness import Alike, alike

ALIKE_FROM = 60.0
"""From here on an item or an article is about what the subject asks: it is written in the desk's words, so less alike."""


def items(words: str, product: str | None, limit: int) -> list[Alike]:
	"""The items of a product, or of all if it is not known, that are about these words and still take tickets."""
	filters = {"state": ("in", [each.value for each in TAKES_TICKETS])}
	if product:
		filters["product"] = product
	return _alike(words, PARKED_ITEM, filters, limit)


def articles(words: str, limit: int) -> list[Alike]:
	"""The articles that customers can read and that are about these words."""
	return _alike(words, ARTICLE, {"status": "Published"}, limit)


def _alike(words: str, doctype: str, filters: dict, limit: int) -> list[Alike]:
	rows = frappe.get_all(doctype, filters=filters, fields=["name", "title"], order_by="name asc")
	return alike(words, {str(row.name): row.title for row in rows}, limit, ALIKE_FROM)


def best(words: str, product: str | None, waited_for: str | None) -> tuple[str | None, str | None]:
	"""Item and article as which a group is offered, of which at least one is None.

	What its tickets wait for goes before all that is only alike; of item and article the more alike one counts.
	"""
	if waited_for:
		return waited_for, None
	item, article = next(iter(items(words, product, 1)), None), next(iter(articles(words, 1)), None)
	if item and (not article or item.score >= article.score):
		return item.name, None
	return None, article.name if article else None
