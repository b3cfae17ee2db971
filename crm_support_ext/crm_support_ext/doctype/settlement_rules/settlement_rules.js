// The table of settlement: before it is saved, it can be tried on the last year's work.
frappe.ui.form.on("Settlement Rules", {
	refresh(frm) {
		frm.add_custom_button(__("What would change"), () => show(frm));
	},
});

async function show(frm) {
	const { message: answer } = await frappe.call({
		method: "crm_support_ext.api.work.what_would_change",
		args: { doc: frm.doc },
		freeze: true,
		freeze_message: __("Looking at the last year's work"),
	});
	if (!answer) return;
	const dialog = new frappe.ui.Dialog({ title: __("What would change"), size: "extra-large" });
	const said = __("{0} of the {1} pieces of work of the last year would be settled otherwise.", [
		answer.changed,
		answer.looked_at,
	]);
	dialog.$body.append(`<p>${text(said)}</p>`, sums(answer));
	if (answer.logs.length) {
		const which = __("The latest {0} of them:", [answer.logs.length]);
		dialog.$body.append(`<p>${text(which)}</p>`, list(answer));
	}
	dialog.show();
}

const text = (words) => frappe.utils.escape_html(String(words));
const row = (cells, tag = "td") => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
const table = (head, rows) =>
	`<div class="table-responsive"><table class="table table-bordered"><thead>${row(head.map(text), "th")}</thead><tbody>${rows.join("")}</tbody></table></div>`;

function sums({ settlements }) {
	const head = [
		__("Settled as"),
		__("Work now"),
		__("then"),
		__("Minutes now"),
		__("then"),
		__("Strippen now"),
		__("then"),
	];
	const rows = settlements.map(({ settlement, now, then }) =>
		row([settlement, now.pieces, then.pieces, now.minutes, then.minutes, now.strippen, then.strippen].map(text)),
	);
	return table(head, rows);
}

function list({ logs }) {
	const link = (route, name, label) =>
		`<a href="${route}/${encodeURIComponent(name)}" target="_blank">${text(label)}</a>`;
	const settled = (way, strippen) => text(Number(strippen) ? `${way}, ${strippen}` : way);
	const rows = logs.map((log) =>
		row([
			link("/app/ticket-work-log", log.log, frappe.datetime.str_to_user(log.start)),
			link("/helpdesk/tickets", log.ticket, `#${log.ticket}`),
			text(log.minutes),
			settled(log.now, log.now_strippen),
			settled(log.then, log.then_strippen),
			text(log.rule),
		]),
	);
	return table([__("Work"), __("Ticket"), __("Minutes"), __("Settled as"), __("then"), __("Why")], rows);
}
