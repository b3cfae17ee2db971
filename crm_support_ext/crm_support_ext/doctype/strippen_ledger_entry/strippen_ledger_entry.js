// An entry of a ledger: it stays as it is; who may take it back does so by a new entry.
frappe.ui.form.on("Strippen Ledger Entry", {
	async refresh(frm) {
		frm.disable_save();
		if (frm.is_new()) return;
		frm.add_custom_button(frm.doc.contract, () => frappe.set_route("Form", "Maintenance Contract", frm.doc.contract));
		const { message: may } = await frappe.call("crm_support_ext.api.ledger.standing", { contract: frm.doc.contract });
		if (!may || !may.may_correct.includes(frm.doc.kind)) return;
		await frappe.require("/assets/crm_support_ext/js/contract_ledger.js");
		const back = () => frappe.set_route("List", "Strippen Ledger Entry", { contract: frm.doc.contract });
		const correct = () => crm_support_ext.correct_entry(frm.doc.contract, frm.doc.number, back);
		frm.add_custom_button(__("Correct"), correct);
	},
});
