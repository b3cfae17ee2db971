// A quotation in the desk: a draft is sent from here, one that was sent stays as it is.
frappe.ui.form.on("Support Quotation", {
	onload(frm) {
		if (frm.is_new() && !frm.doc.valid_until) {
			frm.set_value("valid_until", frappe.datetime.add_days(frappe.datetime.get_today(), 30));
		}
	},
	refresh(frm) {
		const press = (method) =>
			frappe
				.xcall(`crm_support_ext.api.quotation.${method}`, { name: frm.doc.name })
				.then(() => frm.reload_doc());
		if (frm.doc.ticket) {
			const ticket = `/helpdesk/tickets/${encodeURIComponent(frm.doc.ticket)}`;
			frm.add_custom_button(__("Open the ticket"), () => window.open(ticket, "_blank", "noopener"));
			frm.trigger("ask_whom");
		}
		if (frm.is_new()) return;
		if (frm.doc.state !== "Draft") frm.disable_form();
		if (!frm.perm[0]?.write) return;
		if (frm.doc.state === "Draft") {
			frm.add_custom_button(__("Send"), () => press("send")).addClass("btn-primary");
		}
		if (["Draft", "Sent"].includes(frm.doc.state)) {
			frm.add_custom_button(__("Withdraw the quotation"), () =>
				frappe.confirm(__("Withdraw the quotation"), () => press("withdraw")),
			);
		}
	},
	ticket(frm) {
		if (frm.doc.ticket) frm.trigger("ask_whom");
	},
	// only who may order for the ticket's customer can be asked
	ask_whom(frm) {
		frappe
			.xcall("crm_support_ext.api.quotation.orderers", { ticket: frm.doc.ticket })
			.then((people) => {
				const names = people.map((one) => one.contact);
				frm.set_query("sent_to", () => ({ filters: { name: ["in", names] } }));
				if (frm.is_new() && !names.includes(frm.doc.sent_to)) frm.set_value("sent_to", names[0] || null);
			});
	},
});
