"""Shared by the end-to-end tests: a customer of one's own, tickets in each status, time that passes, the clock's job."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import frappe

from crm_support_ext.constants import STATUS_LOG, TICKET
from tests.factories import make_agent, make_contact, make_customer
from tests.harness.bench import SITE, SITES, environ
from tests.harness.site import FRAPPE
from tests.site.desk import mail, receive, reply, ticket_in

OnSite = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Desk:
	"""An agent and a customer whom no other test knows."""

	on_site: OnSite
	agent: str
	customer: str
	company: str

	def ticket(self, status: str, subject: str = "The import stops halfway", **fields: Any) -> str:
		"""A ticket of the customer's in this status; its name."""
		with self.on_site():
			return str(ticket_in(status, subject=subject, raised_by=self.customer, **fields).name)

	def reply(self, ticket: str, message: str) -> None:
		"""The agent's reply, which leaves the status as it is."""
		with self.on_site():
			frappe.set_user(self.agent)
			reply(frappe.get_doc(TICKET, ticket), message, to=self.customer)

	def get(self, ticket: str, *fields: str) -> Any:
		"""What the database says of a ticket."""
		with self.on_site():
			return frappe.db.get_value(TICKET, ticket, fields if len(fields) > 1 else fields[0])

	def count(self, doctype: str, **filters: Any) -> int:
		"""How many rows there are."""
		with self.on_site():
			return frappe.db.count(doctype, filters)

	def let_pass(self, ticket: str, hours: float) -> None:
		"""Move the ticket's present line in the record so far back, as if that time had passed."""
		with self.on_site():
			entry = frappe.db.get_value(
				STATUS_LOG, {"ticket": ticket, "left_at": ("is", "not set")}, ["name", "at"], as_dict=True
			)
			frappe.db.set_value(STATUS_LOG, entry.name, "at", entry.at - timedelta(hours=hours))

	def mail(self, subject: str, text: str, **headers: str) -> str:
		"""A mail of the customer's, taken in; the name of the ticket on which it was filed."""
		with self.on_site():
			return str(receive(mail(self.customer, subject, text, **headers)).reference_name)


def make_desk(on_site: OnSite, company: str, agent: str = "sanne", customer: str = "kees") -> Desk:
	"""A desk whose people have addresses that no other run used: a contact is asked once in 14 days."""
	with on_site():
		run = frappe.generate_hash(length=6)
		agent_address, customer_address = f"{agent}@desk-{run}.example", f"{customer}@customer-{run}.example"
		make_agent(agent_address)
		make_customer(f"{company} {run}", make_contact(customer_address).name)
	return Desk(on_site, agent_address, customer_address, f"{company} {run}")


def run_the_clock() -> None:
	"""The five-minute job in a process of its own, as a bench runs it."""
	command = [*FRAPPE, "--site", SITE, "execute", "crm_support_ext.tasks.timers.run"]
	done = subprocess.run(command, cwd=SITES, env=environ(), capture_output=True, text=True, timeout=180)
	assert done.returncode == 0, done.stderr
