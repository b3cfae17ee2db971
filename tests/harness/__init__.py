"""What the site tests need around them, owned by this checkout and kept in `build/bench`.

A bench on the machine lends its apps (Frappe, Telephony, Helpdesk) and their Python packages and is never written to. The
checkout brings everything else: a database server, two Redis, a sites directory with one site, a Python environment in
which this checkout is the app, and for the end-to-end tests a web server, a worker and a place where mail arrives.

While developing:

	python -m tests.harness up         start the database and Redis and leave them; runs become seconds shorter
	python -m tests.harness down       stop them
	python -m tests.harness env        print the shell lines that open this site's environment
	python -m tests.harness serve      the whole site on 127.0.0.1, to look at in a browser, until Ctrl-C
	python -m tests.harness frappe …   any Frappe command on the test site: migrate, console, mariadb …

The variables it listens to: BENCH (where a bench is, default ~/frappe-bench) and HARNESS_DIR (default build/bench; give
another to have a second site beside the first, for instance when two people share a checkout).
"""
