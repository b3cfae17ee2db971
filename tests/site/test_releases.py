"""A release goes out: everybody who waits is judged by the installed version and told so once, in their own language."""

from __future__ import annotations

from datetime import timedelta

import frappe
import pytest
from frappe.website.serve import get_response

from crm_support_ext.api import fixed as fixed_page
from crm_support_ext.api import release as api
from crm_support_ext.constants import DECISION, INSTALLATION, PARKED_ITEM, PARKING, PRODUCT_DIRECTOR, RELEASE
from crm_support_ext.domain.releases import Fixed, Stage
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store import decisions, releases
from crm_support_ext.store.fixed import say
from crm_support_ext.store.fixed_links import address_of, asked_by, key_of
from crm_support_ext.store.frappe import now
from crm_support_ext.store.release_notes import products_of
from crm_support_ext.tasks import answers as job
from tests.factories import make_agent, make_ticket, make_user
from tests.site.desk import AGENT, CUSTOMER, STRANGER, acting_as, happen, people, status_of
from tests.site.released import (
	DIRECTOR,
	PRODUCT,
	answers,
	customer,
	five_lines,
	go_out,
	item,
	key_in,
	plan,
	release,
	runs,
	wait_of,
	waiting,
)

NEW, OLD = "nina@ny.example", "olga@oud.example"


@pytest.fixture(autouse=True)
def desk(request):
	people()
	make_agent(AGENT)
	make_user(DIRECTOR, PRODUCT_DIRECTOR)
	five_lines()


def released(*users: str, version: str = "10.3", of: str = "10"):
	"""An item that these wait for, planned for this release."""
	wanted, name = item(), release(version, of)
	tickets = [waiting(wanted, user) for user in users]
	plan(wanted, name)
	return wanted, name, tickets


@pytest.mark.parametrize(
	("installed", "answer", "status", "words"),
	[
		("10", "Install", "Resolved", "Installeer Ochtend CRM 10.3."),
		("9", "Upgrade first", "Parked", "U hebt Ochtend CRM 9: upgrade eerst naar Ochtend CRM 10."),
		(
			"7",
			"Unsupported",
			"Parked",
			"Ochtend CRM 7, dat niet meer ondersteund wordt; de huidige versie is",
		),
		(None, "Version unknown", "Parked", "Welke versie van Ochtend CRM hebt u?"),
	],
)
def test_who_waits_is_judged_by_what_is_installed_and_told_in_their_language(
	installed, answer, status, words
):
	company = customer("Oud BV", OLD, "nl")
	if installed:
		runs(company, installed)
	_wanted, name, (ticket,) = released(OLD)
	assert go_out(name) is Stage.GOING_OUT
	with acting_as(DIRECTOR):  # the queue does it in the name of whoever pressed the button
		job.run()
	assert status_of(ticket)[0] == status
	row = wait_of(ticket)
	assert (row.answer, row.release, bool(row.until)) == (answer, name, status == "Resolved")
	(mail,) = answers(ticket)
	assert mail.to == OLD and f"Ochtend CRM 10.3 is uit: uw melding #{ticket.name}" in mail.subject
	assert words in mail.text and "Goedendag Olga," in mail.text
	assert ("Nee, het is niet opgelost" in mail.text) == (answer == "Install")
	thread = frappe.get_all(
		"Communication",
		{"reference_name": str(ticket.name), "sent_or_received": "Sent"},
		["content", "recipients"],
	)
	assert [row.recipients for row in thread] == [OLD] and "/support/fixed" not in thread[0].content
	assert words in frappe.utils.strip_html(thread[0].content)
	ticket.reload()
	assert ticket.first_responded_on and ticket.last_agent_response
	assert frappe.db.get_value(RELEASE, name, "state") == "Out"


def test_a_release_for_an_older_version_says_nothing_to_who_has_a_newer_one():
	runs(customer("Oud BV", OLD), "10")
	_wanted, name, (ticket,) = released(OLD, version="9.8", of="9")
	go_out(name)
	job.run()
	assert (status_of(ticket)[0], wait_of(ticket).answer, answers(ticket)) == ("Parked", "Not meant", [])
	assert frappe.db.get_value(RELEASE, name, "state") == "Out"


@pytest.mark.parametrize(
	("language", "sentence"),
	[("no", "Er det rettet hos deg?"), ("en", "Is it fixed for you?"), ("nl", "Is het bij u opgelost?")],
)
def test_each_reads_their_own_language(language, sentence):
	runs(customer("Ny AS", NEW, language), "10")
	_wanted, name, (ticket,) = released(NEW)
	go_out(name)
	job.run()
	(mail,) = answers(ticket)
	assert sentence in mail.text


def test_the_job_says_everything_once_whoever_started_it_and_two_tickets_of_one_reporter_have_an_answer_each():
	runs(customer("Oud BV", OLD), "10")
	_wanted, name, tickets = released(OLD, OLD)
	go_out(name)
	for user in (DIRECTOR, CUSTOMER, "Administrator"):
		with acting_as(user):
			job.run()
	assert [len(answers(ticket)) for ticket in tickets] == [1, 1]


def test_the_words_are_the_first_response_and_keep_the_promise():
	runs(customer("Oud BV", OLD), "9")
	_wanted, name, (ticket,) = released(OLD)
	before = frappe.db.get_value("Ticket Promise", {"open_of": str(ticket.name)}, "name")
	assert before
	go_out(name)
	job.run()
	assert frappe.db.get_value("Ticket Promise", before, "state") == "Kept"
	assert frappe.db.exists("Ticket Promise", {"open_of": str(ticket.name)})


def test_a_ticket_without_customer_or_address_has_the_right_status_and_nobody_is_mailed():
	wanted, name = item(), release("10.3", "10")
	ticket = waiting(wanted, "Administrator")
	frappe.db.set_value("HD Ticket", ticket.name, {"raised_by": "Administrator", "contact": None})
	plan(wanted, name)
	go_out(name)
	job.run()
	assert (wait_of(ticket).answer, answers(ticket)) == ("Version unknown", [])
	refused = item("Another one")
	second = waiting(refused, "Administrator")
	frappe.db.set_value("HD Ticket", second.name, {"raised_by": "", "contact": None})
	frappe.db.set_value(PARKED_ITEM, refused, {"state": "Declined", "reason": "No."})
	job.run()
	assert (status_of(second)[0], answers(second)) == ("Resolved", [])


def test_declined_is_resolved_with_the_reason_in_their_language():
	customer("Ny AS", NEW, "nl")
	wanted = item()
	ticket = waiting(wanted, NEW)
	decisions.decide(wanted, decisions.Decision.DECLINE, now(), by="Administrator", reason="Te weinig vraag.")
	job.run()
	job.run()
	assert (status_of(ticket)[0], wait_of(ticket).answer) == ("Resolved", "Declined")
	(mail,) = answers(ticket)
	assert "We hebben besloten dit niet te doen: Te weinig vraag." in mail.text
	assert "/support/fixed" not in mail.html


def test_a_tickets_that_is_still_coming_in_from_an_old_desk_is_left_alone():
	runs(customer("Oud BV", OLD), "10")
	_wanted, name, (ticket,) = released(OLD)
	frappe.get_doc(
		{"doctype": "Ticket Import", "ticket": str(ticket.name), "log": "old", "finished": 0}
	).db_insert()
	go_out(name)
	job.run()
	assert (status_of(ticket)[0], answers(ticket)) == ("Parked", [])
	frappe.db.set_value("Ticket Import", {"ticket": str(ticket.name)}, "finished", 1)
	job.run()
	assert (status_of(ticket)[0], len(answers(ticket))) == ("Resolved", 1)


def test_who_upgrades_is_judged_again_and_who_says_nothing_new_hears_nothing():
	installed = runs(customer("Oud BV", OLD), "9")
	_wanted, name, (ticket,) = released(OLD)
	go_out(name)
	job.run()
	installed.release = "8"
	installed.save()
	job.run()
	assert len(answers(ticket)) == 1
	installed.release = "10"
	installed.save()
	assert wait_of(ticket).judge_again
	job.run()
	job.run()
	assert (status_of(ticket)[0], wait_of(ticket).answer) == ("Resolved", "Install")
	assert [("Please install" in mail.text) for mail in answers(ticket)] == [False, True]


def test_a_ticket_that_gets_its_customer_later_is_judged_again():
	runs(customer("Oud BV", OLD), "10")
	_wanted, name, (ticket,) = released(STRANGER)
	go_out(name)
	job.run()
	assert wait_of(ticket).answer == "Version unknown"
	ticket.reload()
	ticket.customer = "Oud BV"
	ticket.save()
	job.run()
	assert (status_of(ticket)[0], wait_of(ticket).answer) == ("Resolved", "Install")
	assert [mail.to for mail in answers(ticket)] == [STRANGER, STRANGER]


def test_who_has_a_later_update_already_is_told_so():
	release("10.4", "10", date="2026-09-01", out=True)
	runs(customer("Oud BV", OLD), "10.4")
	_wanted, name, (ticket,) = released(OLD)
	go_out(name)
	job.run()
	assert "You have it already." in answers(ticket)[0].text


def test_stopped_and_gone_on():
	runs(customer("Oud BV", OLD), "10")
	_wanted, name, (ticket,) = released(OLD)
	go_out(name)
	assert releases.stop(name) is Stage.STOPPED
	job.run()
	assert (answers(ticket), frappe.db.get_value(RELEASE, name, "state")) == ([], "Stopped")
	assert releases.progress(name) == ("Stopped", 0, 1, 0)
	assert releases.go_on(name) is Stage.GOING_OUT
	job.run()
	assert releases.progress(name) == ("Out", 1, 0, 0)
	assert len(answers(ticket)) == 1


def test_one_that_fails_hinders_no_other_and_is_counted():
	company = customer("Oud BV", OLD)
	runs(company, "10")
	_wanted, name, (broken, ticket) = released(OLD, OLD)
	frappe.db.set_value("HD Ticket", broken.name, "ticket_type", "there is no such type")
	go_out(name)
	job.run()
	assert releases.progress(name) == ("Going out", 1, 1, 1)
	assert "there is no such type" in wait_of(broken).job_error
	assert (len(answers(ticket)), answers(broken)) == (1, [])
	frappe.db.set_value("HD Ticket", broken.name, "ticket_type", None)
	job.run()
	assert releases.progress(name) == ("Out", 2, 0, 0)
	assert not wait_of(broken).job_error


def test_the_preview_says_who_would_hear_what():
	runs(customer("Oud BV", OLD), "9")
	runs(customer("Ny AS", NEW), "10")
	_wanted, name, _tickets = released(OLD, OLD, NEW, CUSTOMER)
	with acting_as(DIRECTOR):
		told = api.preview(name)
	assert told["items"] == 1
	assert [(row["tickets"], row["customers"]) for row in told["answers"]] == [(1, 1), (2, 1), (1, 1)]
	assert "resolved" in told["answers"][0]["words"] and "upgrade first" in told["answers"][1]["words"]


def test_the_decision_is_kept_with_the_release():
	wanted, name, _tickets = released(CUSTOMER)
	go_out(name)
	row = frappe.get_all(DECISION, {"item": wanted}, ["decision", "release", "by"], limit=1)[0]
	assert (row.decision, row.release, row.by) == ("Release", name, "Administrator")
	assert frappe.db.get_value(PARKED_ITEM, wanted, ["state", "release"]) == ("Released", name)


# refusals


def page(path: str, **asked: str) -> str:
	frappe.local.form_dict = frappe._dict(asked)
	return str(get_response(path).get_data(as_text=True))


def refused(do, *words: str) -> None:
	with pytest.raises((frappe.ValidationError, frappe.PermissionError)) as told:
		do()
	for each in words:
		assert each in str(told.value)


def test_it_goes_out_once():
	_wanted, name, _tickets = released()
	with acting_as(DIRECTOR):
		assert api.go_out(name) == "Going out"
		refused(lambda: api.go_out(name), "Going out already: it goes out once")
		job.run()
		refused(lambda: api.go_out(name), "Out already: it goes out once")
		refused(lambda: api.stop(name), "Out, so there is nothing to stop")
		refused(lambda: api.go_on(name), "was not stopped")


def test_an_update_goes_out_after_its_upgrade():
	release("11")
	name = release("11.1", "11")
	refused(lambda: api.go_out(name), "is not out yet. Release that one first")
	assert frappe.db.get_value(RELEASE, name, "state") == "Planned"


@pytest.mark.parametrize("method", ["go_out", "stop", "go_on"])
def test_only_the_product_director_releases(method):
	_wanted, name, _tickets = released()
	for user in (AGENT, CUSTOMER):
		with acting_as(user), pytest.raises(frappe.PermissionError):
			getattr(api, method)(name)
	make_user("root@desk.example", "System Manager")
	with acting_as("root@desk.example"):
		refused(lambda: getattr(api, method)(name), "Only the product director")
		refused(lambda: release("12"), "Only the product director")


def test_a_release_is_refused_that_makes_no_sense():
	release("10.1", "10")
	other = frappe.get_doc({"doctype": "Software Product", "product_name": "Kassa"}).insert().name
	kassa = frappe.get_doc(
		{"doctype": RELEASE, "product": other, "version": "1", "date": "2026-01-01"}
	).insert()
	refused(lambda: release(" 10.1 ", "10"), "Ochtend CRM has a version 10.1 already")
	refused(lambda: release("10.2", "10.1"), "is no upgrade of Ochtend CRM")
	upgrade = frappe.get_doc(RELEASE, f"{PRODUCT} 10")
	strange = {"doctype": RELEASE, "product": PRODUCT, "version": "10.5", "date": "2026-01-01"}
	refused(
		lambda: frappe.get_doc({**strange, "update_of": kassa.name}).insert(), "is no upgrade of Ochtend CRM"
	)
	refused(lambda: release("13", date=None), "date")
	upgrade.update_of = f"{PRODUCT} 9"
	refused(upgrade.save, "only its notes can still be changed, and not Update of")
	planned = frappe.get_doc(RELEASE, release("14"))
	release("14.1", "14")
	planned.update_of = f"{PRODUCT} 10"
	refused(planned.save, "has updates, so it is an upgrade itself")


def test_what_is_out_keeps_all_but_its_notes():
	name = release("10.3", "10", out=True)
	doc = frappe.get_doc(RELEASE, name)
	doc.notes = "<p>Now with a better import.</p>"
	doc.save()
	doc.date = "2027-01-01"
	refused(doc.save, "only its notes can still be changed, and not Date")
	refused(lambda: frappe.delete_doc(RELEASE, name), "it stays. Change its notes instead")
	planned = frappe.get_doc(RELEASE, release("10.9", "10"))
	planned.state = "Out"
	refused(planned.save, "by its button")
	planned.reload()
	planned.delete()


# installations


def test_an_installation_takes_a_bare_version_and_its_name():
	company = customer("Oud BV", OLD)
	row = runs(company, " 10 ")
	assert row.release == f"{PRODUCT} 10"
	row.release = f"{PRODUCT} 9"
	row.save()
	assert frappe.db.get_value(INSTALLATION, row.name, "release") == f"{PRODUCT} 9"


@pytest.mark.parametrize("version", ["5", "10.3", "Ochtend CRM 5", "Kassa 1"])
def test_an_installation_of_a_version_that_is_not_out_is_refused_with_those_that_are(version):
	release("10.3", "10")
	refused(
		lambda: runs(customer("Oud BV", OLD), version),
		f"Ochtend CRM has no version {version} that is out. Known are: 10, 9, 8, 7, 6.",
	)


def test_one_installation_of_a_product_at_a_customer():
	company = customer("Oud BV", OLD)
	runs(company, "10")
	refused(lambda: runs(company, "9"), "Oud BV has an installation of Ochtend CRM already")
	row = {"doctype": INSTALLATION, "customer": company, "product": PRODUCT, "release": f"{PRODUCT} 9"}
	refused(frappe.get_doc(row).db_insert, "Oud BV has an installation of Ochtend CRM already")


# fixed for me


@pytest.fixture
def told():
	"""A ticket that was answered, and the key in its mail."""
	runs(customer("Oud BV", OLD), "10")
	wanted, name, (ticket,) = released(OLD)
	go_out(name)
	job.run()
	ticket.reload()
	return frappe._dict(item=wanted, release=name, ticket=ticket, key=key_in(answers(ticket)[0].html))


def say_as_guest(key: str, said: str) -> str:
	with acting_as("Guest"):
		fixed_page.answer(key, said)
		return str(frappe.local.response["location"])


def test_a_look_at_the_page_changes_nothing(told):
	with acting_as("Guest"):
		html = page("support/fixed", key=told.key, answer="No")
	assert "Did Ochtend CRM 10.3 fix this for you: The import goes on after a fault?" in html
	assert 'value="No" autofocus' in html
	assert wait_of(told.ticket).fixed in (None, "") and status_of(told.ticket)[0] == "Resolved"


def test_a_yes_is_noted(told):
	assert say_as_guest(told.key, "Yes") == address_of(told.key)
	assert wait_of(told.ticket).fixed == "Yes" and status_of(told.ticket)[0] == "Resolved"
	with acting_as("Guest"):
		html = page("support/fixed", key=told.key)
	assert "You told us that Ochtend CRM 10.3 fixed it." in html and "No, it is not fixed" in html


def test_a_no_parks_it_again_with_a_mark_that_lifts_the_item(told):
	frappe.db.set_value("HD Ticket", told.ticket.name, "_assign", f'["{AGENT}"]')
	say_as_guest(told.key, "Yes")
	say_as_guest(told.key, "No")
	assert status_of(told.ticket)[0] == "Parked"
	first, second = frappe.get_all(
		PARKING, {"ticket": str(told.ticket.name)}, ["*"], order_by="creation asc, until desc"
	)
	assert (first.fixed, second.regression, second.item) == ("No", 1, told.item)
	found = frappe.db.get_value(
		PARKED_ITEM, told.item, ["state", "release", "regressions", "tickets"], as_dict=True
	)
	assert (found.state, found.release, found.regressions, found.tickets) == ("Parked", None, 1, 1)
	assert "Came back" in frappe.get_all(DECISION, {"item": told.item}, pluck="decision")
	bell = frappe.get_all(
		"HD Notification", {"reference_ticket": str(told.ticket.name)}, ["user_to", "message"]
	)
	assert [(row.user_to, row.message) for row in bell] == [
		(AGENT, "The customer says that Ochtend CRM 10.3 did not fix it")
	]
	job.run()
	assert len(answers(told.ticket)) == 1


def test_a_yes_after_a_no_is_refused_in_a_sentence_and_the_same_again_is_fine(told):
	assert say(told.key, Fixed.NO, now()) is Fixed.NO
	assert say(told.key, Fixed.NO, now()) is Fixed.NO
	outcome = say(told.key, Fixed.YES, now())
	assert isinstance(outcome, Refusal) and outcome.code == "said_no"
	assert frappe.db.count(PARKING, {"ticket": str(told.ticket.name)}) == 2
	with acting_as("Guest"):
		html = page("support/fixed", key=told.key)
	assert "did not fix it, and we are at work on it" in html and "<form" not in html


def test_what_came_back_is_answered_again_by_the_next_release(told):
	say(told.key, Fixed.NO, now())
	again = release("10.4", "10")
	plan(told.item, again)
	go_out(again)
	job.run()
	assert status_of(told.ticket)[0] == "Resolved"
	first, second = answers(told.ticket)
	assert "10.4" in second.text and key_in(second.html) != key_in(first.html)


def test_a_no_on_a_closed_ticket_parks_its_follow_up(told):
	happen(told.ticket, "force_closed")
	say_as_guest(told.key, "No")
	told.ticket.reload()
	assert told.ticket.status == "Closed"
	follow_up = frappe.get_doc("HD Ticket", told.ticket.cse_follow_up)
	assert (follow_up.status, follow_up.cse_parked_item) == ("Parked", told.item)
	assert wait_of(follow_up).regression == 1


@pytest.mark.parametrize("status", ["reopened", "parked"])
def test_a_no_on_a_ticket_that_is_being_worked_on_parks_it_or_marks_its_wait(told, status):
	happen(told.ticket, "reopened")
	if status == "parked":
		told.ticket.flags.cse_came_back = True
		happen(told.ticket, "parked")
		frappe.db.set_value(PARKING, {"open_of": str(told.ticket.name)}, "regression", 0)
	say_as_guest(told.key, "No")
	assert status_of(told.ticket)[0] == "Parked"
	assert frappe.db.get_value(PARKING, {"open_of": str(told.ticket.name)}, "regression") == 1


def test_no_other_link_answers(told):
	other = waiting(item("Another one"), CUSTOMER)
	unanswered = wait_of(other).name
	good, name = told.key, wait_of(told.ticket).name
	forged = [
		"",
		name,
		good[:-1],
		good[:-1] + ("a" if good[-1] != "a" else "b"),
		unanswered + good[len(name) :],
		key_of(unanswered),
		good.upper(),
		"%" + good,
	]
	for key in forged:
		assert asked_by(key, now()) is None
		assert say(key, Fixed.NO, now()) is None
		with acting_as("Guest"):
			html = page("support/fixed", key=key)
		assert "This link is not valid" in html and told.ticket.subject not in html
	assert status_of(told.ticket)[0] == "Resolved" and status_of(other)[0] == "Parked"


def test_a_link_is_good_for_ninety_days(told):
	at = now()
	assert asked_by(told.key, at + timedelta(days=89))
	assert asked_by(told.key, at + timedelta(days=91)) is None


def test_anything_but_yes_or_no_is_refused(told):
	refused(lambda: say_as_guest(told.key, "Maybe"), "Answer Yes or No")


def test_the_page_names_no_other_customer(told):
	with acting_as("Guest"):
		html = page("support/fixed", key=told.key)
	assert "Oud BV" not in html and OLD not in html and "Bakkerij" not in html


# release notes


def test_who_has_to_do_with_a_product_reads_its_notes_and_nobody_else():
	release("10.3", "10", out=True, notes="<p>Better <script>alert(1)</script><b>import</b></p>")
	release("10.4", "10", notes="<p>Secret plans</p>")
	company = customer("Oud BV", OLD)
	assert products_of(OLD) == []
	with acting_as(OLD):
		assert "you have nothing to do with it" in page("support/releases", product=PRODUCT)
	runs(company, "10")
	with acting_as(OLD):
		html = page("support/releases", product=PRODUCT)
	assert "<b>import</b>" in html and "<script>alert" not in html and "Secret plans" not in html
	assert html.index("10.3") < html.index(">9<")
	assert products_of(STRANGER) == [] and products_of("Guest") == []


@pytest.mark.parametrize("by", ["ticket", "wait", "contract"])
def test_a_ticket_a_wait_or_a_contract_opens_the_page(by):
	company = customer("Oud BV", OLD)
	if by == "ticket":
		make_ticket(raised_by=OLD, cse_product=PRODUCT)
	elif by == "wait":
		waiting(item(), OLD)
	else:
		row = {"doctype": "Maintenance Contract", "name": "MC-T", "customer": company, "product": PRODUCT}
		frappe.get_doc({**row, "state": "Active"}).db_insert()
	assert products_of(OLD) == [PRODUCT]
	assert products_of(CUSTOMER) == []
