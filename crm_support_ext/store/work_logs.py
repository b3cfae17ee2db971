"""Work on tickets of the site: settled, booked together with what it takes from the ledger, and withdrawn.

A row of Ticket Work Log is written here alone. Whoever books locks in this order: the contract, in its ledger; the
quotation; then the rows are added. All of it is one transaction: there is no work log without its entries, and no
entry without its work log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import frappe

from crm_support_ext.constants import BOOKED, CONTRACT, KIND, TICKET_PRODUCT, TICKET_TYPE, WITHDRAWN, WORK_LOG
from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.quotations import Offer, SettlesIn
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Place, Role, Settlement, Work, settle
from crm_support_ext.domain.strippen import Kind, left_on
from crm_support_ext.domain.work_logs import Logged, check, may_withdraw
from crm_support_ext.services import ledger
from crm_support_ext.services.ports import LedgerStore
from crm_support_ext.services.settlements import Job, Settled, settle_work
from crm_support_ext.store import contracts, work_timers
from crm_support_ext.store.contention import Overtaken
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.ledger import SiteLedger, Trial, desk_zone, lock
from crm_support_ext.store.quotations import offer_of
from crm_support_ext.store.settlement_words import reason
from crm_support_ext.store.wording import speaking_to

THE_SITE = ""
"""Nobody: who has no language of their own is spoken to in the site's."""


@dataclass(frozen=True)
class Worked:
	"""What somebody says of a piece of work. ``key`` tells a press that is repeated from a new one."""

	start: datetime
	minutes: int
	activity: str = ""
	role: Role = Role.HELPDESK
	place: Place = Place.REMOTE
	text: str = ""
	key: str = ""


@dataclass(frozen=True)
class Seen:
	"""How work would be settled, and what strippen its contract would have left."""

	job: Job
	settled: Settled
	left: Decimal


def kind_of(ticket: Any) -> str:
	"""What a ticket is about, by its type; empty if nobody said."""
	kept = ticket.ticket_type and frappe.get_cached_value(TICKET_TYPE, ticket.ticket_type, KIND)
	return kept or ""


def last_role(agent: str) -> Role:
	"""As what an agent worked the last time."""
	return Role(
		frappe.db.get_value(WORK_LOG, {"agent": agent}, "role", order_by="creation desc") or Role.HELPDESK
	)


def preview(ticket: Any, worked: Worked, at: datetime) -> Seen | Refusal:
	"""How this work would be settled if it were booked now. Nothing is written and nothing is locked."""
	if refusal := check(worked.minutes, worked.start, at):
		return refusal
	trial = Trial()
	job = _job(ticket, worked, at)
	settled = _settle(job, trial)
	return (
		settled
		if isinstance(settled, Refusal)
		else Seen(job, settled, left_on(trial.account, site_time(at).date()))
	)


def look(seen: Seen) -> str:
	"""How the agent is shown it: ``warn`` if strippen do not reach or there is no contract, ``good`` if it is settled."""
	if len(seen.settled.parts) > 1 or any(line.kind is Kind.PURCHASE for line in seen.settled.lines):
		return "warn"
	if seen.settled.decision.settlement is Settlement.TIME_AND_MATERIAL:
		return "" if seen.job.contract else "warn"
	return "good"


def book(ticket: Any, worked: Worked, agent: str, at: datetime) -> str | Refusal:
	"""Settle and book work of an agent's on a ticket; the name of its work log, the same for a repeated press.

	Refusals: those of ``work_logs.check`` and of ``settle_work``, and ``booked_already`` (fact ``minutes``).
	"""
	if known := _booked_before(str(ticket.name), worked, agent):
		return known
	if refusal := check(worked.minutes, worked.start, at):
		return refusal
	return record(ticket, worked, agent, at)


def record(ticket: Any, worked: Worked, agent: str, at: datetime) -> str | Refusal:
	"""Settle and book work, whenever it was and however long: what an old desk's log says was so."""
	job = _job(ticket, worked, at, for_update=True)
	settled = _settle(job, SiteLedger())
	if isinstance(settled, Refusal):
		return settled
	_write(ticket, worked, agent, job, settled)
	work_timers.drop(str(ticket.name), agent, at)
	return job.work_log


def withdraw(name: str, why: str, by: str, at: datetime, *, is_manager: bool) -> Refusal | None:
	"""Withdraw a piece of work, with its other part if it was split, and give back the strippen that it took.

	Refusals: those of ``work_logs.may_withdraw``.
	"""
	said = frappe.get_doc(WORK_LOG, name)
	root, contract = said.part_of or said.name, said.contract
	locked = lock(contract) if contract else None
	rows = [frappe.get_doc(WORK_LOG, part, for_update=True) for part in _parts(root)]
	if refusal := refusal_of(rows[0], by, at, is_manager=is_manager):
		return refusal
	if locked:
		ledger.give_back(SiteLedger(), contracts.as_rule(locked), root, at, desk_zone(), why)
	gone = {"state": WITHDRAWN, "withdrawn_at": site_time(at), "withdrawn_by": by, "withdrawal_reason": why}
	for row in rows:
		row.update(gone)
		row.flags.cse_books = True
		row.save(ignore_permissions=True)
	return None


def refusal_of(doc: Any, by: str, at: datetime, *, is_manager: bool) -> Refusal | None:
	"""Why somebody may not withdraw a work log now; None: they may. Refusals: those of ``work_logs.may_withdraw``."""
	contract = _contract(doc.contract) if doc.contract else None
	log = Logged(doc.agent, doc.start.date(), contract, doc.state == WITHDRAWN)
	return may_withdraw(log, by, site_time(at).date(), is_manager=is_manager)


def _contract(name: str) -> Contract:
	return contracts.as_rule(frappe.get_cached_doc(CONTRACT, name))


def _parts(root: str) -> list[str]:
	others = frappe.get_all(WORK_LOG, filters={"part_of": root}, pluck="name", order_by="creation asc")
	return [root, *others]


def _job(ticket: Any, worked: Worked, at: datetime, *, for_update: bool = False) -> Job:
	"""What is to be settled, with the quotation that it goes on, both locked with ``for_update``.

	The contract is looked at again under its lock: who suspends or ends it at this moment may have been first.
	"""
	day = site_time(worked.start).date()
	contract = contracts.contract_of(ticket.customer, ticket.get(TICKET_PRODUCT), day)
	work = Work(
		kind_of(ticket), worked.activity, worked.role, worked.place, worked.minutes, contract is not None
	)
	name = frappe.generate_hash(length=10)
	job = Job(at, work, str(ticket.name), name, contract)
	if for_update and contract and settle(work, contracts.rules()).settlement is Settlement.STRIPPEN:
		row = lock(contract.name)  # first: where strippen pay, nobody waits for it while holding a quotation
		if not contracts.is_still(contract, row, day):
			raise Overtaken
	return replace(job, offer=_offer(job, for_update=for_update))


def _offer(job: Job, *, for_update: bool) -> Offer | None:
	"""A fixed price that was accepted for the ticket; without one, the maximum of strippen, if strippen pay."""
	fixed = offer_of(job.ticket, SettlesIn.FIXED_PRICE, for_update=for_update)
	way = settle(job.work, contracts.rules(), fixed).settlement
	in_strippen = way is Settlement.STRIPPEN
	return offer_of(job.ticket, SettlesIn.STRIPPEN, for_update=for_update) if in_strippen else fixed


def _settle(job: Job, ledgers: LedgerStore) -> Settled | Refusal:
	settled = settle_work(ledgers, job, contracts.rules(), contracts.tariff(), desk_zone())
	if isinstance(settled, Refusal) and job.contract:
		return Refusal(settled.code, {**settled.facts, "contract": job.contract.name})
	return settled


def _booked_before(ticket: str, worked: Worked, agent: str) -> str | Refusal | None:
	"""The work log that this very press made before."""
	fields = ["name", "minutes", "ticket", "agent", "activity", "role", "place", "text"]
	known = worked.key and frappe.db.get_value(WORK_LOG, {"request": worked.key}, fields, as_dict=True)
	if not known:
		return None
	minutes = known.minutes + sum(frappe.get_all(WORK_LOG, filters={"part_of": known.name}, pluck="minutes"))
	before = (
		minutes,
		known.ticket,
		known.agent,
		known.activity or "",
		known.role,
		known.place,
		known.text or "",
	)
	text = frappe.utils.sanitize_html(worked.text)  # as it is kept
	now = (worked.minutes, ticket, agent, worked.activity, worked.role.value, worked.place.value, text)
	return known.name if before == now else Refusal("booked_already", {"minutes": minutes})


def _write(ticket: Any, worked: Worked, agent: str, job: Job, settled: Settled) -> None:
	"""Add the work log, or two where strippen paid for a part of the work."""
	common = _common(ticket, worked, agent, job, settled)
	start = worked.start
	for number, part in enumerate(settled.parts):
		is_first = number == 0
		on_quotation = part.settlement in (Settlement.STRIPPEN, Settlement.FIXED_PRICE)
		doc = frappe.get_doc(
			{
				**common,
				"start": site_time(start),
				"minutes": part.minutes,
				"settlement": part.settlement.value,
				"strippen": float(part.strippen),
				"quotation": job.offer.name if job.offer and on_quotation else None,
				"part_of": None if is_first else job.work_log,
				"request": worked.key or None if is_first else None,
			}
		)
		doc.flags.cse_books = True
		doc.insert(ignore_permissions=True, set_name=job.work_log if is_first else None)
		start += timedelta(minutes=part.minutes)


def _common(ticket: Any, worked: Worked, agent: str, job: Job, settled: Settled) -> Mapping[str, Any]:
	with speaking_to(THE_SITE):
		why = reason(job, settled)
	return {
		"doctype": WORK_LOG,
		"ticket": str(ticket.name),
		"customer": ticket.customer,
		"kind": job.work.kind,
		"agent": agent,
		"state": BOOKED,
		"activity": worked.activity,
		"role": worked.role.value,
		"place": worked.place.value,
		"text": worked.text,
		"decided": settled.decision.settlement.value,
		"rule": settled.decision.name,
		"reason": why,
		"contract": job.contract.name if job.contract else None,
	}
