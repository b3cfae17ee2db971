// The ledger of a contract in the desk: what is left, grants and purchases by hand, and an entry that is taken back.
frappe.provide("crm_support_ext");

const LEDGER = "crm_support_ext.api.ledger.";

crm_support_ext.ledger_buttons = async function (frm) {
	const { message: may } = await frappe.call(`${LEDGER}standing`, { contract: frm.doc.name });
	if (!may) return;
	frm.dashboard.add_indicator(may.balance, "blue");
	const group = __("Strippen");
	if (may.may_add) {
		frm.add_custom_button(__("Grant"), () => ask_units(frm, "grant", __("Grant strippen"), true), group);
		frm.add_custom_button(__("Purchase"), () => ask_units(frm, "purchase", __("Book a purchase")), group);
	}
	if (may.may_correct.length) {
		const correct = () => crm_support_ext.correct_entry(frm.doc.name, null, () => frm.reload_doc());
		frm.add_custom_button(__("Correct an entry"), correct, group);
	}
};

function ask_units(frm, method, title, needs_reason = false) {
	const fields = [
		{
			fieldname: "units",
			fieldtype: "Float",
			precision: 2,
			label: __("Strippen"),
			reqd: 1,
			description: __("They last until the end of the contract year."),
		},
		{
			fieldname: "reason",
			fieldtype: "Small Text",
			label: __("Why"),
			reqd: needs_reason,
			description: __("It stands in the ledger, and the customer reads it."),
		},
	];
	const book = (values) => press(method, { contract: frm.doc.name, ...values }, () => frm.reload_doc());
	frappe.prompt(fields, book, title, __("Book"));
}

crm_support_ext.correct_entry = function (contract, number, done) {
	const dialog = new frappe.ui.Dialog({
		title: __("Correct an entry of {0}", [contract]),
		fields: [
			{
				fieldname: "number",
				fieldtype: "Int",
				label: __("Number of the entry"),
				reqd: 1,
				default: number,
				read_only: number ? 1 : 0,
				onchange: () => show_effect(dialog, contract),
			},
			{ fieldname: "effect", fieldtype: "HTML" },
			{
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Why"),
				reqd: 1,
				description: __("It stands in the ledger, and the customer reads it."),
			},
		],
		primary_action_label: __("Take it back"),
		primary_action: async ({ number, reason }) => {
			await press("correct", { contract, number, reason }, done);
			dialog.hide();
		},
	});
	dialog.show();
	if (number) show_effect(dialog, contract);
};

async function show_effect(dialog, contract) {
	const number = dialog.get_value("number");
	if (!number) return;
	const { message: effect } = await frappe.call(`${LEDGER}preview`, { contract, number });
	if (!effect || number !== dialog.get_value("number")) return;
	const look = effect.possible ? "" : "text-danger";
	dialog.fields_dict.effect.$wrapper.html($("<p>").addClass(look).text(effect.words));
	effect.possible ? dialog.enable_primary_action() : dialog.disable_primary_action();
}

async function press(method, args, done) {
	const { message: booked } = await frappe.call({ method: LEDGER + method, args, type: "POST", freeze: true });
	frappe.show_alert({ message: booked.balance, indicator: "green" });
	done();
}
