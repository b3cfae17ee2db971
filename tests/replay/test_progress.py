"""The bar is there when somebody sits at a terminal and the log is long, and leaves no trace."""

from __future__ import annotations

import pytest

from crm_support_ext.replay import progress


@pytest.mark.parametrize(
	("at_terminal", "rows", "is_shown"), [(True, 30, True), (False, 30, False), (True, 9, False)]
)
def test_when_the_bar_is_shown(monkeypatch, capsys, at_terminal: bool, rows: int, is_shown: bool) -> None:
	monkeypatch.setattr(progress, "LONG", 10)
	monkeypatch.setattr(progress, "_STEP", 10)
	monkeypatch.setattr("sys.stderr.isatty", lambda: at_terminal)
	assert list(progress.watched(range(rows))) == list(range(rows))
	said = capsys.readouterr().err
	assert (" 33%" in said and said.endswith("\r\033[K")) is is_shown
	assert bool(said) is is_shown


def test_a_log_that_ends_early_leaves_no_bar(monkeypatch, capsys) -> None:
	monkeypatch.setattr(progress, "LONG", 10)
	monkeypatch.setattr("sys.stderr.isatty", lambda: True)
	watched = progress.watched(range(30))
	next(watched)
	watched.close()  # type: ignore[attr-defined]
	assert capsys.readouterr().err.endswith("\r\033[K")
