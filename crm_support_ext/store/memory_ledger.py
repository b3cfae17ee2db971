"""The ledgers of strippen in memory: for the replay, and for tests of the use cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from crm_support_ext.domain.chain import GENESIS, Sealed
from crm_support_ext.domain.strippen import Account, Entry, account_after
from crm_support_ext.services.ports import Head


class MemoryLedger:
	"""The entries of each contract, and where each ledger stands."""

	def __init__(self) -> None:
		self.entries: defaultdict[str, list[Sealed]] = defaultdict(list)
		self._heads: dict[str, Head] = {}
		self._of_work_log: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
		self._reversals: dict[tuple[str, int], Entry] = {}

	def head(self, contract: str) -> Head:
		return self._heads.get(contract) or Head(Account(contract), GENESIS)

	def append(self, contract: str, lines: Sequence[Sealed]) -> None:
		account = account_after(self.head(contract).account, (line.entry for line in lines))
		self._heads[contract] = Head(account, lines[-1].hash)
		self.entries[contract].extend(lines)
		for line in lines:
			self._index(contract, line.entry)

	def _index(self, contract: str, entry: Entry) -> None:
		if entry.work_log:
			self._of_work_log[contract, entry.work_log].append(entry)
		if entry.reverses is not None:
			self._reversals[contract, entry.reverses] = entry

	def entry(self, contract: str, number: int) -> Entry | None:
		entries = self.entries[contract]
		return entries[number - 1].entry if 0 < number <= len(entries) else None

	def entries_of(self, contract: str, work_log: str) -> Sequence[Entry]:
		return self._of_work_log[contract, work_log]

	def reversal_of(self, contract: str, number: int) -> Entry | None:
		return self._reversals.get((contract, number))
