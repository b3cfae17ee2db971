"""What people are told when a target runs out, each in their own language: the mails, and the SMS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import format_datetime, get_fullname, get_url

from crm_support_ext.constants import TARGET_WARNING
from crm_support_ext.domain.warnings import ClockName, as_one_sms
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.warning_lines import WarningLine
from crm_support_ext.store.wording import speaking_to


def mail_digest(user: str, lines: Sequence[WarningLine]) -> None:
	"""Queue the one mail about all of these warnings."""
	lines = sorted(lines, key=_due)
	with speaking_to(user):
		if len(lines) > 1:
			subject = _("{0} targets are running out").format(len(lines))
		else:
			subject = _subject(lines[0])
		_mail(user, subject, _("What is due first comes first."), lines)


def mail_at_once(user: str, line: WarningLine, link: str) -> None:
	"""Queue the mail about a warning that cannot wait."""
	with speaking_to(user):
		_mail(user, _subject(line), _("Please say that you have seen this warning."), [line], link)


def mail_manager(user: str, line: WarningLine, link: str, told: Sequence[str], minutes: int) -> None:
	"""Queue the mail to a manager about a warning that nobody acknowledged."""
	names = ", ".join(get_fullname(other) for other in told)
	with speaking_to(user):
		words = _("{0} got this warning and did not acknowledge it within {1} minutes.").format(
			names, minutes
		)
		subject = _("Not acknowledged: {0}").format(_subject(line))
		_mail(user, subject, words, [line], link)


def sms_text(user: str, line: WarningLine, link: str, *, to_manager: bool) -> str:
	"""The warning as one SMS. It names no customer and no subject: it goes through strangers' hands."""
	with speaking_to(user):
		due = format_datetime(site_time(line.due), "d MMM HH:mm")
		facts = line.ticket, line.tier, line.used, _short(line.clock), due, link
		if to_manager:
			text = _("#{0} ({1}): {2} % used of {3}, due {4}. Not acknowledged: {5}")
		else:
			text = _("#{0} ({1}): {2} % used of {3}, due {4}. Seen it? {5}")
		return as_one_sms([text.format(*facts), f"#{line.ticket} {line.used} %: {link}", f"#{line.ticket}"])


def clock_label(clock: ClockName) -> str:
	"""What a clock counts."""
	return _("First response") if clock is ClockName.RESPONSE else _("Solution or workaround")


def _short(clock: ClockName) -> str:
	return _("first response") if clock is ClockName.RESPONSE else _("solution")


def _subject(line: WarningLine) -> str:
	if line.used >= 100:
		return _("Ticket #{0}: the time for the {1} is up").format(line.ticket, _short(line.clock))
	return _("Ticket #{0}: {1} % of the time for the {2} is used").format(
		line.ticket, line.used, _short(line.clock)
	)


def _mail(user: str, subject: str, words: str, lines: Sequence[WarningLine], link: str = "") -> None:
	frappe.sendmail(
		recipients=[frappe.db.get_value("User", user, "email")],
		subject=subject,
		template="target_warnings",
		args={
			"words": words,
			"headings": [_("Ticket"), _("Tier"), _("What is due"), _("When"), _("Used")],
			"lines": [_row(line) for line in lines],
			"link": link,
			"button": _("I have seen it"),
		},
		reference_doctype=TARGET_WARNING,
		reference_name=lines[0].warning,
		email_headers={"X-Auto-Generated": "cse-target-warning", "Auto-Submitted": "auto-generated"},
	)


def _row(line: WarningLine) -> dict[str, Any]:
	return {
		"ticket": line.ticket,
		"subject": line.subject,
		"url": get_url(f"/helpdesk/tickets/{line.ticket}"),
		"tier": _(line.tier),
		"clock": clock_label(line.clock),
		"due": _when(line.due),
		"used": line.used,
		"holder": "" if line.assignees else _("assigned to nobody"),
	}


def _when(at: datetime) -> str:
	return format_datetime(site_time(at), "EEE d MMM HH:mm")


def _due(line: WarningLine) -> datetime:
	return line.due
