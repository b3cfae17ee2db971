"""The link by which somebody acknowledges a warning without logging in: for one warning, for a while, not to be guessed.

It names the line that says who was told, and bears a part of a signature with the site's own secret; nothing that
opens a warning is stored.
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

from crm_support_ext.constants import TARGET_WARNING, WARNING_RECIPIENT
from crm_support_ext.domain.warnings import link_works
from crm_support_ext.store.frappe import moment, site_time

PAGE = "/support/warning"
_SIGNATURE = 20
"""Characters of five bits each: short enough for an SMS, a hundred bits that nobody guesses."""


def link_of(recipient: str) -> str:
	"""The link of a line of Target Warning Recipient."""
	return address_of(f"{recipient}{_signature(recipient)}")


def address_of(key: str) -> str:
	"""The page for a key."""
	return get_url(f"{PAGE}?key={quote(key)}")


def told_by(key: str, at: datetime) -> Any:
	"""Name, parent (the warning) and user of the line that a link names; None if it is false or too old."""
	name, signature = key[:-_SIGNATURE], key[-_SIGNATURE:]
	if not hmac.compare_digest(signature.encode(), _signature(name).encode()):
		return None
	line = frappe.db.get_value(WARNING_RECIPIENT, name, ["name", "parent", "user", "told_at"], as_dict=True)
	return line if line and link_works(moment(line.told_at), at) else None


def acknowledge(key: str, at: datetime) -> bool:
	"""Note that whoever got this link has seen the warning; the first who says so counts. False: no such link."""
	line = told_by(key, at)
	if line is None:
		return False
	seen = frappe.db.get_value(TARGET_WARNING, line.parent, "acknowledged_at", for_update=True)
	if not seen:
		entry = {"acknowledged_at": site_time(at), "acknowledged_by": line.user, "manager_due_at": None}
		frappe.db.set_value(TARGET_WARNING, line.parent, entry)
	return True


def _signature(name: str) -> str:
	secret, text = get_encryption_key().encode(), f"{TARGET_WARNING} {name}".encode()
	return b32encode(hmac.new(secret, text, sha256).digest()).decode().lower()[:_SIGNATURE]
