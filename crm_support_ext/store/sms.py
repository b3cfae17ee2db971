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
	"""Send one message; NotSent if it did not go out.

	The framework logs it where all workers take a number. Who is undone there for the sake of another has sent it all the
	same, so the log alone is written again, in a new transaction: the caller commits what it has before.
	"""
	try:
		send_sms([number], text, success_msg=False)
	except RequestException as error:
		said = error.response.status_code if error.response is not None else ""
		raise NotSent(f"{type(error).__name__} {said}".strip()) from None
	except frappe.DoesNotExistError:
		if frappe.db.exists("DocType", "SMS Log"):
			raise
		# it went out; a site on Frappe 15 has nowhere to log it
	except Exception as error:
		if not is_undone(error):
			raise
		numbers = validate_receiver_nos([number])
		message = {"message": text.encode(), "receiver_list": numbers}
		patiently(lambda: create_sms_log(message, numbers))
