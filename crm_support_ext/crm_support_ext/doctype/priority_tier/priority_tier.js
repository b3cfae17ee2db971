// A tier: a change that moves the due times of running tickets asks first.
frappe.ui.form.on("Priority Tier", {
	async before_save(frm) {
		await frappe.require("/assets/crm_support_ext/js/confirm_recount.js");
		await crm_support_ext.confirm_recount(frm);
	},
});
