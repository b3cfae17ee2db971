"""SMS through the framework's SMS Settings: a call to a gateway that nothing takes back."""

from __future__ import annotations

import frappe
from frappe.core.doctype.sms_settings.sms_settings import send_sms
from requests import RequestException


class NotSent(Exception):
	"""The gateway did not take the message; says why, without the address and the keys in it."""


def is_set_up() -> bool:
	"""Whether the site has a gateway."""
	gateway = frappe.db.get_single_value("SMS Settings", "sms_gateway_url")
	return bool(gateway or frappe.get_hooks("send_sms"))


def send(number: str, text: str) -> None:
	"""Send one message; NotSent if it did not go out."""
	try:
		send_sms([number], text, success_msg=False)
	except RequestException as error:
		said = error.response.status_code if error.response is not None else ""
		raise NotSent(f"{type(error).__name__} {said}".strip()) from None
	except frappe.DoesNotExistError:
		if frappe.db.exists("DocType", "SMS Log"):
			raise
		# it went out; a site on Frappe 15 has nowhere to log it
