// The dialog of Work on the agent's ticket page: a stopwatch, which the server keeps, above the fields; below them how
// the work will be settled, said anew whenever a field changes. `again` lets the page ask for its buttons once more.
function workDialog({ doc, call, toast }, again) {
	const api = "crm_support_ext.api.work.";
	const id = (name) => `cse-work-${name}`;
	const at = (name) => document.getElementById(id(name));
	const looks = {
		good: "background-color: var(--surface-green-2); color: var(--ink-green-8)",
		warn: "background-color: var(--surface-amber-2); color: var(--ink-amber-8)",
		bad: "background-color: var(--surface-red-2); color: var(--ink-red-8)",
	};
	const plain = "background-color: var(--surface-gray-2)";
	const small = "rounded px-2 py-1.5 text-base text-ink-gray-8 bg-surface-gray-3";

	// words are put into it once it stands: what they say is text, never markup
	const above = () => `
		<p id="${id("hours")}" class="text-p-sm text-ink-gray-6"></p>
		<div id="${id("timer")}" role="group" class="mt-2 flex items-center justify-between rounded p-2" style="${plain}">
			<span id="${id("clock")}" role="timer" class="text-lg" style="font-variant-numeric: tabular-nums"></span>
			<span class="flex gap-2">
				<button id="${id("go")}" type="button" class="${small}"></button>
				<button id="${id("drop")}" type="button" class="${small}"></button>
			</span>
		</div>`;

	const below = () => `<p id="${id("preview")}" role="status" class="mt-3 rounded p-2 text-p-base" style="${plain}"></p>`;

	function opened({ more }, dialog, filledIn) {
		const { words } = more;
		at("hours").textContent = words.hours;
		at("drop").textContent = words.drop;
		at("timer").setAttribute("aria-label", words.timer);
		// what the timer shows is counted from here on by the browser's own steady clock
		let timer, since, asked, latest = 0;
		let isTyped = false;

		const seconds = () => timer.seconds + (timer.runs ? Math.floor((performance.now() - since) / 1000) : 0);

		function show() {
			if (!at("clock")) return;
			const all = seconds();
			const two = (number) => String(number).padStart(2, "0");
			at("clock").textContent = `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
			at("go").textContent = timer.runs ? words.pause : all ? words.go_on : words.start;
			at("drop").style.display = timer.runs || all ? "" : "none";
			const minutes = String(Math.ceil(all / 60));
			if (!isTyped && all && at("minutes").value !== minutes) {
				at("minutes").value = minutes;
				preview();
			}
		}

		function take(state) {
			timer = state;
			since = performance.now();
			show();
		}

		async function move(how) {
			try {
				const state = await call(api + "timer", { ticket: doc.name, move: how });
				if (how === "drop" && !isTyped) at("minutes").value = "";
				take(state);
				if (state.paused) toast.success(state.paused);
				preview();
				again();
			} catch (error) {
				toast.error(error.messages?.[0] || error.message);
			}
		}

		function preview() {
			clearTimeout(asked);
			asked = setTimeout(async () => {
				if (!at("preview")) return;
				const mine = ++latest;
				const said = await call(api + "preview", { ticket: doc.name, values: filledIn() }).catch((error) => ({
					words: error.messages?.[0] || error.message,
					look: "bad",
				}));
				if (mine !== latest || !at("preview")) return;
				at("preview").textContent = said.words;
				at("preview").style.cssText = looks[said.look] || plain;
			}, 150);
		}

		at("go").addEventListener("click", () => move(timer.runs ? "pause" : "start"));
		at("drop").addEventListener("click", () => move("drop"));
		at("minutes").addEventListener("input", () => (isTyped = at("minutes").value !== ""));
		dialog.addEventListener("input", preview);
		take(more.timer);
		preview();
		const ticking = setInterval(() => (at("clock") ? show() : clearInterval(ticking)), 1000);
	}

	return { above, below, opened };
}
