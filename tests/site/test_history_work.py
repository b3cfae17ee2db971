"""Work in an old desk's log, played into a site that has contracts: booked at its time, as the replay says, told to nobody."""

from __future__ import annotations

import frappe
import pytest

from crm_support_ext.api import history
from crm_support_ext.constants import CONTRACT, STRIPPEN_WARNING, TICKET_IMPORT, WORK_LOG
from crm_support_ext.domain.lifecycle import Timing
from crm_support_ext.replay import upload
from crm_support_ext.replay.log import read_log
from crm_support_ext.replay.mapping import OURS
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from crm_support_ext.store.frappe import moment
from crm_support_ext.store.ledger import entries
from tests.factories import make_customer
from tests.site.contracts import active, plan
from tests.site.desk import AGENT, people

LOG = f"""ticket,time,event,customer,kind,actor,minutes,activity,role,place
T1,2026-01-05T09:00:00+01:00,created,ACME,question,,,,,
T1,2026-01-05T10:00:00+01:00,worked,,,{AGENT},20,,,
T2,2026-01-06T09:00:00+01:00,created,ACME,user support,,,,,
T2,2026-01-06T10:00:00+01:00,worked,,,{AGENT},100,,,
T2,2026-01-06T11:00:00+01:00,worked,,,nobody,45,,programmer,
T1,2026-01-07T09:00:00+01:00,force_closed,,,,,,,
T1,2026-01-08T09:00:00+01:00,worked,,,,30,,,on site
T3,2026-01-09T09:00:00+01:00,created,Elsewhere,fault,,,,,
T3,2026-01-09T10:00:00+01:00,worked,,,,2000,,,
T2,2026-01-10T10:00:00+01:00,worked,,,{AGENT},15,,,
"""
POLICY = """
[plans.it]
strippen_per_year = 4
on_shortage = "refuse"
[contracts.{name}]
customer = "ACME"
plan = "it"
start = 2026-01-01
end = 2026-12-31
"""


class Here:
	"""The site, called without a network."""

	def call(self, method, body):
		return frappe.call(getattr(history, method), **frappe.parse_json(frappe.as_json(body)))


@pytest.fixture(autouse=True)
def desk(frozen_time):
	with frozen_time("2026-03-02 09:00"):
		people()
		yield


def send(path, times=1):
	policy = load_policy(None)
	rows = read_log(path, policy.zone, OURS)
	for _ in range(times):
		tally = upload.upload(Here(), "log", rows, rows[-1].at, Timing(), lambda sent: None)
	return tally


def booked():
	fields = ["start", "agent", "settlement", "minutes", "strippen", "rule"]
	mine = {"ticket": ("in", frappe.get_all(TICKET_IMPORT, {"log": "log"}, pluck="ticket"))}
	return [tuple(row.values()) for row in frappe.get_all(WORK_LOG, mine, fields, order_by="start")]


def test_work_is_booked_once_at_its_time_as_the_replay_says_and_told_to_nobody(tmp_path):
	make_customer("ACME")
	mine = active(customer="ACME", plan=plan("Four", strippen_per_year=4))
	(tmp_path / "log.csv").write_text(LOG)
	mails = frappe.db.count("Email Queue")
	first = send(str(tmp_path / "log.csv"))
	assert [(one["ticket"], one["code"]) for one in first.refused] == [("T2", "balance_too_low")]
	again = send(str(tmp_path / "log.csv"), times=2)
	assert again.played == 0

	result = replay(str(tmp_path / "log.csv"), _policy(tmp_path, mine))
	said = sorted(
		(worked.at, part.settlement.value, part.minutes, float(part.strippen), worked.outcome.decision.name)
		for ticket in result.tickets.values()
		for worked in ticket.work or ()
		if hasattr(worked.outcome, "parts")
		for part in worked.outcome.parts
	)
	rows = booked()
	assert [(moment(start), *rest) for start, _agent, *rest in rows] == said
	assert [row[1] for row in rows] == [AGENT, "Administrator", "Administrator", "Administrator", AGENT]
	on_site = [(line.entry.at, line.entry.kind, line.entry.amount) for line in entries(mine.name)]
	assert on_site == [(entry.at, entry.kind, entry.amount) for entry in result.ledger[mine.name]]
	assert frappe.db.count("Email Queue") == mails
	warnings = frappe.get_all(
		STRIPPEN_WARNING, {"contract": mine.name}, ["share", "told_at"], order_by="share"
	)
	assert [row.share for row in warnings] == [75] and all(row.told_at for row in warnings)


def _policy(folder, mine):
	(folder / "policy.toml").write_text(POLICY.format(name=mine.name))
	return load_policy(str(folder / "policy.toml"))


def test_without_any_contract_on_the_site_no_work_is_booked(tmp_path):
	contracts = frappe.qb.DocType(CONTRACT)
	frappe.qb.update(contracts).set(contracts.state, "Draft").run()
	(tmp_path / "log.csv").write_text(LOG)
	assert send(str(tmp_path / "log.csv")).refused == []
	assert booked() == []
