// browser.mjs FOLDER [OUT]: pages in a browser that runs no script of theirs, narrow and wide, light
// and dark: WCAG 2.2 AA by axe, nothing wider than the window, nothing loaded from elsewhere, no script.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [folder, out] = process.argv.slice(2);
const shown = ["index.html", "region/FR.html", "incident/INC-3.html", "maintenance/MNT-3.html", "history.html", "policy.html",
	"portfolio/western-europe.html"];
const pages = readdirSync(folder, { recursive: true }).filter((f) => f.endsWith(".html") && !f.startsWith("p/"));
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM || "chromium",
	args: ["--no-sandbox", "--disable-gpu"] });
let bad = 0, looked = 0;
const complain = (what) => { bad++; console.log(what); };

for (const width of out ? [360, 1440] : [360])
	for (const scheme of out ? ["light", "dark"] : ["light"]) {
		const page = await browser.newPage();
		let name;

		await page.setJavaScriptEnabled(false);
		await page.setViewport({ width, height: 800 });
		await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
		page.on("dialog", (d) => { complain(`${name}: a dialog`); d.dismiss(); });
		page.on("console", (m) => complain(`${name}: ${m.text()}`));
		page.on("request", (r) => {
			if (!r.url().startsWith("file:") || !/\.(html|css)$/.test(r.url()))
				complain(`${name}: asks for ${r.url()}`);
		});
		for (name of out ? pages : pages.filter((p) => shown.includes(p) || /(INC|MNT)-.\.html$/.test(p))) {
			await page.goto("file://" + join(folder, name));
			const seen = await page.evaluate(() => ({
				scripts: document.querySelectorAll("script, iframe, object, embed, img, form").length,
				handlers: [...document.querySelectorAll("*")].filter((e) =>
					[...e.attributes].some((a) => a.name.startsWith("on") || a.name === "style" ||
						/^\s*javascript:/i.test(a.value) && a.name === "href")).length,
				wide: document.scrollingElement.scrollWidth - innerWidth,
				styled: getComputedStyle(document.querySelector("header")).display === "flex",
			}));
			if (seen.scripts || seen.handlers)
				complain(`${name}: markup that is not ours`);
			if (seen.wide > 0)
				complain(`${name}: ${seen.wide} px wider than ${width}`);
			if (!seen.styled)
				complain(`${name}: its stylesheet was not taken`);
			looked++;
			if (!out && shown.includes(name))
				continue; /* hundreds of hostile incidents: of one kind, and the others are looked at */
			await page.setJavaScriptEnabled(true); /* axe waits for timers; the page's own policy still holds */
			await page.evaluate(axe);
			const { violations } = await page.evaluate(() => axe.run(document, { preload: false, runOnly: ["wcag2a", "wcag2aa",
				"wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
			await page.setJavaScriptEnabled(false);
			for (const v of violations)
				complain(`${name} ${width} ${scheme}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`);
			if (out && shown.includes(name))
				await page.screenshot({ fullPage: true,
					path: join(out, `${name.replace(/\//g, "-").replace(".html", "")}-${width}-${scheme}.png`) });
		}
		await page.close();
	}
/* On paper nothing is cut off at the edge: A4 with margins of 15 mm is 680 px wide. */
const paper = await browser.newPage();
await paper.setJavaScriptEnabled(false);
await paper.setViewport({ width: 680, height: 1000 });
await paper.emulateMediaType("print");
for (const name of pages.filter((p) => shown.includes(p) || /(INC|MNT)-.\.html$/.test(p))) {
	await paper.goto("file://" + join(folder, name));
	const cut = await paper.evaluate(() => [document.scrollingElement, ...document.querySelectorAll("body *")]
		.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 &&
			getComputedStyle(e).display !== "inline" && !e.closest(".v"))
		.map((e) => `${e.tagName}.${e.className}`));
	looked++;
	if (cut.length)
		complain(`${name} on paper: cut off at the edge: ${cut.slice(0, 5).join(" ")}`);
	if (out && shown.includes(name))
		await paper.pdf({ path: join(out, `${name.replace(/\//g, "-").replace(".html", "")}.pdf`), format: "A4",
			margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
}
await browser.close();
console.log(`browser: ${looked} looks, ${bad} complaints`);
process.exit(bad || !looked ? 1 : 0);
