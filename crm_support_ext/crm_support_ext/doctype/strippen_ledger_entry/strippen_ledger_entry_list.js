// The entries of a ledger: their moments are kept in UTC, and shown in the desk's time.
frappe.listview_settings["Strippen Ledger Entry"] = {
	formatters: {
		at: (moment_in_utc) => {
			const format = `${frappe.datetime.get_user_date_fmt().toUpperCase()} HH:mm`;
			return moment.utc(moment_in_utc).tz(frappe.boot.time_zone.system).format(format);
		},
	},
};
