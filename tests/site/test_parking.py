"""Parking a ticket: on an item that is alike or a new one, again on another, and what its customer then reads."""

from __future__ import annotations

import time

import frappe
import pytest
from frappe.utils import add_days, today

from crm_support_ext.api import parking as api
from crm_support_ext.api import ticket as buttons
from crm_support_ext.constants import DECISION, PARKED_ITEM, PARKING, RELEASE
from crm_support_ext.store import alike_items, waits
from tests.factories import make, make_contact, make_customer, make_item, make_product
from tests.site.desk import (
	AGENT,
	COLLEAGUE,
	CUSTOMER,
	MANAGER,
	STRANGER,
	acting_as,
	contact_of,
	happen,
	people,
	ticket_in,
)
from tests.site.test_contract_page import page, text_of

WHY = "The import needs to go on after a fault."


@pytest.fixture(autouse=True)
def desk():
	people()
	for doctype in (PARKED_ITEM, PARKING, RELEASE):  # a browser's tests leave what they made
		frappe.db.delete(doctype)


@pytest.fixture
def stranger():
	contact = make_contact(STRANGER)
	make_customer("Elders BV", contact.name)


def offered(ticket, user=AGENT):
	with acting_as(user):
		return {row["event"]: row for row in buttons.actions(str(ticket.name))["actions"]}


def press(ticket, event="parked", words=WHY, user=AGENT, **values):
	with acting_as(user):
		return buttons.act(str(ticket.name), event, words, values)


def waits_for(ticket):
	return frappe.db.get_value("HD Ticket", ticket.name, ["status", "cse_parked_item"])


def open_waits(item):
	return frappe.db.count(PARKING, {"item": item, "until": ("is", "not set")})


@pytest.mark.parametrize("status", ["New", "Open", "Pending"])
def test_park_is_offered_once_and_asks_for_the_item(status):
	ticket = ticket_in(status)
	with acting_as(AGENT):
		rows = [row for row in buttons.actions(str(ticket.name))["actions"] if row["event"] == "parked"]
	assert len(rows) == 1 and rows[0]["seldom"] and rows[0]["needs_text"]
	names = [field["name"] for field in rows[0]["fields"]]
	assert names == ["item", "came_back", "title", "product", "kind", "workaround", "effort"]


def test_a_customer_is_offered_none_of_it_and_presses_none_of_it():
	ticket = ticket_in("Open")
	item = make_item()
	assert not {"parked", "park_again"} & offered(ticket, CUSTOMER).keys()
	with pytest.raises(frappe.ValidationError, match="Park” is not possible"):
		press(ticket, user=CUSTOMER, item=item)
	parked = ticket_in("Parked")
	assert "park_again" not in offered(parked, CUSTOMER)
	with acting_as(CUSTOMER), pytest.raises(frappe.PermissionError):
		api.alike(str(parked.name), "import")


def test_a_ticket_joins_an_item_that_is_there():
	ticket, item = ticket_in("Open"), make_item("The import goes on after a fault")
	answer = press(ticket, item=item)
	assert (answer["status"], answer["item"]) == ("Parked", item)
	assert waits_for(ticket) == ("Parked", item) and open_waits(item) == 1
	log = frappe.get_last_doc("Ticket Status Log", {"ticket": str(ticket.name)})
	assert (log.to_status, log.reason, log.actor) == ("Parked", WHY, AGENT)


def test_a_title_makes_a_new_item_of_the_tickets_product():
	ticket = ticket_in("Open", cse_product=make_product("Ochtend CRM"))
	answer = press(
		ticket, title=" A column for the order number ", effort="0,5", kind="Wish", workaround="Good"
	)
	item = frappe.get_doc(PARKED_ITEM, answer["item"])
	assert (item.title, item.product, item.kind) == ("A column for the order number", "Ochtend CRM", "Wish")
	assert (item.effort, item.workaround, item.owner) == (0.5, "Good", AGENT)
	assert (item.tickets, item.customers, item.users, item.score) == (1, 1, 1, "8.00")
	assert waits_for(ticket) == ("Parked", item.name)


def test_by_rest_a_title_and_a_product_are_enough():
	answer = press(ticket_in("Open"), title="Shared mailboxes", product=make_product("Mail link"))
	item = frappe.get_doc(PARKED_ITEM, answer["item"])
	assert (item.product, item.kind, item.workaround, item.effort) == ("Mail link", "Bug", "None", 0)


def test_what_is_missing_or_wrong_is_said_and_nothing_is_made():
	ticket, items = ticket_in("Open"), frappe.db.count(PARKED_ITEM)
	for values, says in (
		({}, "A ticket is parked on a parked item"),
		({"item": "new"}, "A ticket is parked on a parked item"),
		({"item": "P-99999"}, "There is no parked item P-99999"),
		({"title": "Shared mailboxes"}, "Say of which product “Shared mailboxes” is"),
		({"title": "Shared mailboxes", "product": "Not ours"}, "Not ours is none of"),
		(
			{"title": "Shared mailboxes", "product": make_product(), "effort": "-1"},
			"-1 is not a number, 0 or more",
		),
		({"title": "Shared mailboxes", "product": make_product(), "kind": "Whim"}, "Kind"),
	):
		with pytest.raises(frappe.ValidationError, match=says):
			press(ticket, **values)
	with pytest.raises(frappe.ValidationError, match="Still to fill in"):
		press(ticket, words="", item=make_item())
	assert frappe.db.count(PARKED_ITEM) == items + 1 and waits_for(ticket) == ("Open", None)


def test_nobody_makes_a_second_item_of_the_same_title():
	item = make_item("Shared mailboxes", product="Mail link")
	with pytest.raises(frappe.ValidationError, match=f"is there already, as {item} of Mail link"):
		press(ticket_in("Open"), title="shared mailboxes ", product="Mail link")
	other = press(ticket_in("Open"), title="Shared mailboxes", product=make_product("Mobile"))["item"]
	assert other != item


def test_a_parked_ticket_is_parked_on_another_item():
	ticket = ticket_in("Parked")
	first = ticket.cse_parked_item
	second = make_item("Offline calendar", product="Mobile")
	assert "parked" not in offered(ticket) and offered(ticket)["park_again"]["seldom"]
	assert press(ticket, "park_again", "It is the calendar after all", item=second)["status"] == "Parked"
	assert waits_for(ticket) == ("Parked", second)
	assert (open_waits(first), open_waits(second)) == (0, 1)
	assert frappe.db.get_value(PARKED_ITEM, first, ["tickets", "order_key"]) == (0, None)
	actions = frappe.get_all("HD Ticket Activity", {"ticket": str(ticket.name)}, pluck="action")
	assert "parked it on “Offline calendar”: It is the calendar after all" in actions
	with pytest.raises(frappe.ValidationError, match="waits for “Offline calendar” already"):
		press(ticket, "park_again", item=second)


def test_what_is_out_takes_a_ticket_if_it_came_back_and_what_is_declined_takes_none():
	item, ticket = make_item(), ticket_in("Open")
	frappe.db.set_value(PARKED_ITEM, item, "state", "Released")
	with pytest.raises(frappe.ValidationError, match="say that it came back when you park"):
		press(ticket, item=item)
	press(ticket, item=item, came_back="1")
	assert waits_for(ticket) == ("Parked", item)
	assert frappe.db.get_value(PARKED_ITEM, item, ["state", "regressions", "tickets"]) == ("Parked", 1, 1)
	assert frappe.db.get_value(DECISION, {"item": item}, ["decision", "by"]) == ("Came back", AGENT)
	frappe.db.set_value(PARKED_ITEM, item, {"state": "Declined", "reason": "Too dear."})
	with pytest.raises(frappe.ValidationError, match="was declined: Too dear"):
		press(ticket_in("Open"), item=item, came_back="1")


def test_the_tick_means_nothing_for_an_item_that_is_not_out():
	item = make_item()
	press(ticket_in("Open"), item=item, came_back="1")
	assert frappe.db.get_value(PARKED_ITEM, item, ["regressions", "tickets"]) == (0, 1)


def alike(ticket, title="", product=""):
	with acting_as(AGENT):
		return [row["name"] for row in api.alike(str(ticket.name), title, product)]


def test_what_is_alike_comes_first_of_the_tickets_product_alone():
	of_product = {"product": "Ochtend CRM"}
	same = make_item("Duplicate contacts after the import", **of_product)
	near = make_item("Import of contacts from a phone", **of_product)
	make_item("A darker theme", **of_product)
	elsewhere = make_item("Duplicate contacts after the import", product="Mobile")
	gone = make_item("Duplicate contacts after an import", **of_product)
	frappe.db.set_value(PARKED_ITEM, gone, "state", "Declined")
	ticket = ticket_in("Open", subject="Contacts are duplicated after import", cse_product="Ochtend CRM")
	assert alike(ticket)[0] == same and near not in alike(ticket)[:1]
	assert not {elsewhere, gone} & set(alike(ticket))
	assert alike(ticket, "duplicate contact import", "Mobile") == [elsewhere]
	assert same in alike(ticket_in("Open", subject="contacts duplicated after import"))
	assert alike(ticket, "x", "Mobile") == []


def test_an_item_whose_title_the_text_of_the_ticket_says_is_found():
	item = make_item("Photo upload turns sideways", product="Mobile")
	text = "Hello, since last week the photo upload turns everything sideways on my phone. Please help. " * 2
	assert alike(ticket_in("Open", subject="Help!", description=text))[0] == item


def test_the_one_that_the_ticket_waits_for_is_not_offered_again():
	ticket = ticket_in("Parked")
	title = frappe.db.get_value(PARKED_ITEM, ticket.cse_parked_item, "title")
	assert ticket.cse_parked_item not in alike(ticket, title)


def test_of_5000_items_those_that_are_alike_are_found_while_one_types():
	product, words = (
		make_product("Large"),
		"import export contact report mail merge invoice field photo page".split(),
	)
	rows = [
		(f"P-L{n:05}", product, f"{words[n % 10]} {words[n // 10 % 10]} number {n} {words[n % 7]}", "Parked")
		for n in range(5000)
	]
	frappe.db.bulk_insert(PARKED_ITEM, ["name", "product", "title", "state"], rows)
	item = make_item("Filter on empty fields", product=product)
	ticket = ticket_in("Open", subject="I cannot filter on fields that are empty", cse_product=product)
	began = time.perf_counter()
	found = alike_items.alike_to_ticket(ticket)
	took = time.perf_counter() - began
	print(f"alike of 5,000 items: {took * 1000:.0f} ms")
	assert found[0].name == item and took < 1.5


def release(version, days, capacity=10):
	fields = {"product": make_product(), "version": version, "capacity_days": capacity}
	return make(RELEASE, date=add_days(today(), days), **fields).name


def parked_on(item, **fields):
	ticket = ticket_in("Open", **fields)
	press(ticket, item=item)
	ticket.reload()
	return ticket


def test_a_customer_reads_item_place_release_and_promise():
	first = make_item("The import goes on after a fault", description="Only Elders BV pays for it")
	second = make_item("A darker theme", effort=20)
	release("9.3", 30, capacity=5)
	mine, other = parked_on(first), parked_on(second)
	button = offered(mine, CUSTOMER)["waiting"]
	assert button["url"] == f"/support/waiting?ticket={mine.name}"
	assert button["more"]["shown"].startswith("Number 1 of 2, expected in version 9.3, ")
	assert offered(other, CUSTOMER)["waiting"]["more"]["shown"] == "Number 2 of 2, no release planned yet"
	assert offered(mine)["waiting"]["more"] == {}
	with acting_as(CUSTOMER):
		text = text_of("support/waiting", ticket=str(mine.name))
	for words in (
		"The import goes on after a fault",
		"Number 1 of 2",
		"expected in version 9.3",
		"You hear from us by",
	):
		assert words in text
	for words in ("Elders", "Customers:", "What the rank follows from", first, "A darker theme"):
		assert words not in text


def test_what_was_decided_is_what_the_customer_reads():
	item = make_item()
	ticket = parked_on(item)
	planned = release("9.4", 60)
	for kept, says in (
		({"state": "Planned", "release": planned}, "planned for version 9.4"),
		(
			{"state": "Deferred", "deferred_until": "2031-05-01", "order_key": None},
			"deferred until 1 May 2031",
		),
		({"state": "Released", "release": planned, "order_key": None}, "out in version 9.4"),
	):
		frappe.db.set_value(PARKED_ITEM, item, kept)
		with acting_as(CUSTOMER):
			assert says in text_of("support/waiting", ticket=str(ticket.name))
			assert says in waits.line_of(ticket)


def test_the_page_is_for_who_may_read_the_ticket_alone(stranger):
	ticket = parked_on(make_item())
	with acting_as(CUSTOMER):
		assert page("support/waiting", ticket=str(ticket.name)).status_code == 200
	for user in (STRANGER, COLLEAGUE):
		with acting_as(user):
			answer = page("support/waiting", ticket=str(ticket.name))
			assert answer.status_code == 404 and "The import goes on" not in answer.get_data(as_text=True)
			with pytest.raises(frappe.PermissionError):
				buttons.actions(str(ticket.name))
	frappe.db.set_value("HD Customer Member", {"contact_name": contact_of(COLLEAGUE)}, "is_manager", 1)
	with acting_as(COLLEAGUE):
		assert "The import goes on" in text_of("support/waiting", ticket=str(ticket.name))


def test_the_desk_reads_what_the_score_is_made_of():
	item = make_item(effort=2)
	ticket = parked_on(item)
	for user in (AGENT, MANAGER):
		with acting_as(user):
			text = text_of("support/waiting", ticket=str(ticket.name))
		for words in ("What the rank follows from", "Customers: 1", "Users: 1", "6.00", f"Open {item}"):
			assert words in text
	assert frappe.db.get_value(PARKED_ITEM, item, "score") == "6.00"


@pytest.mark.parametrize("status", ["Open", "Resolved", "Closed"])
def test_a_ticket_that_is_not_parked_waits_for_nothing(status):
	ticket = ticket_in(status)
	assert "waiting" not in offered(ticket, CUSTOMER) and waits.line_of(ticket) == ""
	with acting_as(CUSTOMER):
		assert "waits for no change to the software" in text_of("support/waiting", ticket=str(ticket.name))


def test_a_guest_is_sent_to_log_in():
	ticket = parked_on(make_item())
	with acting_as("Guest"):
		answer = page("support/waiting", ticket=str(ticket.name))
	assert answer.status_code in (301, 302) and "login" in answer.headers["Location"]


def test_an_agent_takes_it_out_again():
	ticket = parked_on(make_item())
	item = ticket.cse_parked_item
	happen(ticket, "unparked")
	assert open_waits(item) == 0
	assert "waiting" not in offered(ticket)


@pytest.mark.parametrize(
	("language", "line", "words"),
	[
		("nl", "Nummer 1 van 1, verwacht in versie 9.3, ", "Waar zij op wacht"),
		("no", "Nummer 1 av 1, ventet i versjon 9.3, ", "Hva den venter på"),
	],
)
def test_a_customer_reads_it_in_their_own_language(language, line, words, monkeypatch):
	release("9.3", 30)
	ticket = parked_on(make_item())
	monkeypatch.setattr(frappe.local, "lang", language)
	assert offered(ticket, CUSTOMER)["waiting"]["more"]["shown"].startswith(line)
	with acting_as(CUSTOMER):
		text = text_of("support/waiting", ticket=str(ticket.name))
	assert all(part in text for part in (words, *line.removesuffix(", ").split(", ")))
