"""A statement too long for a page, asked for by one reader and made in the background (tasks/statements.py)."""

from __future__ import annotations

from frappe.model.document import Document


class RequestedStatement(Document):
	"""Written by the pages and the task alone; its file goes with it after a day."""
