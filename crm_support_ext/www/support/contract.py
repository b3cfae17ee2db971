"""The contract of a customer, for those who may read it: `/support/contract`, or `?name=MC-00042` if there are several."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import CONTRACT
from crm_support_ext.permissions import may_see_contract
from crm_support_ext.store.contract_pages import page_of, waiting_quotations, words
from crm_support_ext.store.contract_sheets import address_of
from crm_support_ext.store.frames import frame, go_to, let_guests_log_in
from crm_support_ext.store.readers import contracts_read_by

no_cache = 1


def get_context(context: Any) -> None:
	"""The contract that was asked for, or the reader's first; a page that says so if there is none for the reader."""
	name, user = str(frappe.form_dict.get("name") or ""), frappe.session.user
	let_guests_log_in(address_of(name))
	own = contracts_read_by(user)
	if not name and not own and frappe.has_permission(CONTRACT, "read"):
		go_to("/app/maintenance-contract")
	name = name or next(iter(own), "")
	context.frame = frame(_("Contract"), here=address_of())
	quotations = [] if name else waiting_quotations()
	if may_see_contract(name):
		context.sheet = page_of(name, own)
	elif quotations:
		context.sheet = {"quotations": quotations, "words": words()}
	else:
		context.http_status_code = 404
		context.words = _(
			"There is no contract here that is yours to see. Those who may order for your company see it; your tickets show you their own hours."
		)
