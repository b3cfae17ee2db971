"""The books of a replay: work is settled as it comes, and each contract has its ledger."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, tzinfo

from crm_support_ext.domain.contracts import Contract, contract_on
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Place, Role, Settlement, Work
from crm_support_ext.domain.strippen import Entry
from crm_support_ext.replay.log import Row
from crm_support_ext.replay.terms import Terms
from crm_support_ext.services import ledger
from crm_support_ext.services.settlements import Job, Settled, settle_work
from crm_support_ext.store.memory import MemoryTicket, Worked
from crm_support_ext.store.memory_ledger import MemoryLedger


class Books:
	"""The ledgers of the contracts of a policy, and what they pay. Days are those of ``zone``."""

	def __init__(self, terms: Terms, zone: tzinfo) -> None:
		self._terms = terms
		self._zone = zone
		self._ledger = MemoryLedger()
		self._in_no_ledger: dict[Work, Settled] = {}
		self._of_customer: defaultdict[str, list[Contract]] = defaultdict(list)
		for contract in terms.contracts:
			self._of_customer[contract.customer].append(contract)

	def book(self, ticket: MemoryTicket, row: Row) -> Refusal | None:
		"""Settle the work of a row, which is of this ticket; None: it is booked."""
		said = row.step.facts
		contract = self._contract_of(ticket, row.at)
		work = Work(
			ticket.kind,
			said.activity,
			Role(said.role) if said.role else Role.HELPDESK,
			Place(said.place) if said.place else Place.REMOTE,
			int(said.minutes),
			contract is not None,
		)
		outcome = self._in_no_ledger.get(work) or self._settle(work, ticket, row, contract)
		name = contract.name if contract else ""
		ticket.add_work(Worked(row.at, row.line, work.minutes, name, outcome))
		return outcome if isinstance(outcome, Refusal) else None

	def _settle(
		self, work: Work, ticket: MemoryTicket, row: Row, contract: Contract | None
	) -> Settled | Refusal:
		"""Settle work, and remember how, if nothing but the work decides that."""
		job = Job(row.at, work, ticket.name, str(row.line), contract)
		outcome = settle_work(self._ledger, job, self._terms.rules, self._terms.tariff, self._zone)
		if isinstance(outcome, Settled) and outcome.decision.settlement is not Settlement.STRIPPEN:
			self._in_no_ledger[work] = outcome
		return outcome

	def _contract_of(self, ticket: MemoryTicket, at: datetime) -> Contract | None:
		theirs = self._of_customer.get(ticket.customer)
		if not theirs:
			return None
		return contract_on(theirs, ticket.customer, ticket.product, at.astimezone(self._zone).date())

	def close(self, end: datetime) -> dict[str, list[Entry]]:
		"""The entries of each contract up to the end of the log."""
		for contract in self._terms.contracts:
			ledger.catch_up(self._ledger, contract, end, self._zone)
		names = (contract.name for contract in self._terms.contracts)
		return {name: [sealed.entry for sealed in self._ledger.entries[name]] for name in names}
