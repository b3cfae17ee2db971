"""The check of the ledgers: each entry proven, each night; whoever keeps contracts hears of a fault once.

What the chain cannot show is which entry was the last: that was noted at the booking, and must still be there. And work
that was paid in strippen has its entries, to the hundredth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_url_to_form, now_datetime
from frappe.utils.user import get_users_with_role

from crm_support_ext.constants import (
	CONTRACT,
	CONTRACT_MANAGER,
	ENTRY,
	LEDGER_CHECK,
	SYSTEM_MANAGER,
	WORK_LOG,
)
from crm_support_ext.domain.audit import audit
from crm_support_ext.domain.chain import GENESIS, Sealed
from crm_support_ext.domain.strippen import BrokenLedger, Kind, Wrong
from crm_support_ext.store.contracts import decimal
from crm_support_ext.store.frappe import can_mail
from crm_support_ext.store.ledger import desk_zone, noted_of, rows_after
from crm_support_ext.store.ledger_rows import read
from crm_support_ext.store.wording import speaking_to

MOST = 5
"""So many faults of a ledger are told; one brings others along."""

_BEFORE_ALL = -(2**31)


def all_ledgers() -> list[str]:
	"""The contracts that have a ledger, or of which it is noted that they have one."""
	rows, checks = frappe.qb.DocType(ENTRY), frappe.qb.DocType(LEDGER_CHECK)
	booked = frappe.qb.from_(rows).select(rows.contract).distinct().run(pluck=True)
	noted = frappe.qb.from_(checks).select(checks.name).run(pluck=True)
	worked = frappe.get_all(WORK_LOG, {"strippen": (">", 0)}, pluck="contract", distinct=True)
	return sorted({*booked, *noted, *worked} - {None})


def faults(contract: str) -> list[str]:
	"""What is wrong with a ledger; empty: it is as it was written. Read in one transaction, and nothing is locked."""
	reading = _Reading(contract)
	try:
		found = [(number, wrong) for number, wrong in audit(contract, reading.entries(), desk_zone())]
	except BrokenLedger as error:
		found = [(error.number, error.wrong)]
	else:
		found += reading.missing()
	lines = [f"entry {number}: {wrong.wrong}, expected {wrong.expected}" for number, wrong in found]
	return lines or reading.without_entries()


class _Reading:
	"""The entries of a ledger, and which was the last of them."""

	def __init__(self, contract: str) -> None:
		self._contract, self._last = contract, (0, GENESIS)
		self._used: defaultdict[str, Decimal] = defaultdict(Decimal)

	def entries(self) -> Iterator[Sealed]:
		"""Each entry as it stands in the database."""
		for row in rows_after(self._contract, _BEFORE_ALL):
			sealed = read(self._contract, row)
			self._last = (sealed.entry.number, sealed.hash)
			if sealed.entry.kind is Kind.USE and sealed.entry.work_log:
				self._used[sealed.entry.work_log] -= sealed.entry.amount
			yield sealed

	def missing(self) -> list[tuple[int, Wrong]]:
		"""What is wrong with the last entry, by what its booking noted."""
		noted = noted_of(self._contract)
		if noted == self._last or (noted is None and self._last == (0, GENESIS)):
			return []
		last = Wrong("it is the last, with the hash {1}".format(*self._last), "")
		if noted is None:
			return [(self._last[0], last._replace(expected=f"a row of {LEDGER_CHECK}"))]
		return [(self._last[0], last._replace(expected=f"entry {noted.number} with the hash {noted.hash}"))]

	def without_entries(self) -> list[str]:
		"""Work that was paid otherwise than its entries say; only once these are known to be right."""
		rows = frappe.get_all(
			WORK_LOG, {"contract": self._contract, "strippen": (">", 0)}, ["name", "strippen"]
		)
		paid = {row.name: decimal(row.strippen) for row in rows}
		return [
			f"work log {name}: paid with {paid.get(name, 0)} strippen, expected {self._used.get(name, 0)} by its entries"
			for name in sorted(paid.keys() | self._used.keys())
			if paid.get(name) != self._used.get(name)
		]


def keep(contract: str, found: list[str]) -> None:
	"""Keep what was seen of a ledger, and tell the contract managers of a fault that they were not told of."""
	known = _claim(contract)
	fault = "\n".join(found[:MOST])
	seen: dict[str, Any] = {"at": now_datetime(), "holds": int(not fault), "fault": fault or None}
	if not fault:
		seen["told_at"] = None
	elif fault != known:
		_tell(contract, found)
		seen["told_at"] = now_datetime()
	frappe.db.set_value(LEDGER_CHECK, contract, seen, update_modified=False)


def _claim(contract: str) -> str | None:
	"""The fault that is known of this ledger; nobody else tells of it until this transaction ends."""
	row = (contract, contract, frappe.utils.now(), frappe.utils.now(), frappe.session.user)
	columns = ["name", "contract", "creation", "modified", "owner"]
	frappe.db.bulk_insert(LEDGER_CHECK, columns, [row], ignore_duplicates=True)
	return frappe.db.get_value(LEDGER_CHECK, contract, "fault", for_update=True)


def _tell(contract: str, found: list[str]) -> None:
	"""Ring the bell of the contract managers in the desk, and mail them; of the administrators if there are none."""
	users = get_users_with_role(CONTRACT_MANAGER) or get_users_with_role(SYSTEM_MANAGER)
	for user in users:
		with speaking_to(user):
			subject = _("The ledger of contract {0} is not as it was written").format(contract)
			message = _message(contract, found)
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",
				"for_user": user,
				"subject": subject,
				"document_type": CONTRACT,
				"document_name": contract,
			}
		).insert(ignore_permissions=True)
		if can_mail():
			_mail(user, contract, subject, message)


def _message(contract: str, found: list[str]) -> str:
	customer = frappe.db.get_value(CONTRACT, contract, "customer") or ""
	words = _(
		"An entry was changed, removed or added in the database, past the rules of the desk. Contract {0} of {1}, faults found: {2}."
	).format(contract, customer, len(found))
	what_now = _(
		"The entries say what was booked; compare them with the last backup and with the statements that the customer has. As long as it is one of the last entries, nothing can be booked on the contract. You are told of a fault once."
	)
	lines = "".join(f"<li>{escape_html(fault)}</li>" for fault in found[:MOST])
	link = f'<a href="{get_url_to_form(CONTRACT, contract)}">{escape_html(contract)}</a>'
	return f"<p>{escape_html(words)}</p><ul>{lines}</ul><p>{escape_html(what_now)}</p><p>{link}</p>"


def _mail(user: str, contract: str, subject: str, message: str) -> None:
	frappe.sendmail(
		recipients=[frappe.db.get_value("User", user, "email")],
		subject=subject,
		message=message,
		reference_doctype=CONTRACT,
		reference_name=contract,
		email_headers={"X-Auto-Generated": "cse-ledger", "Auto-Submitted": "auto-generated"},
	)
