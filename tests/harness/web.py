"""The test site's web server: Frappe's own application with its static files, on 127.0.0.1 alone.

Started by the harness in the sites directory. `frappe serve` is not used because it listens on every address.
"""

import sys

import frappe.app
from werkzeug.serving import run_simple

from tests.harness.bench import SITE

if __name__ == "__main__":
	frappe.app._site = SITE
	run_simple("127.0.0.1", int(sys.argv[1]), frappe.app.application_with_statics(), threaded=True)
