"""Warnings on a site: a digest per agent, at once in tier I, SMS, acknowledgement, then the manager; each once."""

from __future__ import annotations

from datetime import timedelta

import frappe
import pytest

from crm_support_ext.api.warnings import acknowledge as press
from crm_support_ext.constants import TARGET, TARGET_WARNING, TICKET, WARNING_RECIPIENT
from crm_support_ext.domain.warnings import fits_one_sms
from crm_support_ext.store import sms, warning_sms, warnings
from crm_support_ext.store.frappe import now
from crm_support_ext.store.warning_links import PAGE, acknowledge, told_by
from crm_support_ext.tasks import warnings as task
from tests.factories import make
from tests.site.desk import AGENT, MANAGER, happen, reply
from tests.site.gateway import SECRET, gateway, use
from tests.site.warned import (
	BEN,
	NUMBERS,
	TEAM,
	key_in,
	mails,
	run,
	staff,
	target_of,
	ticket,
	warnings_of,
	without_number,
)

MONDAY = "2026-03-02 09:00"
SMS_FAILED = "An SMS could not be sent"


@pytest.fixture(autouse=True)
def desk():
	staff()
	use(None)
	for title in (SMS_FAILED, "Nobody can be warned%"):  # the framework's log outlives a rollback
		frappe.db.delete("Error Log", {"method": ("like", title)})


@pytest.fixture
def phone():
	with gateway() as taken:
		yield taken


@pytest.fixture
def clock(frozen_time):
	with frozen_time(MONDAY) as ticking:
		yield ticking


def let_pass(clock, **time) -> None:
	clock.tick(timedelta(**time))


def kinds() -> list[tuple[str, str]]:
	return [(mail.to, mail.kind) for mail in mails()]


def test_at_once_goes_at_the_minute_by_mail_and_sms(clock, phone):
	made = ticket(AGENT)
	let_pass(clock, minutes=29)
	run()
	assert not mails() and not phone.sent
	let_pass(clock, minutes=1)
	run()
	(mail,) = mails()
	assert (mail.to, mail.kind, mail.tickets) == (AGENT, "at once", (str(made.name),))
	assert mail.subject == f"Ticket #{made.name}: 50 % of the time for the first response is used"
	assert "Mon 2 Mar 10:00" in mail.html and "First response" in mail.html
	((number, text),) = phone.sent
	assert number == NUMBERS[AGENT] and key_in(text) == key_in(mail.link) and fits_one_sms(text)
	assert text.startswith(f"#{made.name} (I): 50 % used of first response, due 2 Mar 10:00. Seen it? ")
	assert made.subject not in text
	row = warnings_of(made)["response", 50]
	assert (row.state, row.channel, row.tier) == ("Sent", "At once", "I")
	assert str(row.reached_at) == "2026-03-02 09:30:00" and str(row.manager_due_at) == "2026-03-02 09:45:00"
	for _ in range(3):
		run()
	assert len(mails()) == len(phone.sent) == 1


def test_two_thresholds_that_passed_since_the_last_run_are_one_warning_with_the_highest(clock, phone):
	made = ticket(AGENT)
	let_pass(clock, minutes=50)
	run()
	assert list(warnings_of(made)) == [("response", 75)]
	assert len(mails()) == len(phone.sent) == 1 and "83 %" in mails()[0].html
	assert target_of(made).warned_response == 75
	assert str(target_of(made).next_warning_at) == "2026-03-02 10:00:00"


def test_a_digest_has_all_tickets_of_an_agent_in_one_table_and_goes_every_two_hours(clock):
	first, second = ticket(AGENT, tier="II"), ticket(AGENT, tier="II", subject="<b>Import</b> & export")
	other = ticket(BEN, tier="II")
	let_pass(clock, hours=2)
	run()
	assert sorted(kinds()) == [(AGENT, "digest"), (BEN, "digest")]
	mine = next(mail for mail in mails() if mail.to == AGENT)
	assert sorted(mine.tickets) == sorted((str(first.name), str(second.name)))
	assert mine.subject == "2 targets are running out"
	assert frappe.utils.escape_html(second.subject) in mine.html and "<b>Import" not in mine.html
	let_pass(clock, hours=1)
	run()
	assert target_of(first).warned_response == 75 and len(mails()) == 2
	let_pass(clock, minutes=59)
	run()
	assert len(mails()) == 2
	let_pass(clock, minutes=1)
	run()
	late = mails()[2:]
	assert sorted(mail.to for mail in late) == [AGENT, BEN]
	assert {row.state for row in warnings_of(first).values()} == {"Sent", "Left out"}
	assert [row.state for key, row in sorted(warnings_of(other).items())] == ["Sent", "Left out", "Sent"]
	assert "the time for the first response is up" in next(mail for mail in late if mail.to == BEN).subject


def test_what_is_reached_at_closing_time_is_said_at_the_opening(clock):
	made = ticket(AGENT, tier="II", answered=True)
	let_pass(clock, hours=8)
	assert str(target_of(made).next_warning_at) == "2026-03-02 17:00:00"
	for _ in range(15):
		run()
		let_pass(clock, hours=1)
	assert not mails() and warnings_of(made)["target", 50].state == "Waiting"
	let_pass(clock, hours=1)
	run()
	assert kinds() == [(AGENT, "digest")]


def test_nothing_is_said_of_what_was_answered_meanwhile_and_it_is_said_if_the_clock_runs_again(clock):
	made = ticket(AGENT, tier="II", answered=True)
	let_pass(clock, hours=8)
	run()
	happen(made, "asked")
	let_pass(clock, hours=17)
	run()
	assert not mails() and warnings_of(made)["target", 50].state == "Waiting"
	happen(made, "customer_replied")
	run()
	assert kinds() == [(AGENT, "digest")]


def test_a_closed_ticket_leaves_what_nobody_was_told_out(clock):
	made = ticket(AGENT, tier="II", answered=True)
	let_pass(clock, hours=8)
	run()
	happen(made, "force_closed")
	let_pass(clock, hours=16)
	run()
	assert not mails() and warnings_of(made)["target", 50].state == "Left out"


def test_a_ticket_that_nobody_holds_is_the_managers(clock, phone):
	held_by_none = ticket()
	let_pass(clock, minutes=30)
	run()
	assert kinds() == [(MANAGER, "at once")] and "assigned to nobody" in mails()[0].html
	assert phone.sent[0][0] == NUMBERS[MANAGER]
	row = warnings_of(held_by_none)["response", 50]
	assert row.manager_told_at and not row.manager_due_at
	let_pass(clock, minutes=15)
	run()
	assert [kind for _, kind in kinds()] == ["at once"] * 2


def test_without_a_named_manager_the_agent_managers_of_the_team_hear_it_else_all():
	frappe.db.set_value("HD Team", TEAM, "cse_manager", None)
	made = ticket()
	assert MANAGER in warnings.who_is_told(made, now())
	frappe.get_doc(
		{
			"doctype": "HD Team Member",
			"parent": TEAM,
			"parenttype": "HD Team",
			"parentfield": "users",
			"user": MANAGER,
		}
	).db_insert()
	assert warnings.who_is_told(made, now()) == [MANAGER]


def test_one_who_has_left_or_is_absent_is_not_told():
	made = ticket(AGENT, BEN)
	assert warnings.who_is_told(made, now()) == [AGENT, BEN]
	frappe.db.set_value("User", AGENT, "enabled", 0)
	frappe.db.value_cache.clear()
	assert warnings.who_is_told(made, now()) == [BEN]
	today = frappe.utils.getdate()
	frappe.get_doc(
		{"doctype": "Agent Absence", "agent": BEN, "first_day": today, "last_day": today, "deputy": MANAGER}
	).db_insert()
	assert warnings.who_is_told(made, now()) == [MANAGER]


def test_two_holders_are_both_told_and_one_acknowledgement_is_enough(clock, phone):
	made = ticket(AGENT, BEN)
	let_pass(clock, minutes=30)
	run()
	assert sorted(kinds()) == [(AGENT, "at once"), (BEN, "at once")]
	keys = {number: key_in(text) for number, text in phone.sent}
	assert len(set(keys.values())) == 2
	assert acknowledge(keys[NUMBERS[BEN]], now())
	let_pass(clock, minutes=14)
	run()
	row = warnings_of(made)["response", 50]
	assert row.acknowledged_by == BEN and not row.manager_due_at and not row.manager_told_at
	assert (MANAGER, "manager") not in kinds()


def test_one_of_two_holders_may_get_the_digest_later(clock):
	early = ticket(AGENT, tier="II")
	let_pass(clock, hours=1)
	both = ticket(AGENT, BEN, tier="II")
	let_pass(clock, hours=1)
	run()
	let_pass(clock, hours=1)
	run()
	assert kinds() == [(AGENT, "digest"), (BEN, "digest")]
	assert warnings_of(both)["response", 50].state == "Waiting" and warnings_of(early)
	let_pass(clock, minutes=59)
	run()
	assert len(mails()) == 2
	reply(early)
	let_pass(clock, minutes=1)
	run()
	assert mails()[2].to == AGENT and mails()[2].tickets == (str(both.name),)


def test_the_manager_hears_after_a_quarter_of_an_hour_what_nobody_acknowledged(clock, phone):
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	let_pass(clock, minutes=14)
	run()
	assert len(mails()) == 1
	let_pass(clock, minutes=1)
	run()
	assert sorted(kinds()[1:]) == [(AGENT, "at once"), (MANAGER, "manager")]
	told = next(mail for mail in mails() if mail.kind == "manager")
	assert told.subject.startswith(f"Not acknowledged: Ticket #{made.name}")
	assert "did not acknowledge it within 15 minutes" in told.html
	by_number = dict(phone.sent)
	assert "Not acknowledged" in by_number[NUMBERS[MANAGER]] and fits_one_sms(by_number[NUMBERS[MANAGER]])
	row = warnings_of(made)["response", 50]
	assert str(row.manager_told_at) == "2026-03-02 09:45:00" and not row.manager_due_at
	run()
	assert len(mails()) == 3


def test_a_manager_is_not_told_of_a_clock_that_no_longer_runs(clock):
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	reply(made)
	let_pass(clock, minutes=20)
	run()
	assert kinds() == [(AGENT, "at once")]
	assert not warnings_of(made)["response", 50].manager_told_at


def test_a_quarter_of_an_hour_that_ends_after_closing_ends_at_the_opening(clock):
	let_pass(clock, hours=7, minutes=20)
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert str(warnings_of(made)["response", 50].manager_due_at) == "2026-03-03 09:00:00"
	for _ in range(16):
		let_pass(clock, hours=1)
		run()
	assert kinds() == [(AGENT, "at once")]
	let_pass(clock, minutes=10)
	run()
	assert (MANAGER, "manager") in kinds()


def test_the_link_is_for_one_warning_and_for_three_days(clock, phone):
	first, second = ticket(AGENT), ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	keys = {text.split()[0]: key_in(text) for _, text in phone.sent}
	key = keys[f"#{first.name}"]
	for false in (
		"",
		"x",
		key[:-1],
		key[:-1] + ("a" if key[-1] != "a" else "b"),
		key[::-1],
		key.upper(),
		"é" * 30,
	):
		assert told_by(false, now()) is None and not acknowledge(false, now())
	assert told_by(key[:-20] + keys[f"#{second.name}"][-20:], now()) is None
	assert acknowledge(key, now()) and acknowledge(key, now())
	assert warnings_of(first)["response", 50].acknowledged_at
	assert not warnings_of(second)["response", 50].acknowledged_at
	let_pass(clock, days=3)
	assert not acknowledge(keys[f"#{second.name}"], now())


def test_the_button_acknowledges_as_a_guest_and_leads_back_to_the_page(clock, phone, as_user):
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	key = key_in(phone.sent[0][1])
	with as_user("Guest"):
		press(key)
	assert frappe.local.response["type"] == "redirect"
	assert frappe.local.response["location"].endswith(f"{PAGE}?key={key}")
	row = warnings_of(made)["response", 50]
	assert row.acknowledged_by == AGENT and str(row.acknowledged_at) == "2026-03-02 09:30:00"


def test_a_gateway_that_fails_is_reported_once_and_the_mail_and_the_manager_go_on(clock, phone):
	phone.status = 500
	made = [ticket(AGENT) for _ in range(3)]
	let_pass(clock, minutes=30)
	run()
	assert len(mails()) == 3 and len(phone.sent) == 3
	states = frappe.get_all(WARNING_RECIPIENT, fields=["sms_state", "sms_error"])
	assert {(row.sms_state, row.sms_error) for row in states} == {("Failed", "HTTPError 500")}
	(report,) = frappe.get_all("Error Log", filters={"method": SMS_FAILED}, fields=["error"])
	assert SECRET not in report.error and key_in(phone.sent[0][1]) not in report.error
	run()
	assert len(phone.sent) == 3
	let_pass(clock, minutes=15)
	run()
	assert [mail.to for mail in mails() if mail.kind == "manager"] == [MANAGER] * 3
	assert frappe.db.count("Error Log", {"method": SMS_FAILED}) == 1
	phone.status = 200
	let_pass(clock, minutes=15)
	run()
	assert "Sent" in frappe.get_all(WARNING_RECIPIENT, pluck="sms_state")
	phone.status = 503
	ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert frappe.db.count("Error Log", {"method": SMS_FAILED}) == 2
	assert len(warnings_of(made[0])) == 3


def test_a_number_that_is_none_fails_and_stops_no_other(clock, phone):
	frappe.db.set_value("User", BEN, "mobile_no", "-")
	ticket(BEN)
	ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert [number for number, _ in phone.sent] == [NUMBERS[AGENT]]
	assert sorted(frappe.get_all(WARNING_RECIPIENT, pluck="sms_state")) == ["Failed", "Sent"]


def test_without_a_gateway_or_a_number_there_is_the_mail_alone(clock, phone):
	use(None)
	ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	use(phone.url)
	without_number(BEN)
	ticket(BEN)
	let_pass(clock, minutes=30)
	run()
	assert (AGENT, "at once") in kinds() and (BEN, "at once") in kinds()
	assert {number for number, _ in phone.sent} == {NUMBERS[AGENT], NUMBERS[MANAGER]}


def test_the_number_may_stand_in_the_contact(phone):
	without_number(BEN)
	contact = frappe.get_doc("Contact", {"user": BEN})
	contact.db_set("mobile_no", "+4790")
	assert warning_sms.can_send(BEN)


def test_a_job_that_is_cut_off_during_the_call_sends_no_sms_twice(clock, phone, monkeypatch):
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	task.run()
	(name,) = warning_sms.to_send()
	assert warning_sms.begin(name, now())
	run()
	assert not phone.sent and frappe.db.get_value(WARNING_RECIPIENT, name, "sms_state") == "Sending"
	let_pass(clock, minutes=15)
	task.run()
	assert (MANAGER, "manager") in kinds() and warnings_of(made)["response", 50].manager_told_at


def test_no_sms_goes_after_closing_or_after_an_acknowledgement(clock, phone):
	let_pass(clock, hours=7, minutes=29)
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	task.run()
	let_pass(clock, minutes=1)
	run()
	assert not phone.sent
	row = frappe.get_doc(TARGET_WARNING, warnings_of(made)["response", 50].name)
	acknowledge(key_in(mails()[0].link), now())
	let_pass(clock, hours=16)
	warning_sms_run()
	assert (
		not phone.sent and frappe.db.get_value(WARNING_RECIPIENT, row.recipients[0].name, "sms_state") == ""
	)


def warning_sms_run() -> None:
	from crm_support_ext.tasks import warning_sms as job

	job.run()


def test_each_reads_it_in_their_own_language(clock, phone):
	if not frappe.db.exists("Language", "nb"):
		make("Language", language_code="nb", language_name="Norsk bokmål")
	frappe.db.set_value("User", AGENT, "language", "nl")
	frappe.db.set_value("User", BEN, "language", "nb")
	frappe.clear_document_cache("User", AGENT)
	frappe.clear_document_cache("User", BEN)
	made = ticket(AGENT, BEN)
	let_pass(clock, minutes=30)
	run()
	subjects = {mail.to: mail.subject for mail in mails()}
	assert subjects[AGENT] == f"Melding #{made.name}: 50 % van de tijd voor de eerste reactie is op"
	assert subjects[BEN] == f"Sak #{made.name}: 50 % av tiden for første svar er brukt"
	texts = dict(phone.sent)
	assert "2 mrt 10:00" in texts[NUMBERS[AGENT]] and "frist 2 mars" in texts[NUMBERS[BEN]]
	assert all(fits_one_sms(text) for text in texts.values())
	assert frappe.local.lang == "en"


def test_a_language_that_the_site_does_not_know_keeps_nobody_from_being_warned(clock):
	frappe.db.set_value("User", AGENT, "language", "tlh")
	frappe.clear_document_cache("User", AGENT)
	ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert kinds() == [(AGENT, "at once")]


def test_a_desk_that_cannot_mail_says_it_by_sms_and_keeps_the_digest(clock, phone):
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	ticket(AGENT)
	digest = ticket(BEN, tier="II")
	let_pass(clock, hours=2)
	run()
	assert not mails() and {number for number, _ in phone.sent} == {NUMBERS[AGENT]}
	assert warnings_of(digest)["response", 50].state == "Waiting"


def test_the_minutes_are_the_administrators(clock):
	settings = frappe.get_doc("CRM Support Settings")
	settings.update({"warn_digest_minutes": 30, "manager_after_minutes": 5})
	settings.save()
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert str(warnings_of(made)["response", 50].manager_due_at) == "2026-03-02 09:35:00"


def test_a_warning_at_once_is_a_matter_of_the_tier(clock):
	frappe.db.set_value("Priority Tier", "I", "at_once", 0)
	frappe.clear_document_cache("Priority Tier", "I")
	ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert kinds() == [(AGENT, "digest")]


def test_nobody_is_warned_of_a_ticket_that_is_still_being_brought_in(clock):
	made = ticket(AGENT)
	frappe.get_doc(
		{"doctype": "Ticket Import", "log": "old", "entry": "T-1", "ticket": made.name}
	).db_insert()
	let_pass(clock, hours=3)
	run()
	assert not mails()
	frappe.db.set_value("Ticket Import", {"ticket": made.name}, "finished", 1)
	run()
	assert sorted(warnings_of(made)) == [("response", 100), ("target", 75)]


def test_a_bad_ticket_stops_no_other_and_is_reported_once(clock, monkeypatch):
	bad, good = ticket(AGENT, tier="II"), ticket(AGENT, tier="II")
	real = warnings.clocks_of

	def clocks_of(doc):
		if doc.name == bad.name:
			raise ValueError("no such calendar")
		return real(doc)

	monkeypatch.setattr(warnings, "clocks_of", clocks_of)
	let_pass(clock, hours=2)
	for _ in range(3):
		run()
	assert [mail.tickets for mail in mails()] == [(str(good.name),)]
	reports = {"method": ("like", "Nobody can be warned%")}
	assert frappe.db.count("Error Log", reports) == 1
	assert str(target_of(bad).next_warning_at) == "2026-03-02 12:00:00"
	monkeypatch.undo()
	let_pass(clock, hours=1)
	run()
	assert ("response", 75) in warnings_of(bad)


def test_a_line_of_a_digest_that_fails_stops_no_other(clock, monkeypatch):
	bad, good = ticket(AGENT, tier="II"), ticket(AGENT, tier="II")
	real = warnings.line_of

	def line_of(warning, doc, at):
		if doc.name == bad.name:
			raise ValueError("no such ticket")
		return real(warning, doc, at)

	monkeypatch.setattr(warnings, "line_of", line_of)
	let_pass(clock, hours=2)
	run()
	run()
	assert [mail.tickets for mail in mails()] == [(str(good.name),)]
	assert frappe.db.count("Error Log", {"method": ("like", "Nobody can be warned%")}) == 1


def test_the_same_threshold_is_never_kept_twice():
	made = ticket(AGENT)
	row = {
		"doctype": TARGET_WARNING,
		"ticket": made.name,
		"clock": "target",
		"percent": 50,
		"reached_at": "2026-03-02",
	}
	frappe.get_doc(row).insert()
	with pytest.raises((frappe.DuplicateEntryError, frappe.UniqueValidationError)):
		frappe.get_doc(row).insert()
	with pytest.raises((frappe.DuplicateEntryError, frappe.UniqueValidationError)):
		frappe.get_doc({**row, "name": "another"}).db_insert()


def test_a_threshold_that_is_kept_already_is_not_said_again(clock):
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	frappe.db.set_value(
		TARGET, str(made.name), {"warned_response": 0, "next_warning_at": "2026-03-02 09:30:00"}
	)
	run()
	assert len(mails()) == 1 and target_of(made).warned_response == 50


def test_a_ticket_that_is_deleted_takes_its_warnings_along(clock):
	made = ticket(AGENT)
	let_pass(clock, minutes=30)
	run()
	assert warnings_of(made)
	frappe.delete_doc(TICKET, made.name, force=True)
	assert not warnings_of(made)
	assert not frappe.db.count(WARNING_RECIPIENT)


def test_a_customer_reads_no_warnings(as_user):
	with as_user("kees@bakkerij.example"):
		for doctype in (TARGET_WARNING, WARNING_RECIPIENT):
			assert not frappe.has_permission(doctype)


def test_an_agent_who_is_no_administrator_changes_none(as_user):
	with as_user(AGENT):
		assert frappe.has_permission(TARGET_WARNING) and not frappe.has_permission(TARGET_WARNING, "write")


def test_an_sms_that_the_gateway_took_counts_where_there_is_nowhere_to_log_it(monkeypatch):
	def took_it(*_, **__):
		raise frappe.DoesNotExistError("SMS Log")

	monkeypatch.setattr(sms, "send_sms", took_it)
	with pytest.raises(frappe.DoesNotExistError):
		sms.send("+31", "x")
	monkeypatch.setattr(frappe.db, "exists", lambda *_: None)
	sms.send("+31", "x")


def test_of_a_sender_of_another_app_nobody_knows_that_it_went_out(monkeypatch):
	def hindered(*_, **__):
		raise frappe.QueryDeadlockError

	monkeypatch.setattr(sms, "send_sms", hindered)
	sms.send("+31", "x")
	monkeypatch.setattr(frappe, "get_hooks", {"send_sms": ["other.app.send"]}.get)
	with pytest.raises(frappe.QueryDeadlockError):
		sms.send("+31", "x")
