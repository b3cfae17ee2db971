// A contract in a list: its state, and whether it is about to expire.
frappe.listview_settings["Maintenance Contract"] = {
	add_fields: ["state", "end", "notice_days", "renews"],
	get_indicator(doc) {
		const colours = { Draft: "gray", Active: "green", Suspended: "yellow", Expired: "red", Ended: "darkgrey" };
		const filter = `state,=,${doc.state}`;
		const days = frappe.datetime.get_day_diff(doc.end, frappe.datetime.get_today());
		if (doc.state === "Active" && !doc.renews && days <= doc.notice_days) {
			return [__("Expires in {0} days", [Math.max(days, 0)]), "orange", filter];
		}
		return [__(doc.state), colours[doc.state], filter];
	},
};
