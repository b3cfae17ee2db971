// A contract: who may order is chosen among the customer's contacts, and it is activated, ended and renewed by buttons.
const CALL = "crm_support_ext.api.contract.";

frappe.ui.form.on("Maintenance Contract", {
	setup(frm) {
		const of_customer = () => ({ query: `${CALL}contacts`, filters: { customer: frm.doc.customer } });
		frm.set_query("contact", "orderers", of_customer);
		frm.set_query("user", "contact_persons", () => ({ filters: { user_type: "System User", enabled: 1 } }));
	},

	async refresh(frm) {
		show_state(frm);
		if (frm.is_new()) return;
		const { message: moves } = await frappe.call(`${CALL}moves`, { contract: frm.doc.name });
		for (const state of moves) add_move(frm, state);
		const can_renew = ["Active", "Expired"].includes(frm.doc.state) && frm.perm[0].write;
		if (can_renew) frm.add_custom_button(__("Renew"), () => ask_renewal(frm));
		await frappe.require("/assets/crm_support_ext/js/contract_ledger.js");
		crm_support_ext.ledger_buttons(frm);
	},

	async before_save(frm) {
		if (frm.doc.state !== "Active" || !frm.is_dirty()) return;
		await frappe.require("/assets/crm_support_ext/js/confirm_recount.js");
		await crm_support_ext.confirm_recount(frm);
	},
});

function show_state(frm) {
	frm.dashboard.clear_headline();
	if (frm.is_new()) return;
	const days = frappe.datetime.get_day_diff(frm.doc.end, frappe.datetime.get_today());
	const date = frappe.datetime.str_to_user(frm.doc.end);
	if (frm.doc.state !== "Active" || days < 0 || days > frm.doc.notice_days) return;
	const words = frm.doc.renews
		? __("Its term ends on {0}, and it renews itself by {1} months.", [date, frm.doc.renew_months])
		: __("It ends on {0}, in {1} days, and does not renew itself.", [date, days]);
	frm.dashboard.set_headline(words, frm.doc.renews ? "blue" : "orange");
}

function add_move(frm, state) {
	const labels = {
		Active: frm.doc.state === "Suspended" ? __("Resume") : __("Activate"),
		Suspended: __("Suspend"),
		Ended: __("End"),
	};
	const button = frm.add_custom_button(labels[state], () => {
		if (state === "Ended") return ask_last_day(frm);
		if (frm.doc.state !== "Draft") return act(frm, "move", { state });
		const words = __("What it grants is booked at once; its customer and first day are fixed from then on.");
		frappe.confirm(words, () => act(frm, "move", { state }));
	});
	if (state === "Active") button.addClass("btn-primary");
}

function ask_last_day(frm) {
	const field = {
		fieldname: "last_day",
		fieldtype: "Date",
		label: __("Last day on which it counts"),
		default: frappe.datetime.get_today(),
		reqd: 1,
		description: __("Today or before. What was booked until then stays; an ended contract does not come back."),
	};
	frappe.prompt([field], (values) => act(frm, "move", { state: "Ended", ...values }), __("End"), __("End"));
}

function ask_renewal(frm) {
	const field = {
		fieldname: "months",
		fieldtype: "Int",
		label: __("By months"),
		default: frm.doc.renew_months || 12,
		reqd: 1,
		description: __("The next term begins on the day after {0}.", [frappe.datetime.str_to_user(frm.doc.end)]),
	};
	frappe.prompt([field], (values) => act(frm, "renew", values), __("Renew"), __("Renew"));
}

async function act(frm, method, args) {
	await frappe.call({ method: CALL + method, args: { contract: frm.doc.name, ...args }, freeze: true });
	frm.reload_doc();
}
