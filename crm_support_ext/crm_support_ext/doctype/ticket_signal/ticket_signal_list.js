// Signals in a list: those that nobody has dealt with, unless somebody asks for others.
frappe.listview_settings["Ticket Signal"] = {
	add_fields: ["state"],
	filters: [["state", "=", "Open"]],
	get_indicator(doc) {
		const colours = { Watched: "gray", Open: "orange", Taken: "green", Dismissed: "darkgrey" };
		return [__(doc.state), colours[doc.state], `state,=,${doc.state}`];
	},
};
