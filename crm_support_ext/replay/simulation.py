"""From a log and a policy to a result."""

from __future__ import annotations

from datetime import datetime

from crm_support_ext.replay.answer import Result
from crm_support_ext.replay.books import Books
from crm_support_ext.replay.collector import at_rest
from crm_support_ext.replay.engine import Engine
from crm_support_ext.replay.faults import BadInput, Fault, shown
from crm_support_ext.replay.log import Row, read_log
from crm_support_ext.replay.mapping import OURS, LogMap
from crm_support_ext.replay.moments import ISO, reader
from crm_support_ext.replay.policy import Policy
from crm_support_ext.replay.progress import watched


def replay(log: str, policy: Policy, log_map: LogMap = OURS, until: str | None = None) -> Result:
	"""Play a log by a policy. Bad input is raised as ``BadInput`` before anything is played."""
	with at_rest():
		return _replay(log, policy, log_map, until)


def _replay(log: str, policy: Policy, log_map: LogMap, until: str | None) -> Result:
	rows = read_log(log, policy.zone, log_map)
	end = end_of(rows, until, policy)
	books = Books(policy.terms, policy.zone)
	engine = Engine(policy.timing, log_map.zone or policy.zone, books)
	if end is None:
		return Result({}, None, policy)
	engine.run(watched(rows), end)
	return Result(engine.store.tickets, end, policy, books.close(end), engine.store.items)


def end_of(rows: list[Row], until: str | None, policy: Policy) -> datetime | None:
	"""When the log ends: at ``until``, or at its last row; None if it has no row."""
	asked = read_until(until, policy) if until else None
	return (asked or rows[-1].at) if rows else None


def read_until(until: str, policy: Policy) -> datetime:
	"""The moment that ``--until`` names; without an offset it is in the policy's zone."""
	try:
		return reader(policy.zone)(until)
	except (ValueError, OverflowError) as error:
		raise BadInput([Fault("--until", 1, f"the time is {shown(until)}", ISO)]) from error
