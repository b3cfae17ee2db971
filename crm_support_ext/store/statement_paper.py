"""A statement as a PDF, by the framework's own way of making one. A long one is made in pieces, which are joined."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from typing import Any

import frappe
from frappe import _
from frappe.utils.pdf import get_pdf
from pypdf import PdfWriter

from crm_support_ext.store.statement_sheets import edge, head_of, words
from crm_support_ext.store.statements import LONG, Period, rows_of

Done = Callable[[int], None]


def can_make() -> bool:
	"""Whether the site has the program that makes a PDF."""
	return bool(shutil.which("wkhtmltopdf"))


def pdf_of(period: Period, done: Done) -> bytes:
	"""The statement as a PDF; ``done`` hears how many entries are in it so far."""
	if not can_make():
		frappe.throw(
			_(
				"This site cannot make a PDF: its administrator has not installed wkhtmltopdf. Print the page, or download the CSV file."
			),
			title=_("Not possible"),
		)
	writer = PdfWriter()
	for entries, sheet in _pieces(period):
		options = {"page-offset": str(len(writer.pages)), "footer-right": "[page]", "footer-font-size": "8"}
		html = frappe.render_template("templates/statement_paper.html", {"sheet": sheet})
		writer = get_pdf(html, options=options, output=writer)
		done(entries)
	content = BytesIO()
	writer.write(content)
	return content.getvalue()


def _pieces(period: Period) -> Iterator[tuple[int, dict[str, Any]]]:
	"""The sheets of a statement, each with the number of entries up to its end: opening in the first, closing in the last."""
	opening, closing = period.opening(), period.closing()
	rows, entries = rows_of(period, opening.account), 0
	while True:
		piece = list(islice(rows, LONG))
		is_first, entries = entries == 0, entries + len(piece)
		is_last = entries >= period.count
		sheet = {
			"head": head_of(period) if is_first else None,
			"opening": edge(_("Opening"), opening.account) if is_first else None,
			"rows": piece,
			"closing": edge(_("Closing"), closing.account) if is_last else None,
			"chain": {"first": opening.hash, "last": closing.hash} if is_last else None,
			"words": words(period),
		}
		yield entries, sheet
		if is_last:
			return
