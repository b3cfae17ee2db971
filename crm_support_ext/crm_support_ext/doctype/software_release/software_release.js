// A release in the desk: it goes out by a button that says first who will hear what, and its progress is shown.
const CALL_RELEASE = "crm_support_ext.api.release.";
const ASKED_EVERY = 3000;

frappe.ui.form.on("Software Release", {
	setup(frm) {
		frm.set_query("update_of", () => ({ filters: { product: frm.doc.product, update_of: ["is", "not set"] } }));
	},

	refresh(frm) {
		clearTimeout(frm.cse_timer);
		frm.dashboard.clear_headline();
		if (frm.is_new()) return;
		if (frm.doc.state !== "Planned") {
			["update_of", "date", "capacity_days"].forEach((field) => frm.set_df_property(field, "read_only", 1));
			show_progress(frm);
		}
		if (!frm.perm[0]?.write) return;
		const moves = {
			Planned: [__("Release"), () => ask_first(frm)],
			"Going out": [__("Stop"), () => move(frm, "stop")],
			Stopped: [__("Go on"), () => move(frm, "go_on")],
		};
		const [label, press] = moves[frm.doc.state] || [];
		if (label) frm.add_custom_button(label, press).addClass("btn-primary");
	},
});

async function ask_first(frm) {
	const { items, answers } = await ask(frm, "preview");
	const safe = frappe.utils.escape_html;
	const words = __(
		"{0} goes out with all that is planned for it (items: {1}). Who waits is told now, by mail; it cannot be taken back.",
		[safe(frm.doc.name), items],
	);
	const rows = answers.map(
		(row) => `<tr><td>${row.tickets}</td><td>${row.customers}</td><td>${safe(row.words)}</td></tr>`,
	);
	const head = `<tr><th>${__("Tickets")}</th><th>${__("Customers")}</th><th></th></tr>`;
	const told = rows.length
		? `<table class="table table-sm">${head}${rows.join("")}</table>`
		: `<p>${__("Nobody waits for it.")}</p>`;
	frappe.confirm(`<p>${words}</p>${told}`, () => move(frm, "go_out"));
}

async function move(frm, method) {
	await frappe.call({ method: CALL_RELEASE + method, args: { release: frm.doc.name }, freeze: true });
	frm.reload_doc();
}

async function show_progress(frm) {
	const name = frm.doc.name;
	const { state, done, left, failed } = await ask(frm, "progress");
	if (frm.doc.name !== name) return;
	if (state !== frm.doc.state) return frm.reload_doc();
	const parts = [__("{0} of {1} tickets are answered.", [done, done + left])];
	if (failed) parts.push(__("{0} could not be; Ticket Parking says why.", [failed]));
	if (state === "Stopped") parts.push(__("It was stopped."));
	frm.dashboard.clear_headline();
	frm.dashboard.set_headline(parts.join(" "), failed ? "orange" : state === "Out" ? "green" : "blue");
	if (state !== "Going out") return;
	const again = () => frappe.get_route_str() === `Form/Software Release/${name}` && show_progress(frm);
	frm.cse_timer = setTimeout(again, ASKED_EVERY);
}

function ask(frm, method) {
	return frappe.xcall(CALL_RELEASE + method, { release: frm.doc.name });
}
