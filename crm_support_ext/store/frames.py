"""What stands around the pages under /support/: the portal's places, where the reader is, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import get_fullname

from crm_support_ext.constants import CONTRACT, TICKET
from crm_support_ext.store.frappe import is_desk_user
from crm_support_ext.store.readers import contracts_read_by

LOGO = "/assets/helpdesk/desk/favicon.svg"

TICKET_ICON = "M2 9a3 3 0 0 1 0 6v2a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-2a3 3 0 0 1 0-6V7a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2Z M13 5v2 M13 17v2 M13 11v2"
BOOK_ICON = "M2 3h6a4 4 0 0 1 4 4v14a3 3 0 0 0-3-3H2z M22 3h-6a4 4 0 0 0-4 4v14a3 3 0 0 1 3-3h7z"
PAPER_ICON = "M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7Z M14 2v4a2 2 0 0 0 2 2h4 M10 9H8 M16 13H8 M16 17H8"


class Step(NamedTuple):
	"""A step of the path; the last has no address, it is the page itself."""

	label: str
	url: str = ""


def let_guests_log_in(address: str) -> None:
	"""Send a guest to log in; they come back to this address."""
	if frappe.session.user == "Guest":
		go_to("/login?redirect-to=" + quote(address, safe=""))


def go_to(address: str) -> NoReturn:
	"""Send the reader on to another page."""
	frappe.flags.redirect_location = address
	raise frappe.Redirect(302)


def tickets_url(ticket: str = "") -> str:
	"""Where the reader has the tickets: on the desk, or in the portal."""
	place = "tickets" if is_desk_user(frappe.session.user) else "my-tickets"
	return f"/helpdesk/{place}/{quote(ticket)}" if ticket else f"/helpdesk/{place}"


def tickets_seen(tickets: Iterable[str]) -> set[str]:
	"""Those of these tickets that the reader may read; whoever keeps contracts and is no agent reads none."""
	names = list(tickets)
	if not names or not frappe.has_permission(TICKET, "read"):
		return set()
	return set(frappe.get_list(TICKET, {"name": ("in", names)}, pluck="name", limit_page_length=0))


def url_if_seen(ticket: str | None) -> str:
	"""Where the reader has a ticket; nowhere, if it is not theirs to read."""
	return tickets_url(ticket) if ticket and tickets_seen([ticket]) else ""


def frame(title: str, *path: Step, here: str = "") -> dict[str, Any]:
	"""The frame of a page; ``path`` leads from the tickets to the page, ``here`` is the address of its place."""
	brand = frappe.db.get_value("HD Settings", "HD Settings", ["brand_name", "brand_logo"], as_dict=True)
	articles = "/helpdesk/kb" if is_desk_user(frappe.session.user) else "/helpdesk/kb-public"
	places = [(_("Tickets"), tickets_url(), TICKET_ICON), (_("Knowledge Base"), articles, BOOK_ICON)]
	if frappe.has_permission(CONTRACT, "read") or contracts_read_by(frappe.session.user):
		places.append((_("Contract"), "/support/contract", PAPER_ICON))
	return {
		"title": title,
		"lang": frappe.local.lang,
		"brand": brand.brand_name or "Helpdesk",
		"logo": brand.brand_logo or LOGO,
		"reader": get_fullname(),
		"places": [
			{"label": label, "url": url, "icon": icon, "is_here": url == here} for label, url, icon in places
		],
		"path": [Step(_("Tickets"), tickets_url()), *path, Step(title)],
		"words": {
			"skip": _("Go to the content"),
			"places": _("Places"),
			"path": _("Where you are"),
			"back": _("Back to the tickets"),
		},
	}


def frame_of_ticket(context: Any, title: str, address_of: Callable[[str], str]) -> str:
	"""Frame the page about a ticket that was asked for, and answer which; where the reader may see none, it says so."""
	name = str(frappe.form_dict.get("ticket") or "")
	let_guests_log_in(address_of(name))
	if name and tickets_seen([name]):
		context.ticket_url = tickets_url(name)
		context.frame = frame(title, Step(f"#{name}", context.ticket_url))
		return name
	context.frame = frame(title)
	context.http_status_code = 404
	context.words = _("There is no such ticket, or it is not yours to see.")
	return ""
