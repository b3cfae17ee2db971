"""Which escalation a mail belongs to: a party's words never reach the customer's thread.

Rule: domain.md section 3, mail with a party is its own thread on the escalation. A reply is known by its headers;
where a mail program drops them, by the code in the subject; and where that is gone too, by its sender. The code
is no ``#number``, which the helpdesk files on the ticket of that number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

PREFIX = "ESC-"
_CODE = re.compile(r"\bESC-[0-9A-F]{8}\b", re.IGNORECASE)
_ANSWERS = re.compile(
	r"^(\s*(re|fwd?|aw|wg|antw|antwoord|betr|doorst|sv|vs|vb|svar|tr|automatic reply|automatisch antwoord|autosvar)"
	r"(\[\d+\])?\s*:\s*)+",
	re.IGNORECASE,
)


@dataclass(frozen=True)
class Thread:
	"""An escalation as its mail knows it: the code, the ticket, the subject under which we wrote, and whether it is out."""

	code: str
	ticket: str
	subject: str = ""
	is_out: bool = True


class Letter(Protocol):
	"""What the rule asks of a received mail, each thing only if what came before left it open."""

	@property
	def answered(self) -> str | None:
		"""The escalation that the mail's headers lead to."""

	@property
	def named(self) -> str | None:
		"""The escalation whose code the subject bears, if there is one of that code."""

	@property
	def of_sender(self) -> Sequence[Thread]:
		"""The escalations to parties outside that have the sender's address, latest first."""

	@property
	def subject(self) -> str:
		"""The subject as it came."""

	@property
	def ticket(self) -> str | None:
		"""The ticket that the mail would be filed on."""

	@property
	def is_of_customer(self) -> bool:
		"""Whether that ticket is the sender's own."""


def escalation_of(letter: Letter) -> str | None:
	"""The code of the escalation that a mail belongs to; None: it is none of a party's.

	By headers, by the code, by sender and subject, by sender and ticket, and by sender alone if only one
	escalation to that sender is out: any other mail of a supplier makes its own ticket, as anybody's does.
	"""
	known = letter.answered or letter.named
	if known:
		return known
	threads = letter.of_sender
	out = [thread for thread in threads if thread.is_out]
	same = [thread for thread in out if is_same_subject(letter.subject, thread.subject)]
	if not threads or same:
		return same[0].code if same else None
	if letter.ticket is not None:
		if letter.is_of_customer:
			return None
		on_ticket = [thread for thread in threads if thread.ticket == letter.ticket]
		if on_ticket:
			return min(on_ticket, key=_is_back).code
	return out[0].code if len(out) == 1 else None


def _is_back(thread: Thread) -> bool:
	return not thread.is_out


def code_in(subject: str) -> str | None:
	"""The code that a subject bears, if it bears one."""
	found = _CODE.search(subject)
	return found.group().upper() if found else None


def subject_with(code: str, subject: str) -> str:
	"""The subject under which we write to a party: always with the code, and with it once."""
	return subject if code_in(subject) == code else f"[{code}] {_bare(subject)}".rstrip()


def is_same_subject(one: str, other: str) -> bool:
	"""Whether two subjects are the same but for codes and what mail programs put in front. Empty ones never are."""
	return bool(_bare(other)) and _bare(one).casefold() == _bare(other).casefold()


def _bare(subject: str) -> str:
	without_code = re.sub(r"[\[(]?#?ESC-[0-9A-F]{8}[\])]?", "", subject, flags=re.IGNORECASE)
	return " ".join(_ANSWERS.sub("", without_code.strip()).split())
