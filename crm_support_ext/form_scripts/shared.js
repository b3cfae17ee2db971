// What both ticket pages share: the buttons that the table allows now, and the words that some of them ask for.
// It stands at the head of each script; `done` hears what the server answered.
function lifeCycle({ doc, call, toast, $dialog }, done) {
	const api = "crm_support_ext.api.ticket.";
	let pressed = 0;

	async function act(action, text, close) {
		try {
			const answer = await call(api + "act", { ticket: doc.name, event: action.event, text });
			close();
			await done(answer);
		} catch (error) {
			toast.error(error.messages?.[0] || error.message);
		}
	}

	function press(action) {
		// the portal calls a plain button twice for one press
		if (Date.now() - pressed < 500) return;
		pressed = Date.now();
		if (!action.prompt) return act(action, "", () => {});
		const id = `cse-${action.event}`;
		$dialog({
			title: action.label,
			html: `<label for="${id}" class="text-p-sm text-ink-gray-7">${action.prompt}</label>
				<textarea id="${id}" rows="4" class="mt-2 w-full rounded border-outline-gray-2 text-base"></textarea>`,
			actions: [
				{
					label: action.label,
					variant: "solid",
					onClick: ({ close }) => {
						const text = document.getElementById(id).value.trim();
						if (action.needs_text && !text) return toast.error(action.prompt);
						return act(action, text, close);
					},
				},
			],
		});
	}

	return {
		possible: () => call(api + "actions", { ticket: doc.name }),
		button: (action) => ({ label: action.label, onClick: () => press(action) }),
	};
}
