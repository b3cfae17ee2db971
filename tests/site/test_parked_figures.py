"""Who waits for a parked item, through every way that a ticket goes: the figures are those of the tickets, always."""

from __future__ import annotations

from random import Random
from typing import Any

import frappe
import pytest
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.utils import add_days, getdate, today
from helpdesk.api.contact import delete_contact
from helpdesk.api.customer import delete_customer
from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket, split_ticket

from crm_support_ext.constants import DECISION, INSTALLATION, PARKED_ITEM, PARKING, RELEASE, TICKET
from crm_support_ext.domain.decisions import Decision, State
from crm_support_ext.store import decisions, parked_items
from crm_support_ext.store.frappe import now
from tests.factories import make, make_contact, make_customer, make_item, make_product, make_ticket, make_user
from tests.site.desk import CUSTOMER, happen, mail, people, receive, ticket_in
from tests.site.waiting import assert_all_figures_hold, assert_order_holds, rows

STEPS = 45
COMPANIES = {"Wacht A": ("ada", "ben"), "Wacht B": ("cas",), "Wacht C": ("dirk", "eva")}
PRODUCTS = ("Wacht CRM", "Wacht Portal")


@pytest.fixture(autouse=True, scope="module")
def desk(site):
	people()
	for company, contacts in COMPANIES.items():
		made = [make_contact(email(name)).name for name in contacts]
		make_customer(company, *made)


def email(name: str) -> str:
	return f"{name}@wacht.example"


@pytest.fixture
def items(desk) -> list[str]:
	"""Three items of each of two products, and releases to come with room for some."""
	made = []
	for product in PRODUCTS:
		for number, (workaround, effort) in enumerate((("None", 2), ("Awkward", 0.25), ("Good", 5)), 1):
			title = f"{product} does {number}"
			made.append(make_item(title, product=product, workaround=workaround, effort=effort))
		for version, days, capacity in (("1", 10, 2.5), ("2", 30, 4)):
			make_release(product, version, days, capacity)
	return made


def make_release(product: str, version: str, days: int = 10, capacity: float = 1) -> str:
	"""An upgrade to come."""
	fields = {"product": make_product(product), "version": version, "capacity_days": capacity}
	return make(RELEASE, date=add_days(today(), days), **fields).name


class Walk:
	"""Things that happen to some tickets, one after the other, each as a person or a job brings it about."""

	def __init__(self, seed: int, items: list[str]) -> None:
		self.random, self.items, self.tickets = Random(seed), items, []
		for _ in range(8):
			self.arrive()
			self.park()

	def step(self) -> str:
		"""Let something happen that may be refused; what it was."""
		what = self.random.choice(HAPPENINGS)
		frappe.db.commit()  # where a refusal returns to
		try:
			what(self)
			said = what.__name__
		except frappe.ValidationError as refusal:
			frappe.db.rollback()
			frappe.clear_messages()
			self.tickets = [name for name in self.tickets if frappe.db.exists(TICKET, name)]
			said = f"{what.__name__} refused: {refusal}"
		return said

	def ticket(self) -> Any:
		return frappe.get_doc(TICKET, self.random.choice(self.tickets))

	def parked(self) -> Any:
		"""A parked one, if there is any."""
		parked = [name for name in self.tickets if frappe.db.get_value(TICKET, name, "status") == "Parked"]
		return frappe.get_doc(TICKET, self.random.choice(parked or self.tickets))

	def arrive(self) -> None:
		company = self.random.choice(list(COMPANIES))
		name = self.random.choice(COMPANIES[company])
		made = make_ticket(raised_by=email(name), customer=company, via_customer_portal=1)
		self.tickets.append(made.name)

	def park(self) -> None:
		ticket = frappe.get_doc(TICKET, self.tickets[-1])
		ticket.cse_parked_item = self.random.choice(self.items)
		as_pressed(ticket, "parked")

	def park_again(self) -> None:
		"""As a release does that did not help."""
		ticket = self.ticket()
		ticket.flags.cse_came_back = True
		ticket.cse_parked_item = self.random.choice(self.items)
		as_pressed(ticket, "parked")

	def by_status(self) -> None:
		"""As REST writes it."""
		values = {"status": "Parked", "cse_parked_item": self.random.choice(self.items), "cse_reason": "so"}
		frappe.client.set_value(TICKET, self.ticket().name, values)

	def unpark(self) -> None:
		happen(self.parked(), "unparked")

	def resolve(self) -> None:
		happen(self.parked(), self.random.choice(["resolved", "item_released", "item_declined"]))

	def reopen(self) -> None:
		happen(self.ticket(), "reopened")

	def close(self) -> None:
		happen(self.parked(), "force_closed")

	def merge(self) -> None:
		merge_ticket(str(self.parked().name), str(self.ticket().name))

	def move(self) -> None:
		ticket = self.parked()
		ticket.cse_parked_item = self.random.choice([*self.items, None])
		ticket.save()

	def give_to_another_customer(self) -> None:
		ticket = self.parked()
		company = self.random.choice([*COMPANIES, None])
		ticket.update(
			{"customer": company, "contact": None, "raised_by": email(COMPANIES.get(company, ["ada"])[0])}
		)
		ticket.save()

	def give_to_a_colleague(self) -> None:
		ticket = self.parked()
		name = self.random.choice(COMPANIES.get(ticket.customer, ("ada",)))
		ticket.update(
			{"contact": frappe.db.get_value("Contact", {"user": email(name)}), "raised_by": email(name)}
		)
		ticket.save()

	def delete(self) -> None:
		ticket = self.parked()
		frappe.delete_doc(TICKET, ticket.name, force=True)
		self.tickets.remove(ticket.name)
		self.arrive()

	def split(self) -> None:
		ticket = self.parked()
		message = receive(mail(ticket.raised_by, f"Re: #{ticket.name}", "And another thing."))
		self.tickets.append(split_ticket("Another thing", message.name))

	def write(self) -> None:
		"""The customer writes, on a closed ticket too."""
		ticket = self.ticket()
		message = receive(mail(ticket.raised_by, f"Re: #{ticket.name}", "Any news?"))
		if message.reference_name not in map(str, self.tickets):
			self.tickets.append(int(message.reference_name))

	def edit_in_bulk(self) -> None:
		names = self.random.sample(self.tickets, 3)
		values = {"status": self.random.choice(["Resolved", "Open"]), "cse_reason": "in bulk"}
		submit_cancel_or_update_docs(TICKET, frappe.as_json(names), "update", frappe.as_json(values))

	def edit_items_in_bulk(self) -> None:
		names, item = self.random.sample(self.tickets, 3), self.random.choice(self.items)
		submit_cancel_or_update_docs(
			TICKET, frappe.as_json(names), "update", frappe.as_json({"cse_parked_item": item})
		)

	def weigh_otherwise(self) -> None:
		item = frappe.get_doc(PARKED_ITEM, self.random.choice(self.items))
		item.update(
			{"effort": self.random.choice([0, 0.4, 1, 3]), "workaround": self.random.choice(["None", "Good"])}
		)
		item.save()


HAPPENINGS = (
	*[Walk.park] * 6,
	*[Walk.by_status] * 2,
	*(Walk.park_again, Walk.unpark, Walk.resolve, Walk.reopen, Walk.close, Walk.merge, Walk.move, Walk.move),
	*(Walk.give_to_another_customer, Walk.give_to_a_colleague, Walk.delete, Walk.split, Walk.write),
	*(Walk.edit_in_bulk, Walk.edit_items_in_bulk, Walk.weigh_otherwise, Walk.arrive),
)


def as_pressed(ticket: Any, event: str) -> None:
	from crm_support_ext.domain.lifecycle import Event

	ticket.flags.cse_event, ticket.cse_reason = Event(event), "because the test says so"
	ticket.save()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_figures_are_those_of_the_tickets(seed, items):
	walk, done, most = Walk(seed, items), [], 0
	for _ in range(STEPS):
		done.append(walk.step())
		assert_all_figures_hold(" / ".join(done[-3:]))
		most = max(most, sum(row.tickets for row in rows()))
	refused = sum("refused" in one for one in done)
	assert refused < STEPS * 0.6, done
	assert most > 6 and frappe.db.count(PARKING, {"until": ("is", "set")}) > 2, done


def parked_on(item: str, **fields: Any) -> Any:
	"""A ticket that waits for an item."""
	fields = {"raised_by": email("ada"), "customer": "Wacht A", **fields}
	ticket = make_ticket(via_customer_portal=1, **fields)
	ticket.reload()
	ticket.cse_parked_item = item
	as_pressed(ticket, "parked")
	return ticket


def figures(item: str) -> tuple:
	"""Customers, users and tickets."""
	return frappe.db.get_value(PARKED_ITEM, item, ["customers", "users", "tickets"])


def test_a_customer_with_a_hundred_tickets_counts_once(items):
	for number in range(100):
		parked_on(items[0], raised_by=email(("ada", "ben")[number % 2]))
	assert figures(items[0]) == (1, 2, 100)
	parked_on(items[1])
	assert (
		frappe.db.get_value(PARKED_ITEM, items[0], "score") == "7.50"
	)  # (3 + 2) x 3 / 2, whatever the tickets
	assert_all_figures_hold("a hundred tickets")


def test_a_ticket_of_nobodys_customer_waits_and_weighs_nothing(items):
	parked_on(items[0], customer=None, raised_by="stray@nowhere.example")
	assert figures(items[0]) == (0, 0, 1)
	assert frappe.db.get_value(PARKED_ITEM, items[0], "score") == "0.00"


def test_a_customer_that_is_renamed_waits_on(items):
	parked_on(items[0])
	parked_on(items[0], raised_by=email("cas"), customer="Wacht B")
	frappe.rename_doc("HD Customer", "Wacht B", "Wacht Nieuw")
	assert figures(items[0]) == (2, 2, 2)
	assert frappe.db.exists(PARKING, {"customer": "Wacht Nieuw", "item": items[0]})
	assert_all_figures_hold("renamed")


def test_two_customers_that_are_merged_wait_as_one(items):
	for item in items[:2]:
		parked_on(item)
		parked_on(item, raised_by=email("cas"), customer="Wacht B")
	parked_on(items[2], raised_by=email("cas"), customer="Wacht B")
	frappe.rename_doc("HD Customer", "Wacht B", "Wacht A", merge=True)
	assert [figures(item) for item in items[:3]] == [(1, 2, 2), (1, 2, 2), (1, 1, 1)]
	assert_all_figures_hold("merged")


def test_of_two_installations_that_are_merged_that_of_the_customer_who_stays_is_kept(items):
	for release in ("Wacht CRM 1", "Wacht CRM 2"):
		frappe.db.set_value(RELEASE, release, "state", "Out")
	for customer, release in (("Wacht A", "Wacht CRM 1"), ("Wacht B", "Wacht CRM 2")):
		make(INSTALLATION, customer=customer, product="Wacht CRM", release=release)
	frappe.rename_doc("HD Customer", "Wacht B", "Wacht A", merge=True)
	found = frappe.get_all(INSTALLATION, {"product": "Wacht CRM"}, ["customer", "release"])
	assert found == [{"customer": "Wacht A", "release": "Wacht CRM 1"}]


@pytest.mark.parametrize("merge", [False, True])
def test_a_contact_that_is_renamed_or_merged_waits_on_and_counts_once(items, merge):
	ada, ben = (frappe.db.get_value("Contact", {"user": email(name)}) for name in ("ada", "ben"))
	parked_on(items[0], contact=ada)
	parked_on(items[0], contact=ben, raised_by=email("ben"))
	assert figures(items[0]) == (1, 2, 2)
	new = ada if merge else "Benjamin"
	frappe.rename_doc("Contact", ben, new, merge=merge, force=True)
	parked_on(items[0], contact=new, raised_by=email("ben"))
	assert figures(items[0]) == ((1, 1, 3) if merge else (1, 2, 3))
	assert_all_figures_hold("contact renamed")


def test_a_product_that_is_renamed_takes_its_items_and_the_names_of_its_releases_along(items):
	parked_on(items[0])
	frappe.db.set_value(PARKED_ITEM, items[0], {"state": "Planned", "release": "Wacht CRM 2"})
	frappe.rename_doc("Software Product", "Wacht CRM", "Wacht Kantoor")
	assert frappe.db.get_value(PARKED_ITEM, items[0], ["product", "release"]) == (
		"Wacht Kantoor",
		"Wacht Kantoor 2",
	)
	assert frappe.get_all(RELEASE, {"product": "Wacht Kantoor"}, pluck="name", order_by="name") == [
		"Wacht Kantoor 1",
		"Wacht Kantoor 2",
	]
	assert_all_figures_hold("product renamed")


def test_two_products_that_are_merged_have_one_order(items):
	frappe.db.delete(RELEASE, {"product": "Wacht Portal", "version": "2"})
	frappe.db.delete(RELEASE, {"product": "Wacht CRM", "version": "1"})
	for item in items:
		parked_on(item)
	frappe.rename_doc("Software Product", "Wacht Portal", "Wacht CRM", merge=True)
	assert frappe.db.count(PARKED_ITEM, {"product": "Wacht CRM"}) == 6
	assert frappe.db.exists(RELEASE, "Wacht CRM 1") and not frappe.db.exists(
		RELEASE, {"product": "Wacht Portal"}
	)
	assert_order_holds("Wacht CRM", "products merged")


def test_two_products_with_a_release_of_one_version_are_not_merged(items):
	with pytest.raises(frappe.ValidationError, match="Wacht Portal and Wacht CRM both have a release 1"):
		frappe.rename_doc("Software Product", "Wacht Portal", "Wacht CRM", merge=True)


def test_an_item_for_which_somebody_waits_stays_with_its_product(items):
	parked_on(items[0])
	item = frappe.get_doc(PARKED_ITEM, items[0])
	item.product = "Wacht Portal"
	with pytest.raises(frappe.ValidationError, match="stays with its product"):
		item.save()
	other = frappe.get_doc(PARKED_ITEM, items[1])
	other.product = "Wacht Portal"
	other.save()
	assert parked_items.rank(other) is None


def test_a_ticket_that_was_parked_before_there_were_items_stays_and_can_go_on(items):
	"""Older than this app, or than parked items: no item, and no refusal of what does not park it."""
	for event in ("unparked", "resolved"):
		ticket = ticket_in("Open", raised_by=CUSTOMER)
		old = {"status": "Parked", "status_category": "Paused"}
		frappe.db.set_value(TICKET, ticket.name, old, update_modified=False)
		ticket.reload()
		ticket.subject = "Written on"
		ticket.save()
		assert ticket.status == "Parked" and not ticket.cse_parked_item
		receive(mail(CUSTOMER, f"Re: #{ticket.name}", "Any news?"))
		assert frappe.db.get_value(TICKET, ticket.name, "status") == "Parked"
		happen(ticket, event)
		assert ticket.status == {"unparked": "Open", "resolved": "Resolved"}[event]
	assert_all_figures_hold("old tickets")


def test_an_old_parked_ticket_can_be_given_its_item(items):
	ticket = ticket_in("Open", raised_by=CUSTOMER)
	old = {"status": "Parked", "status_category": "Paused"}
	frappe.db.set_value(TICKET, ticket.name, old, update_modified=False)
	ticket.reload()
	ticket.cse_parked_item = items[0]
	ticket.save()
	assert figures(items[0]) == (1, 1, 1)
	assert_all_figures_hold("given an item")


def test_a_deleted_ticket_leaves_no_wait(items):
	ticket = parked_on(items[0])
	frappe.delete_doc(TICKET, ticket.name)
	assert figures(items[0]) == (0, 0, 0) and not frappe.db.exists(PARKING, {"ticket": str(ticket.name)})
	frappe.delete_doc(PARKED_ITEM, items[1])
	parked_on(items[2])
	with pytest.raises(frappe.ValidationError, match="Decline it instead"):
		frappe.delete_doc(PARKED_ITEM, items[2])


def test_the_tickets_of_a_deleted_customer_wait_on_and_weigh_nothing(items):
	"""The helpdesk empties the customer of its tickets, past their saves."""
	parked_on(items[0])
	parked_on(items[0], raised_by=email("cas"), customer="Wacht B")
	frappe.db.set_value(RELEASE, "Wacht CRM 1", "state", "Out")
	make(INSTALLATION, customer="Wacht B", product="Wacht CRM", release="Wacht CRM 1")
	delete_customer("Wacht B")
	assert figures(items[0]) == (1, 1, 2)
	assert not frappe.db.exists(PARKING, {"customer": "Wacht B"})
	assert_all_figures_hold("customer deleted")


def test_the_tickets_of_a_deleted_contact_are_those_of_who_raised_them(items):
	ada = frappe.db.get_value("Contact", {"user": email("ada")})
	parked_on(items[0], contact=ada)
	delete_contact(ada)
	assert frappe.db.get_value(PARKING, {"item": items[0]}, "contact") == email("ada")
	assert_all_figures_hold("contact deleted")


def test_what_somebody_decided_follows_their_new_address(items):
	who = make_user("dora@wacht.example", "Product Director")
	until = getdate(add_days(today(), 9))
	assert decisions.decide(items[0], Decision.DEFER, now(), by=who, until=until) is State.DEFERRED
	frappe.rename_doc("User", who, "dora.new@wacht.example", force=True)
	assert frappe.get_all(DECISION, {"item": items[0]}, pluck="by") == ["dora.new@wacht.example"]


def test_a_deferred_item_counts_who_waits_and_has_no_place(items):
	parked_on(items[0])
	until = getdate(add_days(today(), 9))
	decisions.decide(items[0], Decision.DEFER, now(), by="Administrator", until=until)
	parked_on(items[0], raised_by=email("cas"), customer="Wacht B")
	assert figures(items[0]) == (2, 2, 2)
	assert_all_figures_hold("deferred")
	decisions.decide(items[0], Decision.TAKE_BACK, now(), by="Administrator")
	assert frappe.db.get_value(PARKED_ITEM, items[0], "score") == "12.00"
	assert_all_figures_hold("taken back")
