// Before a calendar, a tier or a contract is saved: says what the change does to the running tickets, and asks.
frappe.provide("crm_support_ext");

crm_support_ext.confirm_recount = async function (frm) {
	if (frm.is_new()) return;
	const { message: moves } = await frappe.call({
		method: "crm_support_ext.api.target.preview",
		args: { doc: frm.doc },
		freeze: true,
		freeze_message: __("Looking at the running tickets"),
	});
	if (!moves) return void (frappe.validated = false);
	if (!moves.earlier && !moves.later && !moves.late) return;
	const words = [
		__("{0} of {1} running tickets get an earlier, {2} a later due time.", [
			moves.earlier,
			moves.running,
			moves.later,
		]),
		moves.late ? __("{0} would be late at once.", [moves.late]) : "",
	];
	const agreed = await new Promise((resolve) => {
		const answer = frappe.confirm(
			words.join(" "),
			() => resolve(true),
			() => resolve(false),
		);
		answer.set_title(__("Change the due times?"));
	});
	if (!agreed) frappe.validated = false;
};
