"""What leads to the pages that customers see of hours and contracts, and the statement of a contract as a file."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit

from crm_support_ext.api.buttons import Button
from crm_support_ext.permissions import may_see_contract
from crm_support_ext.store import contract_pages, contract_sheets, work_sheets
from crm_support_ext.store import statement_files as files
from crm_support_ext.store.contracts import contract_of_ticket
from crm_support_ext.store.statement_sheets import sheet_of
from crm_support_ext.store.statements import LONG, Period, address_of, period_of


def _contract_of(doc: Any) -> str:
	"""The contract that counts for a ticket, if the present user may see it."""
	contract = contract_of_ticket(doc)
	return contract.name if contract and may_see_contract(contract.name) else ""


BUTTONS = (
	Button(
		event="hours",
		label=lambda: _("Hours and progress"),
		is_offered=lambda doc: True,
		is_seldom=True,
		url=lambda doc: work_sheets.address_of(str(doc.name)),
		more=lambda doc: {"shown": work_sheets.label_of(str(doc.name))},
	),
	Button(
		event="contract",
		label=lambda: _("Contract"),
		is_offered=lambda doc: bool(_contract_of(doc)),
		is_seldom=True,
		url=lambda doc: contract_sheets.address_of(_contract_of(doc)),
	),
)
"""What the ticket pages lead to, for agent and customer alike."""


@frappe.whitelist()
def own_contracts() -> dict[str, Any]:
	"""What the present user's own contracts have left: ``label`` for all, ``items`` with label and url for each."""
	return contract_pages.own_contracts(frappe.session.user)


@frappe.whitelist(methods=["GET"])
def download(contract: str, first: str, last: str, form: str) -> None:
	"""The statement of these days as a file, ``form`` PDF or CSV; of a long one the page that has it made."""
	period = _period(contract, first, last, form)
	if period.count > LONG:
		return _go_to(address_of(contract, period.first, period.last))
	_send(files.file_name(period, form), files.content_of(period, form))


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=60, seconds=60 * 60)
def make(contract: str, first: str, last: str, form: str) -> None:
	"""Have a statement made in the background, and show the page that says how far it is."""
	period = _period(contract, first, last, form)
	file = files.ask(contract, period.first, period.last, form)
	frappe.enqueue(
		"crm_support_ext.tasks.statements.make",
		queue="short",  # somebody looks on
		timeout=1500,
		job_id=f"cse-statement-{file}",
		deduplicate=True,
		enqueue_after_commit=True,
		file=file,
	)
	_go_to(address_of(contract, period.first, period.last, file=file))


@frappe.whitelist()
def progress(file: str) -> dict[str, Any]:
	"""How far a statement is that the present user asked for."""
	found = files.asked_for(file)
	if not found:
		frappe.throw(_("There is no such file, or it is not yours."), frappe.PermissionError)
	return found


@frappe.whitelist(methods=["GET"])
def fetch(file: str) -> None:
	"""A statement that was made for the present user, who may still see its contract."""
	row = files.requested(file)
	_check(row.contract)
	_send(*files.fetch(row))


def contract_statement(contract: str) -> dict[str, Any]:
	"""The statement of the contract year as print formats show it, for whoever may see the contract."""
	_check(contract)
	return sheet_of(contract)


def _period(contract: str, first: str, last: str, form: str) -> Period:
	_check(contract)
	days = files.day_of(first), files.day_of(last)
	if None in days or form not in files.FORMS:
		frappe.throw(
			_("A statement is of two days such as 2026-12-31, as one of {0}.").format(", ".join(files.FORMS))
		)
	return period_of(contract, *days)


def _check(contract: str) -> None:
	if not may_see_contract(contract):
		frappe.throw(_("There is no such contract, or it is not yours to see."), frappe.PermissionError)


def _send(name: str, content: bytes) -> None:
	frappe.local.response.update({"type": "download", "filename": name, "filecontent": content})


def _go_to(address: str) -> None:
	frappe.local.response.update({"type": "redirect", "location": address})
