"""What the app adds to ``bench``."""

from __future__ import annotations

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("crm-support-demo")
@pass_context
def crm_support_demo(context: object) -> None:
	"""Fill a site with customers, agents and a ticket in each status, and say what to open."""
	from crm_support_ext.setup.demo import create

	frappe.init(get_site(context))
	frappe.connect()
	try:
		for line in create():
			click.echo(line)
		frappe.db.commit()
	finally:
		frappe.destroy()


commands = [crm_support_demo]
