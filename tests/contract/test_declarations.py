"""What the app declares to the framework is true: every path leads somewhere, every doctype fits its controller."""

import ast
import json

import pytest

from tests.contract.declared import APP, HOOKS, doctypes, dotted_paths, find, hooks, source_of

DOC_HANDLERS = [
	(event, path)
	for events in hooks().get("doc_events", {}).values()
	for event, paths in events.items()
	for path in dotted_paths(paths)
]


@pytest.mark.parametrize("path", sorted(set(dotted_paths(hooks()))))
def test_every_path_in_hooks_leads_to_a_definition(path):
	assert find(path) is not None, f"hooks.py names {path}, which is not defined"


@pytest.mark.parametrize(("event", "path"), DOC_HANDLERS)
def test_a_handler_is_named_after_its_event_and_takes_what_the_framework_gives(event, path):
	handler = find(path)

	assert path.endswith(f".{event}")
	arguments = handler.args
	assert arguments.vararg or len(arguments.posonlyargs + arguments.args) >= 2


def test_hooks_is_short_and_imports_nothing():
	source = HOOKS.read_text()

	assert len(source.splitlines()) <= 150
	assert not [
		node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom))
	]


def test_every_patch_is_there():
	lines = (APP / "patches.txt").read_text().splitlines()
	patches = [line.split("#")[0].strip() for line in lines if not line.startswith("[")]

	for patch in filter(None, patches):
		assert find(f"{patch.split()[0]}.execute"), f"patches.txt names {patch}, which has no execute()"


def test_every_doctype_folder_has_a_doctype():
	folders = {
		path for path in (APP / "crm_support_ext" / "doctype").iterdir() if (path / "__init__.py").exists()
	}

	assert {path.parent for path in doctypes()} == folders


@pytest.mark.parametrize("path", doctypes(), ids=lambda path: path.stem)
def test_a_doctype_fits_its_controller(path):
	doctype = json.loads(path.read_text())
	controller = source_of(f"crm_support_ext.crm_support_ext.doctype.{path.stem}.{path.stem}")
	class_name = doctype["name"].replace(" ", "").replace("-", "")

	assert doctype["name"].lower().replace(" ", "_").replace("-", "_") == path.stem == path.parent.name
	assert doctype["doctype"] == "DocType"
	assert doctype["module"] == "CRM Support Ext"
	assert not doctype.get("custom")
	assert controller, f"{doctype['name']} has no controller"
	assert find(f"crm_support_ext.crm_support_ext.doctype.{path.stem}.{path.stem}.{class_name}")


@pytest.mark.parametrize("path", doctypes(), ids=lambda path: path.stem)
def test_the_fields_of_a_doctype_are_the_fields_in_its_order(path):
	doctype = json.loads(path.read_text())
	names = [field["fieldname"] for field in doctype["fields"]]

	assert len(names) == len(set(names))
	assert doctype.get("field_order", names) == names


def test_the_app_takes_part_in_its_own_life_cycle():
	assert {"after_install", "after_migrate", "before_uninstall"} <= hooks().keys()


def test_the_module_is_declared():
	assert (APP / "modules.txt").read_text().split("\n")[0] == "CRM Support Ext"
