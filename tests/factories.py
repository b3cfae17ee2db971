"""Test data for a site: `make_<thing>()` inserts one and gives its document, or the email address of a person.

Frappe is imported inside, so tests without a framework can import this module for what they share.
"""

from __future__ import annotations

from typing import Any

PASSWORD = "password-of-the-tests"


def make(doctype: str, **fields: Any) -> Any:
	"""Insert a document as the framework itself would."""
	import frappe

	return frappe.get_doc({"doctype": doctype, **fields}).insert(ignore_permissions=True)


def make_user(email: str, *roles: str, **fields: Any) -> str:
	"""A person who can log in with PASSWORD."""
	import frappe

	if frappe.db.exists("User", email):
		frappe.get_doc("User", email).add_roles(*roles)
	else:
		fields |= {"first_name": email.split("@")[0].title(), "roles": [{"role": role} for role in roles]}
		make("User", email=email, send_welcome_email=0, new_password=PASSWORD, **fields)
	return email


def make_agent(email: str, *roles: str) -> str:
	"""An agent of the desk."""
	import frappe

	make_user(email, "Agent", *roles)
	if not frappe.db.exists("HD Agent", {"user": email}):
		make("HD Agent", user=email, agent_name=email.split("@")[0].title())
	return email


def make_customer(name: str = "Bakkerij De Ochtend", *contacts: str) -> Any:
	"""A customer, with the contacts of these people."""
	return make(
		"HD Customer", customer_name=name, contacts=[{"contact_name": contact} for contact in contacts]
	)


def make_contact(email: str, **fields: Any) -> Any:
	"""A person at a customer's, with a login for the portal; the contact that the framework makes of a user, if it has."""
	import frappe

	user = make_user(email, "HD Customer")
	name = email.split("@")[0].title()
	if known := frappe.db.get_value("Contact", {"user": user}):
		return frappe.get_doc("Contact", known).update({"first_name": name, **fields}).save()
	addresses = [{"email_id": email, "is_primary": 1}]
	return make("Contact", first_name=name, email_id=email, email_ids=addresses, user=user, **fields)


def make_ticket(subject: str = "The import stops halfway", **fields: Any) -> Any:
	"""A ticket, raised by whoever is logged in unless `raised_by` says otherwise."""
	return make("HD Ticket", subject=subject, **{"description": "It says nothing and stops.", **fields})


def make_product(name: str = "Ochtend CRM") -> str:
	"""A product of ours; its name."""
	import frappe

	if not frappe.db.exists("Software Product", name):
		make("Software Product", product_name=name)
	return name


def make_item(title: str = "The import goes on after a fault", **fields: Any) -> str:
	"""A parked item that nobody waits for yet; its name."""
	fields = {"product": make_product(fields.pop("product", "Ochtend CRM")), "effort": 1, **fields}
	return str(make("Parked Item", title=title, **fields).name)


def make_open_calendar(name: str) -> Any:
	"""A Support Calendar of a desk that never closes."""
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	hours = [{"weekday": day, "opens": "00:00:00", "closes": "00:00:00"} for day in days]
	return make("Support Calendar", calendar_name=name, time_zone="UTC", hours=hours)
