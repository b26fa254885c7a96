// naughty.mjs [FILE]: events of incidents whose texts are hostile, on standard output.
import { readFileSync } from "node:fs";

const strings = [
	"<script>document.title = 'taken'; alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' onmouseover='alert(1)",
	"</title></style></textarea></script><svg onload=alert(1)>",
	"]]><!ENTITY x SYSTEM \"file:///etc/passwd\"> &x; &lt;b&gt;",
	"javascript:alert(1)//<a href=javascript:alert(1)>",
	"\u202Eright to left\u202C \u200B\uFEFF \u0007 \uFFFE \uE001",
	"{{constructor.constructor('alert(1)')()}} ${7*7} %s%n%x",
];

if (process.argv[2])
	for (const line of readFileSync(process.argv[2], "utf8").split("\n"))
		if (line && !line.startsWith("#"))
			strings.push(line);
strings.forEach((text, i) => {
	const incident = `INC-${i + 1}`;
	const event = (version, kind, body) => console.log(JSON.stringify({ incident, version,
		at: "2026-11-29T14:00:00.000Z", actor: "maria", kind, body }));

	event(1, "opened", { title: `Title: ${text}`, severity: 2, regions: ["FR"], components: ["data"], impact: text,
		started_at: "2026-11-29T14:00:00.000Z" });
	event(2, "update_posted", { stage: "initial", status: "investigating", audiences: ["public"], channels: ["page"],
		text: { public: `[Sev 2] ${text}\n\n${text}\n\nWhat we know: ${text}` } });
});
