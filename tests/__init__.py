"""The tests of the app and the harness that runs them (`make test`)."""
