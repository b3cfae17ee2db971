"""The link by which a reporter says, without logging in, whether a release fixed it: for one wait of one ticket, for 90
days, not to be guessed.

It names the row of Ticket Parking and bears a part of a signature with the site's own secret; nothing is stored.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import frappe
from frappe.utils import get_url
from frappe.utils.password import get_encryption_key

from crm_support_ext.constants import PARKING
from crm_support_ext.domain.releases import Fixed, Verdict, can_say_fixed
from crm_support_ext.store.frappe import moment

PAGE = "/support/fixed"
_SIGNATURE = 32
"""Characters of five bits each: 160 bits that nobody guesses."""


def link_of(row: str, answer: Fixed) -> str:
	"""The link in the mail; the page asks again, so a program that opens it answers nothing."""
	return address_of(key_of(row), answer)


def key_of(row: str) -> str:
	"""What opens the page of a row."""
	return f"{row}{_signature(row)}"


def address_of(key: str, answer: Fixed | None = None) -> str:
	"""The page for a key, with this answer proposed."""
	return get_url(f"{PAGE}?key={quote(key)}{f'&answer={answer.value}' if answer else ''}")


def asked_by(key: str, at: datetime) -> Any:
	"""Name, ticket, item, release and fixed of the row that a link names; None if it is false or too old."""
	name, signature = key[:-_SIGNATURE], key[-_SIGNATURE:]
	if not hmac.compare_digest(signature.encode(), _signature(name).encode()):
		return None
	fields = ["name", "ticket", "item", "release", "answer", "answered_at", "fixed"]
	row = frappe.db.get_value(PARKING, name, fields, as_dict=True)
	if not row or row.answer != Verdict.INSTALL.value:
		return None
	return row if can_say_fixed(moment(row.answered_at), at) else None


def _signature(name: str) -> str:
	secret, text = get_encryption_key().encode(), f"{PARKING} fixed {name}".encode()
	return b32encode(hmac.new(secret, text, sha256).digest()).decode().lower()[:_SIGNATURE]
