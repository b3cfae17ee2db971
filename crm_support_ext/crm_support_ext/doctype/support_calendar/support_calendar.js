// A calendar: its time zone is chosen from a list, the coming public holidays are shown, and a change asks first.
frappe.ui.form.on("Support Calendar", {
	async refresh(frm) {
		const { message } = await frappe.call("frappe.core.doctype.user.user.get_timezones");
		frm.fields_dict.time_zone.set_data(message.timezones);
		show_holidays(frm);
	},
	country: (frm) => show_holidays(frm),
	subdivision: (frm) => show_holidays(frm),

	async before_save(frm) {
		await frappe.require("/assets/crm_support_ext/js/confirm_recount.js");
		await crm_support_ext.confirm_recount(frm);
	},
});

frappe.ui.form.on("Support Calendar Day", {
	kind: (frm) => show_holidays(frm),
	date: (frm) => show_holidays(frm),
	days_remove: (frm) => show_holidays(frm),
});

async function show_holidays(frm) {
	const place = frm.get_field("holidays").$wrapper.empty();
	if (!frm.doc.country) return;
	const { message: holidays } = await frappe.call("crm_support_ext.api.target.coming_holidays", {
		country: frm.doc.country,
		subdivision: frm.doc.subdivision || "",
	});
	const open = new Set((frm.doc.days || []).filter((day) => day.kind === "Open").map((day) => day.date));
	const rows = holidays.map(({ date, name }) => {
		const note = open.has(date) ? ` (${__("open all the same")})` : "";
		const day = frappe.datetime.str_to_user(date);
		return `<tr><td>${day}</td><td>${frappe.utils.escape_html(name)}${note}</td></tr>`;
	});
	const words = holidays.length
		? __("Closed in the coming year")
		: __("No public holidays are known for this country and region.");
	place.html(`<p class="text-muted small">${words}</p><table class="table table-sm small">${rows.join("")}</table>`);
}
