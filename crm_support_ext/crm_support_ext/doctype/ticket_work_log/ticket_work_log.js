// A work log: it can be read, and withdrawn with a reason.
frappe.ui.form.on("Ticket Work Log", {
	async refresh(frm) {
		frm.disable_save();
		const { message: may } = await frappe.call("crm_support_ext.api.work.may_withdraw", { log: frm.doc.name });
		if (may) frm.add_custom_button(__("Withdraw"), () => withdraw(frm));
	},
});

function withdraw(frm) {
	frappe.prompt(
		{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
		async ({ reason }) => {
			await frappe.call({
				method: "crm_support_ext.api.work.withdraw",
				args: { log: frm.doc.name, reason },
				freeze: true,
			});
			await frm.reload_doc();
		},
		__("Withdraw this work"),
		__("Withdraw"),
	);
}
