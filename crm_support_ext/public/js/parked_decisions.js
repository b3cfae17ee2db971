// Deciding on a parked item, on the board and on the item's own form: the dialog, and what is asked before it is saved.
frappe.provide("crm_support_ext.parked");

crm_support_ext.parked.BOARD = "crm_support_ext.api.board.";

// The name of a release without that of its product.
crm_support_ext.parked.version = (product, release) =>
	release && release.startsWith(`${product} `) ? release.slice(product.length + 1) : release || "";

// What an item has cost, in a line.
crm_support_ext.parked.cost = ({ minutes, strippen }) => {
	const hours = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
	const said = minutes ? [__("{0} h", [hours])] : [];
	if (Number(strippen)) said.push(__("{0} strippen", [strippen]));
	return said.join(", ");
};

// Plan an item for a release: at once if it is in the order of the rank, else after the reason was given. `done` is
// called with the new state, or with nothing if the dialog is left and nothing was saved.
crm_support_ext.parked.plan = async function (item, release, done) {
	try {
		const asked = { item: item.name, decision: "Plan", release };
		const { message: needs } = await frappe.call(`${crm_support_ext.parked.BOARD}needs`, asked);
		if (needs.reason) crm_support_ext.parked.ask(item, "Plan", { release, releases: [release], done });
		else await save(asked, done);
	} catch {
		done(null); // the framework has said why
	}
};

// The dialog of a decision. `releases` are those that the item can be planned for.
crm_support_ext.parked.ask = function (item, decision, { releases, release, done }) {
	const words = texts()[decision];
	let saved = null;
	const dialog = new frappe.ui.Dialog({
		title: `${words.title}: ${frappe.utils.escape_html(item.title)}`,
		fields: [...fields_of(decision, item, releases, release, () => look(dialog, item, decision))],
		primary_action_label: words.title,
		primary_action: async (values) => {
			delete values.words;
			await save({ item: item.name, decision, ...values }, (state) => {
				saved = state;
				dialog.hide();
			});
		},
		onhide: () => done(saved),
	});
	const first = dialog.get_field(decision === "Plan" ? "release" : "reason");
	dialog.$wrapper.one("shown.bs.modal", () => first.set_focus());
	dialog.show();
	look(dialog, item, decision);
	return dialog;
};

function* fields_of(decision, { product }, releases, release, onchange) {
	const version = crm_support_ext.parked.version;
	if (decision === "Plan") {
		const options = releases.map((value) => ({ value, label: version(product, value) }));
		const chosen = release || releases[0];
		yield { fieldname: "release", fieldtype: "Select", label: __("Release"), options, default: chosen, reqd: 1, onchange };
	}
	if (decision === "Defer") {
		const month = frappe.datetime.add_months(frappe.datetime.get_today(), 1);
		yield { fieldname: "until", fieldtype: "Date", label: __("Until"), default: month, reqd: 1, onchange };
	}
	yield { fieldname: "words", fieldtype: "HTML" };
	const description = decision === "Decline" ? __("The customers who wait for it read this.") : "";
	const reqd = decision === "Decline" ? 1 : 0;
	yield { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), description, reqd };
}

// Whether what is filled in so far needs a reason, and why, said before anything is saved.
async function look(dialog, item, decision) {
	const { release, until } = dialog.get_values(true) || {};
	if (decision === "Decline" || (decision === "Plan" && !release) || (decision === "Defer" && !until)) return;
	const args = { item: item.name, decision, release, until };
	const { message: needs } = await frappe.call(`${crm_support_ext.parked.BOARD}needs`, args);
	dialog.set_df_property("reason", "reqd", needs.reason ? 1 : 0);
	const said = $("<p class='parked-against'>").toggleClass("text-danger", needs.reason).text(needs.words);
	dialog.fields_dict.words.$wrapper.empty().append(needs.words ? said : "");
}

async function save(args, done) {
	const method = `${crm_support_ext.parked.BOARD}decide`;
	const { message: answer } = await frappe.call({ method, args, type: "POST", freeze: true });
	frappe.show_alert({ message: texts()[args.decision].saved, indicator: "green" });
	done(answer.state);
}

function texts() {
	return {
		Plan: { title: __("Plan"), saved: __("Planned") },
		Defer: { title: __("Defer"), saved: __("Deferred") },
		Decline: { title: __("Decline"), saved: __("Declined") },
		"Take back": { title: __("Take back"), saved: __("Back in the order") },
	};
}

crm_support_ext.parked.label = (decision) => texts()[decision].title;
