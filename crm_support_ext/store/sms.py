"""SMS through the framework's SMS Settings: a call to a gateway that nothing takes back."""

from __future__ import annotations

import frappe
from frappe.core.doctype.sms_settings.sms_settings import create_sms_log, send_sms, validate_receiver_nos
from requests import RequestException

from crm_support_ext.store.contention import is_undone, patiently


class NotSent(Exception):
	"""The gateway did not take the message; says why, without the address and the keys in it."""


def is_set_up() -> bool:
	"""Whether the site has a gateway."""
	gateway = frappe.db.get_single_value("SMS Settings", "sms_gateway_url")
	return bool(gateway or frappe.get_hooks("send_sms"))


def send(number: str, text: str) -> None:
	"""Send one message and log it; NotSent if it did not go out.

	The caller commits what it has before: a log that is undone is written again, in a new transaction.
	"""
	try:
		send_sms([number], text, success_msg=False)
	except RequestException as error:
		said = error.response.status_code if error.response is not None else ""
		raise NotSent(f"{type(error).__name__} {said}".strip()) from None
	except Exception as error:
		can_log = frappe.db.exists("DocType", "SMS Log")  # a site on Frappe 15 has none
		if not _went_out(error, can_log):
			raise
		if can_log:
			numbers = validate_receiver_nos([number])
			message = {"message": text.encode(), "receiver_list": numbers}
			patiently(lambda: create_sms_log(message, numbers))


def _went_out(error: Exception, can_log: object) -> bool:
	"""Whether what failed is the log, which the framework writes when the gateway has taken the message.

	Of a sender of another app (hook ``send_sms``) we know neither when it writes nor what, so that has not.
	"""
	is_of_log = is_undone(error) if can_log else isinstance(error, frappe.DoesNotExistError)
	return is_of_log and not frappe.get_hooks("send_sms")
