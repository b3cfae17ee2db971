"""Verify a statement of strippen that somebody downloaded: ``crm-support verify`` (docs/ledger.md)."""

from __future__ import annotations

from crm_support_ext.domain.statement_check import Checked, check
from crm_support_ext.replay.faults import BadInput, Fault
from crm_support_ext.replay.files import rows_of
from crm_support_ext.replay.words import count


def verify(path: str) -> Checked:
	"""What a statement says, if everything in it holds; what does not is raised as ``BadInput``."""
	checked, findings = check(rows_of(path, "a statement as it was downloaded"))
	if findings or checked is None:
		raise BadInput(Fault(path, line, *wrong) for line, wrong in findings)
	return checked


def in_words(checked: Checked) -> str:
	"""What is printed of a statement that holds."""
	return (
		f"{checked.contract}: {count(checked.entries, 'entry', 'entries')}, chain and balance hold.\n"
		f"Balance {checked.balance}, last hash {checked.hash}"
	)
