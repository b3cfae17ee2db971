"""The result as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay.answer import TIMED, Result, stays, time_in
from crm_support_ext.replay.figures import Figures, figures
from crm_support_ext.replay.moments import printer, seconds
from crm_support_ext.replay.words import WHY, columns, count, share, span
from crm_support_ext.store.memory import MemoryTicket


def tables(result: Result) -> str:
	"""What a manager asks first: statuses, times, who came back, what was refused."""
	counted = figures(result)
	if not counted.end or not counted.tickets:
		return "There is no ticket in the log."
	head = f"{count(counted.tickets, 'ticket', 'tickets')} up to {printer(result.zone)(counted.end)}"
	return "\n\n".join([head, _statuses(counted), _times(counted), _facts(counted), *_refusals(counted)])


def _statuses(counted: Figures) -> str:
	return columns(
		("status", "tickets", "share"),
		[
			(status.value, f"{counted.statuses[status]:,}", share(counted.statuses[status], counted.tickets))
			for status in Status
		],
	)


def _times(counted: Figures) -> str:
	return columns(
		("time in", "tickets", "median", "in all"),
		[
			(
				status.value,
				f"{len(counted.spent[status]):,}",
				span(counted.median(status)),
				span(counted.total(status)),
			)
			for status in TIMED
		],
	)


def _facts(counted: Figures) -> str:
	return columns(
		("what happened", "times"),
		[
			("resolved", f"{counted.resolutions:,}"),
			("reopened before it closed", f"{counted.reopened:,}"),
			("came back after it closed", f"{counted.threads_back:,}"),
			("follow-ups made", f"{len(counted.follow_ups):,}"),
			("satisfaction requests", f"{counted.surveys:,}"),
			("events refused", f"{counted.refused.total() if counted.refused else 0:,}"),
		],
	)


def _refusals(counted: Figures) -> Iterator[str]:
	if counted.refused:
		yield columns(
			("refused", "in", "times", "why"),
			[
				(event, status.value, f"{times:,}", WHY[code])
				for (event, code, status), times in counted.refused.most_common()
			],
		)


def receipt(result: Result, ticket: MemoryTicket) -> str:
	"""The intervals that a ticket spent in each status; they add up to its ``seconds_in``."""
	assert result.end is not None  # there is no ticket without a row
	show = printer(result.zone)
	intervals = [
		(show(stay.start), show(stay.end), stay.status.value, _exact(stay.end - stay.start), stay.cause)
		for stay in stays(ticket, result.end)
	]
	sums = [
		(status.value, _exact(spent), f"{seconds(spent):,}")
		for status, spent in time_in(ticket, result.end).items()
	]
	return "\n\n".join(
		[
			f"{ticket.name}: {ticket.status.value}",
			columns(("from", "to", "status", "seconds", "since it was"), intervals),
			columns(("status", "sum", "seconds_in"), sums),
		]
	)


def _exact(time: timedelta) -> str:
	"""Seconds with the fraction that a log may have, so that the sum can be checked."""
	whole, rest = divmod(time, timedelta(seconds=1))
	return f"{whole:,}" + (f".{rest.microseconds:06}".rstrip("0") if rest else "")
