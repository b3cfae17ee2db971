frappe.query_reports["Promises Kept"] = {
	filters: [
		{
			fieldname: "by",
			label: __("Per"),
			fieldtype: "Select",
			options: [
				{ value: "holder", label: __("Holder") },
				{ value: "customer", label: __("Customer") },
				{ value: "month", label: __("Month") },
			],
			default: "holder",
			reqd: 1,
		},
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.month_start(),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.month_end(),
			reqd: 1,
		},
		{ fieldname: "holder", label: __("Holder"), fieldtype: "Link", options: "User" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "HD Customer" },
	],
};
