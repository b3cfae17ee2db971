// A work log: it can be read, and withdrawn with a reason.
frappe.ui.form.on("Ticket Work Log", {
	async refresh(frm) {
		frm.disable_save();
		const { message: label } = await frappe.call("crm_support_ext.api.work.withdrawal", { log: frm.doc.name });
		if (label) frm.add_custom_button(label, () => withdraw(frm, label));
	},
});

function withdraw(frm, label) {
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
		label,
		label,
	);
}
