frappe.query_reports["Targets Kept"] = {
	filters: [
		{
			fieldname: "by",
			label: __("Per"),
			fieldtype: "Select",
			options: [
				{ value: "tier", label: __("Tier") },
				{ value: "customer", label: __("Customer") },
				{ value: "team", label: __("Team") },
				{ value: "month", label: __("Month") },
			],
			default: "tier",
			reqd: 1,
		},
		{
			fieldname: "from_date",
			label: __("From date"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -3),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To date"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{ fieldname: "tier", label: __("Tier"), fieldtype: "Link", options: "Priority Tier" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "HD Customer" },
	],
};
