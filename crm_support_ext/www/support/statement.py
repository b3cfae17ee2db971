"""The statement of a contract: `/support/statement?contract=MC-00042&from=2026-01-01&to=2026-12-31`."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.sessions import get_csrf_token

from crm_support_ext.permissions import may_see_contract
from crm_support_ext.store.contract_sheets import address_of as contract_url
from crm_support_ext.store.frames import Step, frame, let_guests_log_in
from crm_support_ext.store.ledger import LedgerBroken
from crm_support_ext.store.statement_files import asked_for, day_of, downloads
from crm_support_ext.store.statement_paper import can_make
from crm_support_ext.store.statement_sheets import sheet_of
from crm_support_ext.store.statements import address_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The sheet; a page that says so where there is no such contract, or none that the reader may see."""
	asked = frappe.form_dict
	contract, first, last = (
		str(asked.get("contract") or ""),
		day_of(asked.get("from")),
		day_of(asked.get("to")),
	)
	let_guests_log_in(address_of(contract, first, last))
	context.frame = frame(_("Statement"), Step(_("Contract"), contract_url(contract)))
	if not may_see_contract(contract):
		context.http_status_code = 404
		context.words = _("There is no such contract, or it is not yours to see.")
		return
	try:
		sheet = sheet_of(contract, first, last)
	except LedgerBroken as broken:
		frappe.clear_messages()
		context.words = str(broken)
		return
	context.sheet = sheet | {
		"downloads": [] if sheet["is_long"] else downloads(contract, *sheet["days"]),
		"can_make_pdf": can_make(),
		"file": asked_for(asked.get("file")),
	}
	context.contract_url, context.token = contract_url(contract), get_csrf_token()
