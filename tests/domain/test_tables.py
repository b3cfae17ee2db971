"""A rule written as a table is read by its columns."""

from crm_support_ext.domain.tables import cells, rows

TABLE = """
kind           goes to
user support   -
wish           project leader, account manager
"""


def test_two_blanks_part_the_columns_and_one_does_not():
	assert cells(TABLE)[0] == ["kind", "goes to"]
	assert rows(TABLE) == [["user support", "-"], ["wish", "project leader, account manager"]]
