"""What the framework or the helpdesk is doing at this moment and does not tell its handlers.

A mail's headers and the fact that a merge is copying messages are known further up the stack and nowhere
else: there is no hook, flag or field for them (docs/adr/002). This module is the only one that looks there.
"""

from __future__ import annotations

import sys
from email.message import Message
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
	from frappe.email.receive import InboundMail


def mail_being_received() -> Message | None:
	"""The mail that the framework is filing as a Communication, headers and all; None outside of that."""
	inbound = inbound_mail()
	return inbound.mail if inbound else None


def mail_without_ticket() -> InboundMail | None:
	"""The mail for which the framework is making a ticket because it found none; None outside of that."""
	frame = _caller("_create_reference_document", "receive.py")
	return frame.f_locals["self"] if frame else None


def inbound_mail() -> InboundMail | None:
	"""The mail that is being filed, as the framework handles it; its ``flags`` last as long as it does."""
	frame = _caller("_build_communication_doc", "receive.py")
	return frame.f_locals["self"] if frame else None


def is_merging() -> bool:
	"""Whether the helpdesk is merging two tickets: what is inserted meanwhile are copies and its own notes."""
	return _caller("merge_ticket", "api.py") is not None


def _caller(function: str, file: str) -> FrameType | None:
	frame: FrameType | None = sys._getframe(1)
	while frame and not (frame.f_code.co_name == function and frame.f_code.co_filename.endswith(file)):
		frame = frame.f_back
	return frame
