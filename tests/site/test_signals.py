"""Groups of alike tickets on a site: who is told of which, what is done about it, and that nothing is counted twice."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import frappe
import pytest
from frappe.desk.form.load import getdoc
from frappe.utils import add_days, getdate

from crm_support_ext.api import signals as api
from crm_support_ext.constants import SIGNAL, SIGNALLED, TICKET
from crm_support_ext.domain.signals import Bounds
from crm_support_ext.store import signals
from crm_support_ext.tasks import signals as task
from tests.factories import make, make_contact, make_customer, make_item, make_product, make_ticket, make_user
from tests.site.desk import AGENT, CUSTOMER, MANAGER, acting_as, happen, people, remove
from tests.site.workers import at_once, finish, wait_for_waiter
from tests.site.workers import start as start_worker

DIRECTOR, NEIGHBOUR, NEIGHBOURS = "dora@desk.example", "nils@fjellvann.example", "Fjellvann"
IMPORT = (
	"Import of contacts stops halfway",
	"The import of contacts stops halfway",
	"Re: import of contacts stopped halfway",
	"Contacts: import stops halfway",
	"Import of the contacts stops halfway",
)


PRODUCT = f"Ochtend CRM {frappe.generate_hash(length=6)}"
"""What no earlier run has groups of."""


@pytest.fixture
def desk():
	"""The people, and no ticket or group of anybody else's tests."""
	_people()
	frappe.db.delete(SIGNAL)
	frappe.db.delete(SIGNALLED)
	frappe.db.set_value(TICKET, {"name": ("is", "set")}, "opening_date", "2020-01-01", update_modified=False)


def _people() -> None:
	people()
	make_user(DIRECTOR, "Product Director")
	make_product(PRODUCT)
	if not frappe.db.exists("HD Customer", NEIGHBOURS):
		make_customer(NEIGHBOURS, make_contact(NEIGHBOUR).name)


def tickets(subjects=IMPORT, days_ago: int = 0, product: str | None = PRODUCT, by=(CUSTOMER, NEIGHBOUR)):
	"""Tickets with these subjects, of these people in turn; their names."""
	names = []
	for number, subject in enumerate(subjects):
		ticket = make_ticket(subject, raised_by=by[number % len(by)], cse_product=product)
		frappe.db.set_value(TICKET, ticket.name, "opening_date", add_days(getdate(), -days_ago))
		names.append(str(ticket.name))
	return names


def group_of(ticket: str):
	"""The signal in which a ticket is."""
	return frappe.get_doc(SIGNAL, frappe.db.get_value(SIGNALLED, ticket, "signal"))


def offered() -> list[str]:
	return frappe.get_all(SIGNAL, {"state": "Open"}, pluck="name")


def snapshot():
	rows = frappe.get_all(SIGNALLED, fields=["name", "signal", "day"], order_by="name")
	fields = ["name", "title", "state", "kind", "tickets", "recent", "before", "modified"]
	return rows, frappe.get_all(SIGNAL, fields=fields, order_by="name")


def test_a_group_that_grows_is_offered_with_its_tickets(desk):
	names = tickets()
	other = tickets(["Invoice shows the wrong VAT"])
	task.run()
	(signal,) = {group_of(name).name for name in names}
	group = frappe.get_doc(SIGNAL, signal)
	assert (group.state, group.kind, group.title) == ("Open", "New", IMPORT[0])
	assert (group.tickets, group.customers, group.recent, group.recent_customers) == (5, 2, 5, 2)
	assert (group.product, group.first_seen, group.last_seen) == (PRODUCT, getdate(), getdate())
	assert group_of(*other).state == "Watched"
	with acting_as(DIRECTOR):
		shown = api.behind(signal)
	assert {str(row.ticket) for row in shown["tickets"]} == set(names)
	assert {row.customer for row in shown["tickets"]} == {"Bakkerij De Ochtend", NEIGHBOURS}
	assert shown["may_park"] is False


@pytest.mark.parametrize(
	"few",
	[
		{"subjects": IMPORT[:4]},
		{"by": (CUSTOMER,)},
		{"days_ago": 14},
		{"subjects": [*IMPORT[:3], "Export of invoices is empty", "Two companies cannot be merged"]},
	],
)
def test_a_group_that_does_not_grow_is_not_offered(desk, few):
	names = tickets(**few)
	task.run()
	assert group_of(names[0]).state == "Watched"
	assert offered() == []


def test_a_group_grows_over_several_nights_and_not_if_it_was_as_large_before(desk, frozen_time):
	tickets(IMPORT[:3], days_ago=20)
	first = tickets(IMPORT[:4])
	task.run()
	assert group_of(first[0]).before == 3
	tickets(IMPORT[:1])
	task.run()
	assert (group_of(first[0]).recent, offered()) == (5, [])
	tickets(IMPORT[1:2], by=(NEIGHBOUR,))
	task.run()
	assert offered() == [group_of(first[0]).name]
	with frozen_time(add_days(getdate(), 40).isoformat()):
		task.run()
		group = group_of(first[0])
	assert (group.state, group.tickets, group.recent, group.before) == ("Open", 9, 0, 0)


def test_a_second_run_changes_nothing(desk):
	tickets()
	task.run()
	before = snapshot()
	task.run()
	assert snapshot() == before


def test_tickets_of_two_products_are_two_groups_and_those_of_none_a_third(desk):
	make_product("Avond CRM")
	names = [tickets(product=product)[0] for product in (PRODUCT, "Avond CRM", None)]
	task.run()
	assert len({group_of(name).name for name in names}) == 3 == len(offered())


def test_merged_and_deleted_tickets_count_no_more(desk):
	names = tickets([*IMPORT, *IMPORT])
	task.run()
	signal = group_of(names[0]).name
	frappe.db.set_value(TICKET, names[0], "is_merged", 1)
	frappe.delete_doc(TICKET, names[1], force=True)
	task.run()
	group = frappe.get_doc(SIGNAL, signal)
	assert (group.tickets, group.recent) == (8, 8)
	assert not frappe.db.exists(SIGNALLED, names[1])


def test_a_group_bears_no_words_of_a_deleted_ticket(desk):
	names = tickets(["Import of contacts of Jan Jansen stops halfway", "Import of contacts stops halfway"])
	task.run()
	signal = group_of(names[0]).name
	assert group_of(names[1]).name == signal
	frappe.delete_doc(TICKET, names[0], force=True)
	group = frappe.get_doc(SIGNAL, signal)
	assert (group.title, group.tickets) == ("Import of contacts stops halfway", 1)
	frappe.delete_doc(TICKET, names[1], force=True)
	assert not frappe.db.exists(SIGNAL, signal)


def test_a_dismissed_group_is_kept_when_its_tickets_are_deleted(desk):
	(name,) = tickets(IMPORT[:1])
	task.run()
	signal = group_of(name).name
	with acting_as(DIRECTOR):
		api.dismiss(signal, "It is a training.")
	frappe.delete_doc(TICKET, name, force=True)
	(new,) = tickets(IMPORT[1:2])
	task.run()
	assert group_of(new).name == signal


def test_without_a_number_of_tickets_in_the_settings_nothing_is_looked_at(desk):
	frappe.db.set_single_value("CRM Support Settings", "signal_tickets", 0)
	frappe.clear_document_cache("CRM Support Settings")
	names = tickets()
	task.run()
	assert not frappe.db.count(SIGNALLED, {"ticket": ("in", names)})


def test_the_settings_say_from_when_on_a_group_grows(desk):
	assert signals.bounds() == Bounds()
	for field, value in {"tickets": 2, "customers": 1, "days": 7, "times": 3}.items():
		frappe.db.set_single_value("CRM Support Settings", f"signal_{field}", value)
	frappe.clear_document_cache("CRM Support Settings")
	assert signals.bounds() == Bounds(2, 1, 7, 3)
	tickets(IMPORT[:2], by=(CUSTOMER,))
	task.run()
	assert len(offered()) == 1


def test_a_dismissed_group_never_comes_back_under_none_of_its_words(desk, frozen_time):
	names = tickets()
	task.run()
	signal = group_of(names[0]).name
	with acting_as(DIRECTOR):
		with pytest.raises(frappe.ValidationError, match="dismissed for good, and others must"):
			api.dismiss(signal, "  ")
		api.dismiss(signal, "Two different faults.")
	group = frappe.get_doc(SIGNAL, signal)
	assert (group.state, group.done_by, group.reason) == ("Dismissed", DIRECTOR, "Two different faults.")
	tickets([*IMPORT, *IMPORT])
	task.run()
	with frozen_time(add_days(getdate(), 200).isoformat()):
		again = tickets([*IMPORT, *IMPORT])
		task.run()
	group = frappe.get_doc(SIGNAL, signal)
	assert {group_of(name).name for name in again} == {signal}
	assert (group.state, group.tickets, group.recent, offered()) == ("Dismissed", 25, 10, [])
	with acting_as(DIRECTOR), pytest.raises(frappe.ValidationError, match="was dismissed for good"):
		api.raise_item(signal, make_item(product=PRODUCT))


def test_what_is_like_any_ticket_of_a_dismissed_group_is_of_it_too(desk):
	chain = ["Import of contacts stops halfway", "Import of contacts and companies stops"]
	last = "Import of new companies stopped"
	assert signals.key_of(chain[1], {"": chain[0]}) is not None
	assert signals.key_of(last, {"": chain[1]}) is not None
	assert signals.key_of(last, {"": chain[0]}) is None
	names = tickets(chain)
	task.run()
	signal = group_of(names[0]).name
	with acting_as(DIRECTOR):
		api.dismiss(signal, "It is a training.")
	(new,) = tickets([last])
	task.run()
	assert group_of(new).name == signal


def test_a_group_like_a_parked_item_is_offered_as_raise_this_item(desk):
	item = make_item(product=PRODUCT, title="Import of contacts goes on where it stops")
	make_item(product=PRODUCT, title="Invoice has the right VAT")
	names = tickets()
	task.run()
	group = group_of(names[0])
	assert (group.kind, group.item, group.article) == ("Raise this item", item, None)
	with acting_as(DIRECTOR):
		assert api.behind(group.name)["items"] == [
			{"name": item, "title": frappe.db.get_value("Parked Item", item, "title")}
		]
		assert api.raise_item(group.name, item) == {"item": item}
	group.reload()
	assert (group.state, group.done_by) == ("Taken", DIRECTOR)
	task.run()
	assert offered() == []


def test_what_its_tickets_wait_for_goes_before_what_is_only_alike(desk):
	make_item(product=PRODUCT, title="Import of contacts stops halfway")
	waited_for = make_item(product=PRODUCT, title="Files over 10 MB are read in pieces")
	names = tickets()
	ticket = frappe.get_doc(TICKET, names[0])
	ticket.cse_parked_item = waited_for
	ticket.flags.cse_event = frappe.get_attr("crm_support_ext.domain.lifecycle.Event").PARKED
	ticket.cse_reason = "Large files"
	ticket.save(ignore_permissions=True)
	task.run()
	assert (group_of(names[1]).kind, group_of(names[1]).item) == ("Raise this item", waited_for)


def article(title: str = "Import of contacts: where it stops", **fields):
	category = make("HD Article Category", category_name=f"Importing {frappe.generate_hash(length=6)}")
	fields = {"content": "<p>How to go on.</p>", "status": "Published", **fields}
	return make("HD Article", title=title, category=category.name, **fields)


def test_a_group_like_an_article_is_offered_as_unclear_article_and_its_author_gets_the_task(desk):
	article("Import of contacts stops halfway", status="Draft")
	with acting_as(AGENT):
		written = article()
	names = tickets()
	task.run()
	group = group_of(names[0])
	assert (group.kind, group.article, group.item) == ("Unclear article", written.name, None)
	with acting_as(DIRECTOR):
		assert api.unclear(group.name, written.name) == {"article": written.name, "who": AGENT}
	(todo,) = frappe.get_all("ToDo", {"reference_name": written.name}, ["allocated_to", "description"])
	assert todo.allocated_to == AGENT and group.name in todo.description
	assert frappe.db.get_value(SIGNAL, group.name, "state") == "Taken"
	with acting_as(NEIGHBOUR):
		getdoc("HD Article", written.name)
	shown = frappe.as_json(frappe.response)
	assert "How to go on" in shown and todo.description in shown
	assert not [word for word in (*IMPORT, CUSTOMER, "Bakkerij") if word in shown]


def test_its_tickets_are_parked_on_a_new_item_and_who_cannot_be_is_named(desk):
	names = tickets([*IMPORT, *IMPORT[:2]])
	happen(frappe.get_doc(TICKET, names[0]), "force_closed")
	happen(frappe.get_doc(TICKET, names[1]), "resolved")
	happen(frappe.get_doc(TICKET, names[2]), "parked")
	task.run()
	signal = group_of(names[3]).name
	waits_for = frappe.db.get_value(TICKET, names[2], "cse_parked_item")
	with acting_as(MANAGER):
		done = api.park(signal, "It needs a change.", title="The import goes on", product=PRODUCT)
	why = {row["ticket"]: row["why"] for row in done["refused"]}
	assert sorted(done["parked"]) == sorted(names[3:]) and done["left"] == 0
	assert set(why) == set(names[:3])
	assert "Closed" in why[names[0]] and "Resolved" in why[names[1]] and waits_for in why[names[2]]
	item = frappe.get_doc("Parked Item", done["item"])
	assert (item.title, item.product, item.tickets, item.customers) == (
		"The import goes on",
		PRODUCT,
		4,
		2,
	)
	group = frappe.get_doc(SIGNAL, signal)
	assert (group.state, group.kind, group.item, group.done_by) == (
		"Taken",
		"Raise this item",
		item.name,
		MANAGER,
	)
	statuses = dict(frappe.get_all(TICKET, {"name": ("in", names)}, ["name", "status"], as_list=True))
	assert Counter(statuses.values()) == {"Parked": 5, "Resolved": 1, "Closed": 1}

	more = tickets(IMPORT[:2])
	task.run()
	with acting_as(MANAGER):
		again = api.park(signal, "It needs the same change.", item=item.name)
	assert sorted(again["parked"]) == sorted(more)


def test_parking_that_is_refused_changes_nothing(desk):
	names = tickets()
	task.run()
	signal, items = group_of(names[0]).name, frappe.db.count("Parked Item")
	new = {"title": "The import goes on", "product": PRODUCT}
	refused = [
		(MANAGER, {"reason": " ", **new}, "Write why these tickets need"),
		(MANAGER, {"reason": "Yes", "title": " "}, "Choose a parked item, or write"),
		(MANAGER, {"reason": "Yes", "item": "P-99999"}, "There is no Parked Item P-99999 any more"),
		(DIRECTOR, {"reason": "Yes", **new}, "None of these tickets can be parked"),
	]
	for user, values, sentence in refused:
		frappe.db.savepoint("press")
		with acting_as(user), pytest.raises(frappe.ValidationError, match=sentence):
			api.park(signal, **values)
		frappe.db.rollback(save_point="press")
	assert frappe.db.get_value(SIGNAL, signal, "state") == "Open"
	assert frappe.db.count("Parked Item") == items


@pytest.mark.parametrize("press", [partial(api.park, reason="Yes"), api.make_item])
def test_a_second_item_of_a_title_is_not_made(desk, press):
	item = make_item(product=PRODUCT, title="The import goes on")
	names = tickets()
	task.run()
	signal = group_of(names[0]).name
	with acting_as(MANAGER), pytest.raises(frappe.ValidationError, match=f"is there already, as {item} of"):
		press(signal=signal, title=" the import goes on ", product=PRODUCT)
	assert frappe.db.get_value(SIGNAL, signal, "state") == "Open"
	assert frappe.get_all("Parked Item", {"product": PRODUCT}, pluck="name") == [item]
	assert not frappe.db.exists(TICKET, {"name": ("in", names), "status": "Parked"})


def test_an_article_can_be_written(desk):
	names = tickets()
	task.run()
	with acting_as(MANAGER):
		api.write_article(group_of(names[0]).name)
	assert (group_of(names[0]).state, group_of(names[0]).kind) == ("Taken", "New")


@pytest.mark.parametrize("user", [AGENT, CUSTOMER, NEIGHBOUR, "Guest"])
def test_nobody_else_reads_a_signal_or_presses_its_buttons(desk, user):
	names = tickets()
	item = make_item(product=PRODUCT, title="The import of contacts goes on")
	task.run()
	signal = group_of(names[0]).name
	presses = [
		partial(api.behind, signal),
		partial(api.raise_item, signal, item),
		partial(api.park, signal, "Yes", item=item),
		partial(api.make_item, signal, "Mine", PRODUCT),
		partial(api.unclear, signal, "any"),
		partial(api.write_article, signal),
		partial(api.dismiss, signal, "Yes"),
		*(partial(frappe.get_list, doctype, limit=1) for doctype in (SIGNAL, SIGNALLED)),
	]
	with acting_as(user):
		for press in presses:
			with pytest.raises(frappe.PermissionError):
				press()
		for doctype, name in ((SIGNAL, signal), (SIGNALLED, names[0])):
			assert not frappe.has_permission(doctype, "read", name)
	assert frappe.db.get_value(SIGNAL, signal, "state") == "Open"


@pytest.mark.parametrize("user", [DIRECTOR, MANAGER])
def test_who_reads_signals_cannot_write_them_but_by_the_buttons(desk, user):
	names = tickets()
	task.run()
	signal = group_of(names[0])
	with acting_as(user):
		assert [row.name for row in frappe.get_list(SIGNAL, {"state": "Open"})] == [signal.name]
		signal.state = "Dismissed"
		with pytest.raises(frappe.PermissionError):
			signal.save()
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc({"doctype": SIGNAL, "title": "Mine"}).insert()
		card = frappe.get_doc("Number Card", "Growing groups of tickets")
		assert card.has_permission("read")
		from frappe.desk.doctype.number_card.number_card import get_result

		assert get_result(card.as_json(), card.filters_json) == 1


def test_a_ticket_with_no_words_is_a_group_of_its_own(desk):
	names = tickets(["???", "!!!"])
	task.run()
	assert group_of(names[0]).name != group_of(names[1]).name


def test_thousands_of_tickets_in_one_night(desk):
	words = "import export invoice contact calendar mail report user licence menu field search page phone photo".split()
	frappe.db.sql(
		f"""INSERT INTO `tab{TICKET}` (name, creation, modified, opening_date, subject, cse_product, status, customer)
		SELECT 9000000 + seq, NOW(), NOW(), CURDATE(),
		CONCAT(ELT(1 + seq % 15, {", ".join(map(repr, words))}), ' ', ELT(1 + (seq DIV 15) % 15, {", ".join(map(repr, words))}),
		' ', MD5(seq DIV 3)), '{PRODUCT}', 'New', IF(seq % 2, '{NEIGHBOURS}', 'Bakkerij De Ochtend') FROM seq_1_to_3000"""
	)
	started, work = time.monotonic(), time.process_time()
	task.run()
	took, work = time.monotonic() - started, time.process_time() - work
	print(f"3,000 tickets: {took:.0f} s, {work:.0f} s of them ours, {frappe.db.count(SIGNAL)} groups")
	assert frappe.db.count(SIGNALLED, {"name": (">=", "9000001")}) == 3000 and took < 300
	started = time.monotonic()
	task.run()
	assert time.monotonic() - started < took / 3


def test_a_ticket_that_cannot_be_dealt_with_hinders_no_other(desk, monkeypatch):
	names = tickets([*IMPORT, "Invoice shows the wrong VAT"])
	assign = signals.assign

	def fail_at_the_last(some, *args):
		if names[-1] in some:
			raise RuntimeError("it is cursed")
		assign(some, *args)

	monkeypatch.setattr(signals, "assign", fail_at_the_last)
	task.run()
	assert group_of(names[0]).recent == len(IMPORT)
	assert not frappe.db.exists(SIGNALLED, names[-1])
	title = f"Signals: {names[-1]} cannot be dealt with"
	assert frappe.db.count("Error Log", {"method": title}) == 1
	monkeypatch.undo()
	task.run()
	assert group_of(names[-1]).tickets == 1


@pytest.fixture
def committed():
	_people()
	names = tickets([*IMPORT, *IMPORT])
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	frappe.db.delete("Ticket Parking", {"ticket": ("in", names)})
	frappe.db.set_value(TICKET, {"name": ("in", names)}, "cse_parked_item", None)
	frappe.db.delete("Parked Item", {"product": PRODUCT})
	groups = frappe.get_all(SIGNALLED, {"name": ("in", names)}, pluck="signal")
	frappe.db.delete(SIGNALLED, {"name": ("in", names)})
	frappe.db.delete(SIGNAL, {"name": ("in", groups)})
	frappe.db.commit()
	remove(*names)
	frappe.delete_doc("HD Customer", NEIGHBOURS, force=True)
	frappe.delete_doc("Contact", frappe.db.get_value("Contact", {"user": NEIGHBOUR}), force=True)
	frappe.delete_doc("Software Product", PRODUCT, force=True)
	frappe.db.commit()


@pytest.mark.commits
def test_two_managers_who_park_at_once_make_one_item(committed):
	finish(start())
	frappe.db.rollback()
	signal = group_of(committed[0]).name
	values = {"signal": signal, "reason": "It needs a change.", "product": PRODUCT}
	titles = ("The import goes on", "Import survives a fault")
	method = "crm_support_ext.api.signals.park"
	told = at_once(*((MANAGER, method, {**values, "title": title}) for title in titles))
	frappe.db.rollback()
	assert sorted(line.split()[0] for line in told) == ["done", "refused"]
	assert "None of these tickets can be parked" in "".join(told)
	(item,) = frappe.get_all("Parked Item", {"product": PRODUCT}, ["name", "tickets"])
	assert item.tickets == len(committed)
	assert frappe.db.get_value(SIGNAL, signal, ["state", "item"]) == ("Taken", item.name)


@pytest.mark.commits
def test_who_parks_by_a_signal_waits_for_the_tickets_before_it_locks_the_product(committed):
	finish(start())
	frappe.db.rollback()
	signal = group_of(committed[0]).name
	values = {"signal": signal, "reason": "Yes", "title": "The import goes on", "product": PRODUCT}
	with ThreadPoolExecutor() as others:
		frappe.db.get_value(TICKET, committed[0], "name", for_update=True)  # as an agent who parks it
		pressed = others.submit(at_once, (MANAGER, "crm_support_ext.api.signals.park", values))
		try:
			wait_for_waiter("SELECT%`tabHD Ticket`%FOR UPDATE")
			frappe.db.get_value("Software Product", PRODUCT, "name", for_update=True, wait=False)
		finally:
			frappe.db.rollback()
	assert [line.split()[0] for line in pressed.result()] == ["done"]


def start(die_at: int = 0):
	return start_worker("store.signals.refresh", "signals", die_at)


def assert_one_group(names):
	frappe.db.rollback()
	rows = frappe.get_all(SIGNALLED, {"ticket": ("in", names)}, ["ticket", "signal"])
	assert Counter(row.ticket for row in rows) == Counter(names)
	(signal,) = {row.signal for row in rows}
	group = frappe.get_doc(SIGNAL, signal)
	assert (group.state, group.tickets, group.recent) == ("Open", len(names), len(names))
	assert frappe.db.count(SIGNAL, {"product": PRODUCT, "state": "Open"}) == 1


@pytest.mark.commits
def test_three_workers_at_once_make_one_group(committed):
	for worker in [start() for _ in range(3)]:
		finish(worker)
	assert_one_group(committed)


@pytest.mark.commits
def test_killed_in_the_middle_and_run_again_doubles_and_forgets_nothing(committed):
	finish(start(die_at=1), -9)
	frappe.db.rollback()
	assert not frappe.db.count(SIGNALLED, {"ticket": ("in", committed)})
	finish(start(die_at=2), -9)
	frappe.db.rollback()
	assert frappe.db.count(SIGNALLED, {"ticket": ("in", committed)}) == len(committed)
	finish(start())
	assert_one_group(committed)
