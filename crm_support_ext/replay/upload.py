"""Play a log into a real site over its REST API: the way to bring an old desk's history in.

The events go in order of time, in batches. The site books each row of a log once, however often it is sent,
so an upload can be stopped and started again.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from html import unescape
from itertools import islice
from typing import Any

import requests

from crm_support_ext.domain.lifecycle import Event, Timing
from crm_support_ext.replay.columns import Facts
from crm_support_ext.replay.engine import Engine
from crm_support_ext.replay.log import Row
from crm_support_ext.replay.mapping import DROP
from crm_support_ext.replay.moments import UTC

BATCH = 200
"""Events in one call: a second or two of a site's work."""

_API = "/api/method/crm_support_ext.api.history."
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_BUSY = {429, 502, 503, 504}
_TIMEOUT = 300
_TAG = re.compile(r"<[^>]*>")


class NoConnection(Exception):
	"""The site could not be reached, also after a few tries."""


class SiteError(Exception):
	"""The site said no; the message is what it said."""


@dataclass
class Tally:
	"""What the site made of the rows that were sent."""

	played: int = 0
	skipped: int = 0
	refused: list[Any] = field(default_factory=list)

	def add(self, answer: dict[str, Any]) -> None:
		"""Count the answer to one call."""
		self.played += int(answer.get("played", 0))
		self.skipped += int(answer.get("skipped", 0))
		self.refused += answer.get("refused", [])


class Site:
	"""A site's import methods. ``pause`` is how to wait before another try."""

	def __init__(self, url: str, key: str, secret: str, pause: Callable[[float], None] = time.sleep) -> None:
		self._url = url.rstrip("/") + _API
		self._pause = pause
		self._session = requests.Session()
		self._session.headers["Authorization"] = f"token {key}:{secret}"
		self._session.headers["Accept"] = "application/json"

	def call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
		"""Call a method and give its answer; raises ``NoConnection`` or ``SiteError``."""
		response = self._post(method, body)
		if not response.ok:
			raise SiteError(_said(response))
		try:
			message = response.json()["message"]
		except (ValueError, KeyError, TypeError) as error:
			raise SiteError(f"the answer of {self._url} is not that of a site with this app") from error
		return message if isinstance(message, dict) else {}

	def _post(self, method: str, body: dict[str, Any]) -> requests.Response:
		for pause in (*_PAUSES, None):
			try:
				response = self._session.post(self._url + method, json=body, timeout=_TIMEOUT)
				if response.status_code not in _BUSY or pause is None:
					return response
			except (requests.ConnectionError, requests.Timeout) as error:
				if pause is None:
					raise NoConnection(f"{self._url} cannot be reached ({error})") from error
			except requests.RequestException as error:
				raise NoConnection(f"{self._url} cannot be called ({error})") from error
			self._pause(pause)
		raise AssertionError("the last try answers or raises")


def upload(
	site: Site,
	log: str,
	rows: list[Row],
	end: datetime,
	timing: Timing,
	tell: Callable[[int], None],
	zone: tzinfo = UTC,
) -> Tally:
	"""Send the rows up to the end and let the site's timers fire by then; ``tell`` hears how many rows are sent.

	``zone`` is the log's own: a time that was agreed goes with its offset.
	"""
	tally, sent = Tally(), 0
	common = {"log": log, "timing": asdict(timing)}
	events = _events(rows, end, Engine(timing, zone))
	while batch := list(islice(events, BATCH)):
		tally.add(site.call("book", {**common, "events": batch}))
		sent += len(batch)
		tell(sent)
	site.call("finish", {**common, "until": end.isoformat()})
	return tally


def first_tickets(rows: Iterable[Row], limit: int | None) -> list[Row]:
	"""The rows of the first tickets in order of time; what happens to parked items belongs to all."""
	tickets: set[str] = set()
	chosen = []
	for row in rows:
		if row.ticket and row.ticket not in tickets and (limit is None or len(tickets) < limit):
			tickets.add(row.ticket)
		if not row.ticket or row.ticket in tickets:
			chosen.append(row)
	return chosen


def _events(rows: Iterable[Row], end: datetime, engine: Engine) -> Iterator[dict[str, Any]]:
	"""The rows as the site takes them. What a row means may hang on its ticket's status: a replay alongside tells.

	Work that the map assumes is no history, and stays here.
	"""
	for row in rows:
		if row.at > end:
			return
		event = engine.book(row)
		if event != DROP and not row.is_assumed:
			said = row.step.facts
			if event == Event.AGREED.value:
				said = said._replace(date=engine.read_date(said.date).isoformat())
			facts = zip(Facts._fields, said, strict=True)
			yield {
				"row": row.line,
				"ticket": row.ticket,
				"at": row.at.isoformat(),
				"event": event,
				**{column: value for column, value in facts if value},
			}


def _said(response: requests.Response) -> str:
	"""The sentence in which a site says what was wrong."""
	try:
		answer = response.json()
		messages = [
			json.loads(message)["message"] for message in json.loads(answer.get("_server_messages", "[]"))
		]
	except (ValueError, KeyError, TypeError, AttributeError):
		answer, messages = {}, []
	said = (
		" ".join(messages) or (answer.get("exception") if isinstance(answer, dict) else "") or response.reason
	)
	words = unescape(_TAG.sub("", str(said))).split()
	return f"{response.url} answered {response.status_code}: {' '.join(words)}"
