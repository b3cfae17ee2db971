"""The result as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from crm_support_ext.domain.business_calendar import Unit, Week, four_decimals, whole_seconds
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.receipts import receipt as clock_receipt
from crm_support_ext.domain.targets import Target
from crm_support_ext.replay.answer import TIMED, Result, closed_at, stays, time_in
from crm_support_ext.replay.figures import Figures, figures
from crm_support_ext.replay.moments import Printer, printer
from crm_support_ext.replay.parked_tables import parked_tables
from crm_support_ext.replay.usage import usage
from crm_support_ext.replay.words import WHY, columns, count, promised, share, span, working
from crm_support_ext.replay.work_tables import work_tables
from crm_support_ext.store.memory import MemoryTicket


def tables(result: Result) -> str:
	"""What a manager asks first: statuses, times, who came back, what work cost, what was refused."""
	counted = figures(result)
	if not counted.end or not counted.tickets:
		return "There is no ticket in the log."
	head = f"{count(counted.tickets, 'ticket', 'tickets')} up to {printer(result.zone)(counted.end)}"
	return "\n\n".join(
		[
			head,
			_statuses(counted),
			_times(counted),
			_targets(counted, result.policy.calendar.week),
			_responses(counted, result.policy.calendar.week),
			_facts(counted),
			*work_tables(usage(result), result.zone),
			*parked_tables(result),
			*_refusals(counted),
		]
	)


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


def _targets(counted: Figures, week: Week) -> str:
	return columns(
		("tier", "target", "kept", "share", "median used", "late by, median"),
		[
			(
				name,
				kept.target_in_words(week),
				f"{kept.met:,} of {kept.decided:,}",
				share(kept.met, kept.decided),
				_amount(kept.median_used, kept.unit),
				_amount(kept.median_late, kept.unit),
			)
			for name, kept in counted.tiers.items()
		],
	)


def _responses(counted: Figures, week: Week) -> str:
	return columns(
		("tier", "first response", "kept", "share"),
		[
			(
				name,
				promised(kept.tier.response, week),
				f"{kept.answered:,} of {kept.replies:,}",
				share(kept.answered, kept.replies),
			)
			for name, kept in counted.tiers.items()
		],
	)


def _amount(amount: Fraction | None, unit: Unit) -> str:
	return "-" if amount is None else working(amount, unit)


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
	"""The intervals that a ticket spent in each status, and those of its promise clock; each adds up to its figure."""
	return "\n\n".join(
		[f"{ticket.name}: {ticket.status.value}", *_stays(result, ticket), *_clock(result, ticket)]
	)


def _stays(result: Result, ticket: MemoryTicket) -> Iterator[str]:
	assert result.end is not None  # there is no ticket without a row
	show = printer(result.zone)
	intervals = [
		(show(stay.start), show(stay.end), stay.status.value, _exact(stay.end - stay.start), stay.cause)
		for stay in stays(ticket, result.end)
	]
	sums = [
		(status.value, _exact(spent), f"{whole_seconds(spent):,}")
		for status, spent in time_in(ticket, result.end).items()
	]
	yield columns(("from", "to", "status", "seconds", "since it was"), intervals)
	yield columns(("status", "sum", "seconds_in"), sums)


def _clock(result: Result, ticket: MemoryTicket) -> Iterator[str]:
	"""The promise clock; what it counted so far stands at each line, so that nothing is lost in rounding."""
	assert result.end is not None
	show, target = printer(result.zone), result.figures(ticket).target
	counted, days, lines = timedelta(), Fraction(), []
	end = closed_at(ticket) or result.end
	for line in clock_receipt(result.course(ticket), result.policy.calendar, end):
		counted, days = counted + line.counted, days + line.days
		lines.append(
			(
				show(line.start),
				show(line.end),
				line.why.value,
				_exact(line.counted),
				_exact(counted),
				four_decimals(days),
			)
		)
	yield _promise(result, ticket, target, show)
	if lines:
		yield columns(("from", "to", "promise clock", "seconds", "so far", "days so far"), lines)
	yield (
		f"total: {_exact(counted)} seconds, {four_decimals(days)} working days; "
		f"counted_seconds {whole_seconds(target.clock.counted)}, counted_days {four_decimals(target.clock.counted_days)}"
	)


def _promise(result: Result, ticket: MemoryTicket, target: Target, show: Printer) -> str:
	"""What was promised for a ticket, and what became of it, in one line."""
	if not ticket.tier:
		return "no tier, so no target"
	amount = promised(result.policy.tiers[ticket.tier].target, result.policy.calendar.week)
	due = f"due {show(target.due)}" if target.due else "no date agreed yet"
	stop = target.clock.stop
	stopped = f"stopped {show(stop.at)} by {stop.by.value}" if stop else "not stopped"
	met = {True: "kept", False: "missed", None: "open"}[target.met]
	return f"tier {ticket.tier}, target {amount}: {due}, {stopped}, {met}"


def _exact(time: timedelta) -> str:
	"""Seconds with the fraction that a log may have, so that the sum can be checked."""
	whole, rest = divmod(time, timedelta(seconds=1))
	return f"{whole:,}" + (f".{rest.microseconds:06}".rstrip("0") if rest else "")
