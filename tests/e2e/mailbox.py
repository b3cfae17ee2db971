"""A mail server that keeps what it gets."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
	"""All mail that came in while it was open, oldest first."""

	def __init__(self, port: int) -> None:
		self.port = port
		self.messages: list[EmailMessage] = []
		self._arrival = threading.Condition()
		self._controller = Controller(self, hostname="127.0.0.1", port=port)

	def __enter__(self) -> Mailbox:
		self._controller.start()
		return self

	def __exit__(self, *_: object) -> None:
		self._controller.stop()

	async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
		"""Called by aiosmtpd for each mail; who it really went to is kept in the header X-Recipients."""
		message = email.message_from_bytes(envelope.content, policy=email.policy.default)
		message["X-Recipients"] = ", ".join(envelope.rcpt_tos)
		with self._arrival:
			self.messages.append(message)  # type: ignore[arg-type]
			self._arrival.notify_all()
		return "250 OK"

	def to(self, recipient: str) -> list[EmailMessage]:
		"""What this person got so far."""
		return [message for message in self.messages if recipient in message["X-Recipients"]]

	def wait_for(self, found: Callable[[EmailMessage], bool], seconds: float = 120) -> EmailMessage:
		"""The first mail that this holds for, as soon as it is there."""

		def first() -> EmailMessage | None:
			return next((message for message in self.messages if found(message)), None)

		with self._arrival:
			message = self._arrival.wait_for(first, seconds)
		assert message is not None, f"no such mail came in {seconds} s, but {len(self.messages)} others"
		return message
