// An escalation's own page: its mail with the party is the timeline.
frappe.ui.form.on("Ticket Escalation", {
	refresh(frm) {
		frm.disable_save(); // it is written by the buttons on the ticket
		const ticket = `/helpdesk/tickets/${encodeURIComponent(frm.doc.ticket)}`;
		frm.add_custom_button(__("Open the ticket"), () => window.open(ticket, "_blank", "noopener"));
		if (!frm.doc.email) return;
		frm.add_custom_button(__("Write to the party"), () => {
			new frappe.views.CommunicationComposer({
				doc: frm.doc,
				frm,
				recipients: frm.doc.email,
				subject: frm.doc.subject,
				attach_document_print: false,
			});
		}).addClass("btn-primary");
	},
});
