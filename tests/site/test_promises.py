"""Promises on a site: every rule through real saves, who is told, what a customer can see, and the job."""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from crm_support_ext.api.promise import kept_this_month
from crm_support_ext.api.ticket import act, actions
from crm_support_ext.constants import NEXT_UPDATE, PROMISE, WAITING_ON
from crm_support_ext.crm_support_ext.report.promises_kept.promises_kept import execute
from crm_support_ext.store.frappe import moment
from crm_support_ext.store.promises import begin_missing
from crm_support_ext.tasks import promises
from tests.factories import make, make_agent
from tests.perf.bench_site import counted
from tests.site.desk import AGENT, COLLEAGUE, CUSTOMER, MANAGER, happen, people, reply, ticket_in

DEPUTY = "dirk@desk.example"
MONDAY = "2026-03-02 09:00"


@pytest.fixture(autouse=True)
def desk():
	people()
	make_agent(DEPUTY)
	calendar = frappe.db.get_single_value("CRM Support Settings", "calendar")
	frappe.db.set_single_value("CRM Support Settings", "calendar", None)  # office hours in the site's zone
	frappe.clear_document_cache("CRM Support Settings")
	yield
	frappe.db.set_single_value("CRM Support Settings", "calendar", calendar)
	frappe.db.commit()  # for the test that commits


@pytest.fixture
def monday(frozen_time):
	"""Monday morning at nine; the clock stands still until it is moved."""
	with frozen_time(MONDAY) as clock:
		yield clock


def ticket(status: str = "Open", priority: str = "I", **fields):
	return ticket_in(status, priority=priority, **fields)


def promises_of(ticket, *fields: str) -> list:
	"""State and due of every promise, oldest first; or other fields."""
	rows = frappe.get_all(
		PROMISE,
		filters={"ticket": str(ticket.name)},
		fields=list(fields or ("state", "due")),
		order_by="made_at asc, open_of asc, decided_at asc",
	)
	return [tuple(str(value)[5:16] if key == "due" else value for key, value in row.items()) for row in rows]


def shown(ticket) -> tuple[str | None, str]:
	at, line = frappe.db.get_value("HD Ticket", ticket.name, [NEXT_UPDATE, WAITING_ON])
	return str(at)[5:16] if at else None, line


def assign(ticket, user: str) -> None:
	frappe.db.set_value("HD Ticket", ticket.name, "_assign", frappe.as_json([user]), update_modified=False)


def press(ticket, event: str, text: str = "", **values):
	return act(ticket=str(ticket.name), event=event, text=text, values=values)


def offered(ticket) -> dict[str, dict]:
	return {row["event"]: row for row in actions(str(ticket.name))["actions"]}


def bells(user: str) -> list[str]:
	return frappe.get_all("HD Notification", filters={"user_to": user}, pluck="message", order_by="creation")


def warnings() -> list:
	"""The queued mails about promises."""
	names = frappe.get_all("Email Queue", filters={"message": ("like", "%cse-promise%")}, pluck="name")
	return [frappe.get_doc("Email Queue", name) for name in names]


def mails_to(user: str) -> list:
	"""The mails about promises to this person."""
	return [mail for mail in warnings() if [row.recipient for row in mail.recipients] == [user]]


def text_of(mail) -> str:
	import email
	import email.policy

	message = email.message_from_string(mail.message, policy=email.policy.default)
	return message["Subject"] + "\n" + message.get_body(("plain",)).get_content()


# The default


@pytest.mark.parametrize(
	("priority", "due"),
	[("I", "03-02 11:00"), ("II", "03-02 17:00"), ("III", "03-06 17:00"), ("By agreement", "03-06 17:00")],
)
def test_every_new_ticket_carries_a_default(monday, priority, due):
	new = ticket("New", priority)
	assert promises_of(new) == [("Open", due)]
	assert shown(new) == (due, f"us, since 2026-03-02 09:00, next update 2026-{due}")
	row = frappe.get_doc(PROMISE, {"ticket": str(new.name)})
	assert (row.is_default, row.made_by, row.open_of, str(row.made_at)) == (
		1,
		None,
		str(new.name),
		f"{MONDAY}:00",
	)


def test_by_agreement_not_after_the_date(monday):
	agreed = ticket("Open", "By agreement")
	agreed.cse_agreed_on = "2026-03-04"
	agreed.save()
	assert promises_of(agreed) == [("Open", "03-04 17:00")]
	agreed.reload()
	agreed.cse_agreed_on = "2026-03-05"
	agreed.save()
	assert shown(agreed)[0] == "03-04 17:00"


def test_a_tier_moves_a_default_up_and_never_back(monday):
	late = ticket("Open", "III")
	monday.tick(timedelta(hours=1))
	late.priority = "I"
	late.save()
	assert promises_of(late, "state", "due", "is_default") == [("Open", "03-02 12:00", 1)]
	assert shown(late) == ("03-02 12:00", "us, since 2026-03-02 09:00, next update 2026-03-02 12:00")
	late.reload()
	late.priority = "III"
	late.save()
	assert promises_of(late) == [("Open", "03-02 12:00")]


def test_parked_is_twenty_working_days_and_back_is_the_ordinary_time(monday):
	parked = ticket("Parked")
	assert promises_of(parked) == [("Open", "03-27 17:00")]
	assert shown(parked)[1] == "the product, since 2026-03-02 09:00, next update 2026-03-27 17:00"
	happen(parked, "unparked")
	assert promises_of(parked) == [("Open", "03-02 11:00")]


def test_a_persons_promise_follows_neither_tier_nor_parking(monday):
	mine = ticket("Open", "III")
	press(mine, "promise", due="2026-03-03T15:00:00")
	mine.reload()
	mine.priority = "I"
	mine.save()
	happen(mine, "parked")
	assert promises_of(mine)[-1] == ("Open", "03-03 15:00")


@pytest.mark.parametrize("status", ["Pending", "Resolved", "Closed"])
def test_a_ticket_that_waits_for_its_customer_or_is_answered_carries_none(monday, status):
	done = ticket(status)
	assert promises_of(done) == [("Withdrawn", "03-02 11:00")]
	at, line = shown(done)
	assert at is None and "next update" not in line


def test_a_customers_answer_begins_a_new_one(monday, as_user):
	pending = ticket("Pending")
	monday.tick(timedelta(hours=2))
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", pending.name).create_communication_via_contact("Here you are.")
	assert promises_of(pending) == [("Withdrawn", "03-02 11:00"), ("Open", "03-02 13:00")]


def test_a_split_has_a_promise_of_its_own(monday):
	from helpdesk.helpdesk.doctype.hd_ticket.api import split_ticket

	whole = ticket("Open", "II")
	monday.tick(timedelta(hours=1))
	first = frappe.get_all("Communication", filters={"reference_name": str(whole.name)}, pluck="name")[0]
	part = frappe.get_doc("HD Ticket", split_ticket("A part", first))
	assert promises_of(whole) == [("Open", "03-02 17:00")]
	assert promises_of(part) == [("Open", "03-03 10:00")]


# What becomes of it


def test_words_keep_it_and_a_new_default_begins(monday):
	told = ticket()
	assign(told, AGENT)
	monday.tick(timedelta(hours=1))
	reply(told)
	assert promises_of(told, "state", "due", "holder") == [
		("Kept", "03-02 11:00", AGENT),
		("Open", "03-02 12:00", AGENT),
	]
	assert shown(told)[1] == "us, since 2026-03-02 09:00, next update 2026-03-02 12:00"


def test_a_status_a_comment_and_a_plain_save_keep_nothing(monday):
	silent = ticket("New")
	happen(silent, "taken_up")
	make("HD Ticket Comment", reference_ticket=silent.name, content="Looking.", commented_by=AGENT)
	silent.reload()
	silent.subject = "Another subject"
	silent.save()
	assert promises_of(silent) == [("Open", "03-02 11:00")]


def test_words_after_it_passed_keep_nothing(monday):
	late = ticket()
	monday.tick(timedelta(hours=2, seconds=1))
	reply(late)
	(broken, _) = promises_of(late, "state", "decided_at")
	assert (broken[0], str(broken[1])) == ("Broken", "2026-03-02 11:00:00")


def test_words_in_its_last_second_keep_it(monday):
	close = ticket()
	monday.tick(timedelta(hours=2))
	reply(close)
	assert promises_of(close)[0] == ("Kept", "03-02 11:00")


@pytest.mark.parametrize(("event", "status"), [("resolved", "Resolved"), ("asked", "Pending")])
def test_answered_or_asked_with_words_is_kept(monday, event, status):
	answered = ticket()
	assert press(answered, event, "It works again.")["status"] == status
	assert promises_of(answered) == [("Kept", "03-02 11:00")]
	assert shown(answered)[0] is None


def test_answered_without_words_is_withdrawn(monday):
	answered = ticket()
	press(answered, "resolved")
	assert promises_of(answered) == [("Withdrawn", "03-02 11:00")]


# Promise, the button


def test_the_button_asks_when_with_the_default_filled_in(monday):
	row = offered(ticket())["promise"]
	(field,) = row["fields"]
	assert (field["name"], field["type"], field["required"]) == ("due", "datetime", True)
	assert datetime.fromisoformat(field["default"]) == moment("2026-03-02 11:00")


def test_a_promise_without_words_replaces_the_one_there_was(monday, as_user):
	mine = ticket()
	with as_user(AGENT):
		press(mine, "promise", due="2026-03-03T15:00:00")
	assert promises_of(mine, "state", "due", "is_default", "made_by", "message") == [
		("Replaced", "03-02 11:00", 1, None, None),
		("Open", "03-03 15:00", 0, AGENT, None),
	]
	assert shown(mine) == ("03-03 15:00", "us, since 2026-03-02 09:00, next update 2026-03-03 15:00")
	assert not frappe.db.count(
		"Communication", {"reference_name": str(mine.name), "sent_or_received": "Sent"}
	)


def test_a_promise_with_words_keeps_the_one_there_was_and_says_the_time_in_the_customers_language(
	monday, as_user
):
	frappe.db.set_value("User", CUSTOMER, "language", "nl")
	mine = ticket()
	with as_user(AGENT):
		press(mine, "promise", "Wij zoeken het uit.", due="2026-03-03T15:00:00")
	assert promises_of(mine) == [("Kept", "03-02 11:00"), ("Open", "03-03 15:00")]
	words = "Wij zoeken het uit.\n\nU hoort uiterlijk dinsdag 3 maart, 15:00 weer van ons."
	assert promises_of(mine, "state", "message")[1] == ("Open", words)
	sent = {"reference_name": str(mine.name), "sent_or_received": "Sent"}
	(content,) = frappe.get_all("Communication", filters=sent, pluck="content")
	assert "dinsdag 3 maart, 15:00 weer van ons." in content


@pytest.mark.parametrize(
	("due", "sentence"),
	[
		("2026-03-02T08:59:00", "Monday 2 March, 08:59 has passed"),
		("2026-03-02T09:00:00", "Monday 2 March, 09:00 has passed"),
		("", "Still to fill in: Next update by"),
		("soon", "soon is not a time"),
	],
)
def test_a_promise_without_a_time_to_come_is_refused(monday, due, sentence):
	mine = ticket()
	with pytest.raises(frappe.ValidationError, match=sentence):
		press(mine, "promise", "We hurry.", due=due)
	assert promises_of(mine) == [("Open", "03-02 11:00")]


@pytest.mark.parametrize("status", ["Pending", "Resolved", "Closed"])
def test_nothing_is_promised_where_the_customer_is_waited_for(monday, status):
	done = ticket(status)
	assert not {"promise", "send_draft"} & offered(done).keys()
	with pytest.raises(frappe.ValidationError, match="not possible"):
		press(done, "promise", due="2026-03-03T15:00:00")


def test_the_drafted_message_is_offered_when_it_is_time_and_sent_as_it_is(monday, as_user):
	frappe.db.set_value("User", CUSTOMER, "language", "nb")
	mine = ticket()
	assert "send_draft" not in offered(mine)
	monday.tick(timedelta(minutes=90))
	assert "send_draft" in offered(mine)
	draft = {field["name"]: field["default"] for field in offered(mine)["send_draft"]["fields"]}
	assert f"Vi arbeider fortsatt med saken din #{mine.name}, «{mine.subject}»." in draft["message"]
	with as_user(AGENT):
		press(mine, "send_draft", **draft)
	assert promises_of(mine) == [("Kept", "03-02 11:00"), ("Open", "03-02 12:30")]
	message = promises_of(mine, "message")[1][0]
	assert message.startswith("Hei Kees,\n\nVi arbeider")
	assert message.endswith("Du hører fra oss igjen senest mandag 2. mars, 12:30.") or message.endswith(
		"Du hører fra oss igjen senest mandag 2 mars, 12:30."
	)
	assert "send_draft" not in offered(mine)


def test_a_markup_in_the_words_stays_text(monday, as_user):
	mine = ticket()
	with as_user(AGENT):
		press(mine, "promise", "<script>alert(1)</script>", due="2026-03-03T15:00:00")
	sent = {"reference_name": str(mine.name), "sent_or_received": "Sent"}
	(content,) = frappe.get_all("Communication", filters=sent, pluck="content")
	assert "<script" not in content and "&lt;script" in content


# The customer


def test_a_customer_sees_the_line_and_can_write_neither_field_nor_row(monday, as_user):
	mine = ticket()
	row = frappe.db.get_value(PROMISE, {"ticket": str(mine.name)})
	with as_user(CUSTOMER):
		doc = frappe.get_doc("HD Ticket", mine.name)
		assert doc.cse_waiting_on.endswith(", next update 2026-03-02 11:00")
		doc.cse_next_update = "2026-03-02 09:05"
		with pytest.raises(frappe.PermissionError, match="Next update by"):
			doc.save()
		for ptype in ("read", "write", "create", "delete"):
			assert not frappe.has_permission(PROMISE, ptype)
			assert not frappe.has_permission("Agent Absence", ptype)
		with pytest.raises(frappe.PermissionError):
			frappe.get_list(PROMISE)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(PROMISE, row).check_permission("read")
		assert not {"promise", "send_draft"} & offered(mine).keys()
		with pytest.raises(frappe.ValidationError, match="not possible"):
			press(mine, "promise", due="2026-03-03T15:00:00")
		with pytest.raises(frappe.PermissionError):
			kept_this_month()
	with as_user(COLLEAGUE), pytest.raises(frappe.PermissionError):
		actions(str(mine.name))
	assert promises_of(mine) == [("Open", "03-02 11:00")]


def test_an_agents_write_to_the_field_is_put_back(monday):
	mine = ticket()
	mine.cse_next_update = "2026-03-09 09:00"
	mine.save()
	assert shown(mine)[0] == "03-02 11:00" and promises_of(mine) == [("Open", "03-02 11:00")]


def test_a_customers_new_ticket_brings_no_promise_of_its_own(monday, as_user):
	with as_user(CUSTOMER):
		new = ticket("New", "By agreement", cse_next_update="2026-03-02 09:01")
	assert shown(new)[0] == promises_of(new)[0][1] != "03-02 09:01"


def test_the_portal_hides_the_field_that_may_be_empty():
	rows = frappe.get_all(
		"HD Ticket Template Field",
		filters={"parent": "Default", "fieldname": NEXT_UPDATE},
		pluck="hide_from_customer",
	)
	assert rows == [1]


# The job


def test_the_holder_is_warned_once_with_a_message_in_the_customers_language(monday):
	frappe.db.set_value("User", CUSTOMER, "language", "nl")
	frappe.db.set_value("User", AGENT, "language", "en")
	mine = ticket()
	assign(mine, AGENT)
	for minutes, told in ((89, 0), (1, 1), (5, 1), (10, 1)):
		monday.tick(timedelta(minutes=minutes))
		promises.run()
		assert len(bells(AGENT)) == len(mails_to(AGENT)) == told
	(mail,) = mails_to(AGENT)
	text = text_of(mail)
	assert f"Ticket #{mine.name}: the customer was promised an update by Monday 2 March, 11:00" in text
	assert "You hold this promise." in text
	assert "Goedendag Kees," in text and "U hoort uiterlijk maandag 2 maart, 12:30 weer van ons." in text
	assert f"/helpdesk/tickets/{mine.name}" in text
	assert "cse-promise" in mail.message
	assert len(warnings()) == 1
	assert promises_of(mine, "state", "holder", "deputy") == [("Open", AGENT, None)]


def test_nobody_is_warned_outside_of_working_hours(monday):
	mine = ticket()
	assign(mine, AGENT)
	press(mine, "promise", due="2026-03-02T21:00:00")
	monday.tick(timedelta(hours=9))  # the server was down until 18:00
	promises.run()
	promises.run()
	assert not bells(AGENT) and not mails_to(AGENT)
	assert str(promises_of(mine, "warn_at")[-1][0]) == "2026-03-03 09:00:00"


def test_a_promise_that_passes_is_broken_once_and_a_new_default_begins(monday):
	mine = ticket()
	assign(mine, AGENT)
	monday.tick(timedelta(hours=2))
	promises.run()
	assert promises_of(mine) == [("Open", "03-02 11:00")]
	monday.tick(timedelta(minutes=5))
	for _ in range(3):
		promises.run()
	assert promises_of(mine, "state", "due", "holder") == [
		("Broken", "03-02 11:00", AGENT),
		("Open", "03-02 13:05", AGENT),
	]
	assert shown(mine) == ("03-02 13:05", "us, since 2026-03-02 09:00, next update 2026-03-02 13:05")
	assert bells(AGENT)[-1] == "The customer was promised an update by Monday 2 March, 11:00 and has had none"


def test_off_for_three_days_and_one_promise_is_broken_once(monday):
	mine = ticket()
	monday.tick(timedelta(days=3))
	promises.run()
	assert promises_of(mine) == [("Broken", "03-02 11:00"), ("Open", "03-05 11:00")]
	assert not mails_to(AGENT)


def test_where_nobody_holds_it_the_manager_is_told(monday):
	mine = ticket()
	monday.tick(timedelta(minutes=90))
	promises.run()
	(mail,) = mails_to(MANAGER)
	assert "Nobody is assigned to it." in text_of(mail)
	assert promises_of(mine, "holder", "taken_over_by") == [(None, None)]


def absent(agent: str, deputy: str | None, first: str = "2026-03-02", last: str | None = None) -> None:
	make("Agent Absence", agent=agent, deputy=deputy, first_day=first, last_day=last)


def test_in_the_holders_absence_the_deputy_takes_over(monday):
	mine = ticket()
	assign(mine, AGENT)
	absent(AGENT, DEPUTY)
	monday.tick(timedelta(minutes=90))
	promises.run()
	assert not mails_to(AGENT) and not bells(AGENT)
	(mail,) = mails_to(DEPUTY)
	assert "You take over from Agnes, who is absent." in text_of(mail)
	assert promises_of(mine, "holder", "deputy", "taken_over_by") == [(AGENT, DEPUTY, DEPUTY)]
	reply(mine)
	rows = execute({"from_date": "2026-03-01", "to_date": "2026-03-31"})[1]
	assert [(row["part"], row["kept"]) for row in rows] == [(DEPUTY, 1)]


@pytest.mark.parametrize(
	("first", "last", "told"),
	[
		("2026-03-02", "2026-03-02", DEPUTY),
		("2026-02-20", "2026-03-01", AGENT),
		("2026-03-03", None, AGENT),
		("2026-02-20", None, DEPUTY),
	],
)
def test_an_absence_has_days(monday, first, last, told):
	mine = ticket()
	assign(mine, AGENT)
	absent(AGENT, DEPUTY, first, last)
	monday.tick(timedelta(minutes=90))
	promises.run()
	assert len(mails_to(told)) == len(warnings()) == 1


@pytest.mark.parametrize("deputys_deputy", [None, AGENT])
def test_if_the_deputy_is_absent_too_the_manager_is_told(monday, deputys_deputy):
	mine = ticket()
	assign(mine, AGENT)
	absent(AGENT, DEPUTY)
	absent(DEPUTY, deputys_deputy)
	monday.tick(timedelta(minutes=90))
	promises.run()
	assert len(mails_to(MANAGER)) == 1 and not mails_to(AGENT) and not mails_to(DEPUTY)


def test_an_agent_who_is_unavailable_in_the_helpdesk_is_absent(monday):
	mine = ticket()
	assign(mine, AGENT)
	unavailable = frappe.db.get_value("HD Agent Status", {"category": "Unavailable"})
	frappe.db.set_value("HD Agent", {"user": AGENT}, "availability", unavailable)
	monday.tick(timedelta(minutes=90))
	promises.run()
	assert len(mails_to(MANAGER)) == 1 and not mails_to(AGENT)


def test_agents_enter_their_own_absence_and_managers_anybodys(as_user):
	with as_user(AGENT):
		absence = frappe.get_doc({"doctype": "Agent Absence", "agent": AGENT, "first_day": "2026-03-02"})
		absence.insert()
		absence.agent = DEPUTY
		with pytest.raises(frappe.PermissionError, match="their own absence"):
			absence.save()
	absence.reload()
	with as_user(DEPUTY), pytest.raises(frappe.PermissionError):
		absence.delete()
	with as_user(MANAGER):
		absence.deputy = DEPUTY
		absence.save()
	for field, value, sentence in (
		("deputy", AGENT, "their own deputy"),
		("last_day", "2026-03-01", "before the first"),
		("deputy", CUSTOMER, "is no agent"),
	):
		wrong = frappe.get_doc("Agent Absence", absence.name)
		wrong.set(field, value)
		with pytest.raises(frappe.ValidationError, match=sentence):
			wrong.save()


def test_a_desk_without_an_account_to_send_from_rings_the_bell(monday):
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	mine = ticket()
	assign(mine, AGENT)
	monday.tick(timedelta(minutes=90))
	promises.run()
	assert len(bells(AGENT)) == 1 and not warnings()


def test_the_settings_are_the_administrators(monday):
	settings = frappe.get_doc("CRM Support Settings")
	settings.update(
		{"promise_share": 25, "promise_parked_days": 2, "promise_days": 1, "promise_warn_hours": 1}
	)
	settings.save()
	assert promises_of(ticket()) == [("Open", "03-02 10:00")]
	assert promises_of(ticket("Parked")) == [("Open", "03-03 17:00")]
	late = ticket("Open", "III")
	assert promises_of(late, "due", "warn_at")[0][0] == "03-02 17:00"
	assert str(promises_of(late, "warn_at")[0][0]) == "2026-03-02 16:00:00"
	settings.promise_share = 101
	with pytest.raises(frappe.ValidationError, match="between 0 and 100"):
		settings.save()


# History, installation, deletion


def test_what_comes_in_from_an_old_desk_is_promised_to_nobody_until_it_is_finished(monday):
	frappe.flags.cse_history = True
	old, done = ticket("Open"), ticket("Resolved")
	assert promises_of(old) == promises_of(done) == []
	frappe.flags.cse_history = False
	begin_missing()
	begin_missing()
	assert promises_of(old) == [("Open", "03-02 11:00")] and not promises_of(done)
	assert shown(old)[1] == "us, since 2026-03-02 09:00, next update 2026-03-02 11:00"
	assert not warnings()


def test_a_finished_log_leaves_its_running_tickets_a_promise(monday):
	from crm_support_ext.api.history import book, finish

	timing = {
		"survey_after_hours": 24,
		"close_after_hours": 48,
		"survey_share": 100,
		"survey_contact_days": 14,
	}
	rows = [
		{"row": 2, "ticket": "T-1", "at": "2026-01-05T09:00:00+01:00", "event": "created"},
		{"row": 3, "ticket": "T-2", "at": "2026-01-05T09:00:00+01:00", "event": "created"},
		{"row": 4, "ticket": "T-2", "at": "2026-01-06T09:00:00+01:00", "event": "resolved"},
	]
	before = frappe.db.count(PROMISE)
	book(log="old", events=rows, timing=timing)
	begin_missing()
	assert frappe.db.count(PROMISE) == before
	finish(log="old", until="2026-02-01T09:00:00+01:00", timing=timing)
	names = dict(
		frappe.get_all("Ticket Import", filters={"log": "old"}, fields=["log_ticket", "ticket"], as_list=1)
	)
	assert [state for state, _ in promises_of(frappe._dict(name=names["T-1"]))] == ["Open"]
	assert promises_of(frappe._dict(name=names["T-2"])) == []


def test_promises_go_with_their_ticket():
	gone = ticket()
	name = str(gone.name)
	frappe.delete_doc("HD Ticket", name)
	assert not frappe.db.exists(PROMISE, {"ticket": name})


def test_a_ticket_has_at_most_one_that_is_open():
	mine = ticket()
	row = frappe.copy_doc(frappe.get_doc(PROMISE, {"ticket": str(mine.name)}))
	row.open_of = str(mine.name)
	with pytest.raises(frappe.UniqueValidationError):
		row.db_insert()


# What it costs


def statements(act) -> list[str]:
	"""The statements about promises that an act sends."""
	with counted() as sent:
		sent.clear()
		act()
	return [query for query in sent if PROMISE in query or "Agent Absence" in query]


def test_a_plain_save_costs_nothing_an_insert_one_and_an_event_two():
	mine = ticket("New")
	assert len(statements(lambda: make("HD Ticket", subject="Another"))) == 1

	def plain():
		mine.reload()
		mine.subject = "Renamed"
		mine.save()

	assert not statements(plain)
	assert not statements(lambda: happen(mine, "taken_up"))
	assert len(statements(lambda: reply(mine))) == 2
	assert len(statements(lambda: happen(mine, "parked"))) == 2
	assert len(statements(lambda: happen(mine, "resolved"))) == 1
	assert len(statements(lambda: happen(mine, "reopened"))) == 1
	assert len(statements(lambda: happen(mine, "asked"))) == 1


# The report and the card


def test_the_report_counts_per_holder_customer_and_month(monday):
	kept, broken = ticket(), ticket(customer="Bakkerij De Ochtend")
	assign(kept, AGENT)
	assign(broken, DEPUTY)
	reply(kept)
	press(kept, "promise", due="2026-03-02T16:00:00")
	monday.tick(timedelta(hours=3))
	promises.run()
	columns, rows, _, chart = execute({"from_date": "2026-03-01", "to_date": "2026-03-31", "by": "holder"})
	assert [column["fieldname"] for column in columns] == [
		"part", "kept", "broken", "withdrawn", "replaced", "rate",
	]  # fmt: skip
	found = {row["part"]: (row["kept"], row["broken"], row["replaced"], row["rate"]) for row in rows}
	assert found == {AGENT: (1, 0, 1, 100.0), DEPUTY: (0, 1, 0, 0.0)}
	assert [dataset["values"] for dataset in chart["data"]["datasets"]] == [[1, 0], [0, 1]]
	period = {"from_date": "2026-03-01", "to_date": "2026-03-31"}
	(month,) = execute({**period, "by": "month"})[1]
	assert (month["part"], month["kept"], month["broken"], month["rate"]) == ("2026-03", 1, 1, 50.0)
	(only,) = execute({**period, "by": "month", "holder": AGENT})[1]
	assert (only["kept"], only["broken"]) == (1, 0)
	customers = execute({**period, "by": "customer"})[1]
	assert sum(row["kept"] for row in customers) == sum(row["broken"] for row in customers) == 1
	assert execute({"from_date": "2026-02-01", "to_date": "2026-02-28"})[1] == []
	assert kept_this_month() == {"value": 50.0, "fieldtype": "Percent"}


def test_the_report_is_for_managers(as_user):
	report = frappe.get_doc("Report", "Promises Kept")
	assert {row.role for row in report.roles} == {"Agent Manager", "System Manager"}
	with as_user(AGENT):
		assert not report.is_permitted()
		with pytest.raises(frappe.PermissionError):
			kept_this_month()
	with as_user(MANAGER):
		assert report.is_permitted()
		assert kept_this_month()["fieldtype"] == "Percent"
	assert frappe.get_doc("Number Card", "Promises kept this month").method.endswith("kept_this_month")


@pytest.mark.commits
def test_one_bad_promise_stops_no_other_and_is_reported_once():
	from tests.site.desk import remove

	bad, good = ticket(), ticket()
	for one in (bad, good):
		past = {"due": now_datetime() - timedelta(hours=1)}
		frappe.db.set_value(PROMISE, {"open_of": str(one.name)}, past, update_modified=False)
	frappe.db.commit()
	name = frappe.db.get_value(PROMISE, {"open_of": str(bad.name)})
	renew = promises.promises.renew
	try:

		def failing(doc, at):
			if str(doc.name) == str(bad.name):
				raise ValueError("the test says so")
			renew(doc, at)

		promises.promises.renew = failing
		for _ in range(3):
			promises.run()
		assert [state for state, _ in promises_of(good)] == ["Broken", "Open"]
		assert promises_of(bad, "state", "job_error") == [("Open", "the test says so")]
		assert frappe.db.count("Error Log", {"reference_name": name}) == 1
		promises.promises.renew = renew
		promises.run()
		assert promises_of(bad, "state", "job_error")[0] == ("Broken", None)
	finally:
		promises.promises.renew = renew
		told = {"reference_ticket": ("in", [str(bad.name), str(good.name)])}
		frappe.db.delete("HD Notification", told)
		frappe.db.commit()
		remove(bad.name, good.name)


# The line


def test_the_line_holds_one_time_whatever_the_language_and_the_minute(monday):
	mine = ticket("Open", "II")
	settings = frappe.get_doc("CRM Support Settings")
	settings.wording_language = "nl"
	settings.save()
	monday.tick(timedelta(hours=1))
	reply(mine)
	assert shown(mine)[1] == "us, since 2026-03-02 09:00, volgend bericht 2026-03-03 10:00"
	monday.tick(timedelta(hours=24))  # the very minute that it is due
	happen(mine, "parked")
	assert shown(mine)[1] == "het product, sinds 2026-03-03 10:00, volgend bericht 2026-03-31 10:00"
	mine.reload()
	mine.subject = "Another"
	mine.save()
	assert shown(mine)[1].count("volgend bericht") == 1


def test_a_ticket_without_a_line_gets_one(monday):
	old = ticket()
	bare = {NEXT_UPDATE: None, WAITING_ON: None}
	frappe.db.set_value("HD Ticket", old.name, bare, update_modified=False)
	frappe.db.delete(PROMISE, {"ticket": str(old.name)})
	begin_missing()
	assert shown(old)[1] == "Next update 2026-03-02 11:00"
	reply(old)
	assert shown(old)[1] == "Next update 2026-03-02 11:00"
	happen(old, "resolved")
	assert shown(old)[1] == ""
