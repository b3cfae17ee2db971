"""The release notes of a product, for the customers who have to do with it: `/support/releases?product=Ochtend%20CRM`."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.store.frames import frame, let_guests_log_in
from crm_support_ext.store.release_notes import address_of, products_of, sheet_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The product that was asked for, or the reader's first; a page that says so if it is none of theirs."""
	product = str(frappe.form_dict.get("product") or "")
	let_guests_log_in(address_of(product))
	products = products_of(frappe.session.user)
	product = product or next(iter(products), "")
	if product not in products:
		context.frame = frame(_("Release notes"))
		context.http_status_code = 404
		context.words = _("There is no such product, or you have nothing to do with it.")
		return
	context.frame = frame(_("Release notes of {0}").format(product))
	context.sheet = sheet_of(product, products)
