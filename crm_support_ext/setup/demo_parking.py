"""What the desk to look at waits for: parked items with the tickets of two customers, releases, and what is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe.utils import add_days, getdate, now_datetime

from crm_support_ext.constants import INSTALLATION, PARKED_ITEM, RELEASE, TICKET_PRODUCT, WAITS_FOR

DIRECTOR = {"dora@demo.example": "Dora Bos"}

# title, product, kind, workaround, days of work
ITEMS = (
	("A field for the number of the chamber of commerce", "Insight", "Wish", "Awkward", 2),
	("Filter on empty fields", "Insight", "Bug", "None", 2.5),
	("Shared mailboxes", "Journal", "Wish", "None", 8),
	("A darker theme", "Insight", "Wish", "Good", 12),
)  # fmt: skip

WAITS = {
	"A field for the chamber of commerce number": "A field for the number of the chamber of commerce",
	"Companies without a mail address": "Filter on empty fields",
	"Which leads have no phone number?": "Filter on empty fields",
	"Two of us read the mail of info@": "Shared mailboxes",
	"White hurts the eyes at night": "A darker theme",
}
"""For which item a story's ticket is parked."""

# product, version, days from now, days of work
RELEASES = (
	("Insight", "9.1", -200, 20),
	("Insight", "9.2", -40, 20),
	("Insight", "9.3", 45, 3),
	("Insight", "10.0", 150, 10),
	("Journal", "4.0", 80, 6),
)  # fmt: skip


def items() -> None:
	"""Make the items, for which nobody waits yet; their products are there."""
	for title, product, kind, workaround, effort in ITEMS:
		about = {"title": title, "product": product, "kind": kind, "workaround": workaround}
		frappe.get_doc({"doctype": PARKED_ITEM, "effort": effort, **about}).insert(ignore_permissions=True)


def wait(doc: Any) -> None:
	"""Let a story's ticket wait for its item, once it is saved."""
	title = WAITS[doc.subject]
	item = frappe.db.get_value(PARKED_ITEM, {"title": title}, ["name", "product"], as_dict=True)
	doc.update({WAITS_FOR: item.name, TICKET_PRODUCT: item.product})


def releases(customers: list[str]) -> Iterator[str]:
	"""Make the releases, and say which of them is installed at the first two of these customers; yields a line each."""
	for product, version, days, capacity in RELEASES:
		about = {"product": product, "version": version}
		date = add_days(getdate(), days)
		doc = frappe.get_doc({"doctype": RELEASE, "date": date, "capacity_days": capacity, **about})
		doc.insert(ignore_permissions=True)
		if days < 0:
			doc.db_set({"state": "Out", "out_at": add_days(now_datetime(), days)})
		yield f"{doc.name}, {'out since' if days < 0 else 'planned for'} {date}"
	for customer, version in zip(customers, ("Insight 9.2", "Insight 9.1"), strict=False):
		installed = {"customer": customer, "product": "Insight", "release": version}
		frappe.get_doc({"doctype": INSTALLATION, **installed}).insert(ignore_permissions=True)
