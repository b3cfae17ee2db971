"""Settle a piece of work, and book what it costs (domain.md sections 5 and 6).

``judge`` is what an agent sees before saving: which rule decides, and what it costs. ``settle_work`` does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from crm_support_ext.domain.booking import Lines
from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.payment import Costing, Part
from crm_support_ext.domain.quotations import Offer, fits
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Decision, Rule, Settlement, Work, settle
from crm_support_ext.domain.strippen import NOTHING
from crm_support_ext.domain.tariff import Tariff, cost
from crm_support_ext.services import ledger
from crm_support_ext.services.ports import LedgerStore


@dataclass(frozen=True)
class Job:
	"""A piece of work to be settled: when it was done, on which ticket, under which contract.

	``offer`` is the accepted quotation for it, if there is one.
	"""

	at: datetime
	work: Work
	ticket: str
	work_log: str = ""
	contract: Contract | None = None
	offer: Offer | None = None


@dataclass(frozen=True)
class Judgement:
	"""How work is to be settled, and what it costs in strippen; nothing if it is settled in another way."""

	decision: Decision
	cost: Decimal


@dataclass(frozen=True)
class Settled:
	"""Work that is settled: by which rule, in which parts, and the lines that it added to the ledger."""

	decision: Decision
	parts: tuple[Part, ...]
	lines: Lines = ()


def judge(job: Job, rules: Sequence[Rule], tariff: Tariff) -> Judgement | Refusal:
	"""How work is to be settled. Refusal: ``above_the_quotation`` (facts of ``quotations.fits``)."""
	decision = settle(job.work, rules, job.offer)
	in_strippen = decision.settlement is Settlement.STRIPPEN
	price = cost(tariff, job.work.activity, job.work.minutes) if in_strippen else NOTHING
	wanted = price if in_strippen else Decimal(job.work.minutes)
	is_quoted = decision.settlement is Settlement.FIXED_PRICE or in_strippen
	refusal = fits(job.offer, wanted) if job.offer and is_quoted else None
	return refusal or Judgement(decision, price)


def settle_work(
	store: LedgerStore, job: Job, rules: Sequence[Rule], tariff: Tariff, zone: tzinfo
) -> Settled | Refusal:
	"""Settle work and book its strippen. Refusals: those of ``judge``, and ``balance_too_low`` of the ledger."""
	judged = judge(job, rules, tariff)
	if isinstance(judged, Refusal):
		return judged
	minutes = job.work.minutes
	if judged.decision.settlement is not Settlement.STRIPPEN or job.contract is None:
		return Settled(judged.decision, (Part(judged.decision.settlement, minutes),))
	costing = Costing(judged.cost, minutes, job.ticket, job.work_log, job.offer is not None)
	paid = ledger.book(store, job.contract, costing, job.at, zone)
	return paid if isinstance(paid, Refusal) else Settled(judged.decision, paid.parts, paid.lines)
