/* The pages under docs/ name everything that the tables have. */
#include "base/buf.h"
#include "domain/event.h"
#include "domain/scenario.h"
#include "domain/wire.h"
#include "t.h"

static char *page(const char *name)
{
	char *text = slurp(top_path(name), NULL);

	if (!text)
		fail_msg("%s is not there", name);
	return text;
}

/* The word stands in the page as code: `word`. */
static void must_tell(const char *text, const char *where, const char *word)
{
	struct buf quoted;

	buf_init(&quoted, 0);
	buf_addf(&quoted, "`%s`", word);
	if (!strstr(text, buf_str(&quoted)))
		fail_msg("%s does not tell %s", where, word);
	buf_fini(&quoted);
}

static void protocol_tells_every_event(void **state)
{
	char *text = page("docs/protocol.md");

	(void)state;
	for (int k = EVENT_UNKNOWN + 1; k < EVENT_KINDS; k++)
		must_tell(text, "docs/protocol.md", event_kinds[k].name);
	free(text);
}

/* A row of the table of events: "| `kind` | ✓ |" exactly where the kind takes a candidate. */
static void protocol_marks_what_takes(void **state)
{
	char *text = page("docs/protocol.md");

	(void)state;
	for (int k = EVENT_UNKNOWN + 1; k < EVENT_KINDS; k++) {
		char row[100];

		snprintf(row, sizeof row, "\n| `%s` | %s", event_kinds[k].name,
		    event_kinds[k].takes ? "✓ |" : "|");
		if (!strstr(text, row))
			fail_msg("docs/protocol.md: no row%s", row);
	}
	free(text);
}

static void protocol_tells_every_object(void **state)
{
	char *text = page("docs/protocol.md");

	(void)state;
	for (int k = 0; k < WIRE_KINDS; k++)
		must_tell(text, "docs/protocol.md", wire_name((enum wire_kind)k));
	for (int k = 0; k < STATUSES; k++)
		must_tell(text, "docs/protocol.md", status_names[k]);
	for (int k = 0; k < PHASES; k++)
		must_tell(text, "docs/protocol.md", phase_names[k]);
	free(text);
}

static void the_rehearsal_tells_every_condition(void **state)
{
	char *text = page("docs/drill.md");

	(void)state;
	for (const struct scenario_condition *c = scenario_conditions; c->name; c++)
		must_tell(text, "docs/drill.md", c->name);
	free(text);
}

static void service_levels_tell_every_clock(void **state)
{
	char *text = page("docs/sla.md");

	(void)state;
	for (int k = 0; k < CLOCK_KINDS; k++)
		must_tell(
		    text, "docs/sla.md", k == CLOCK_CARRIER ? "carrier:ID" : clock_kind_names[k]);
	for (int k = 0; k < CLOCK_STATES; k++)
		must_tell(text, "docs/sla.md", clock_state_names[k]);
	free(text);
}

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return zone_utc();
}

/* The scenario of docs/drill.md is one, and its configuration too. */
static void the_example_scenario_loads(void **state)
{
	static const char fence[] = "```yaml scenario\n";
	char *text = page("docs/drill.md"), *from = strstr(text, fence), *to, *config;
	struct cfg_source source = { .name = "docs/drill.md" }, filled = { .name = "config" };
	struct cfg_problems problems = { 0 };
	struct scenario *s;
	struct config *c;

	(void)state;
	assert_non_null(from);
	from += sizeof fence - 1;
	to = strstr(from, "\n```");
	assert_non_null(to);
	source.text = from;
	source.len = (size_t)(to - from) + 1;
	s = scenario_load(&source, &problems);
	if (!s)
		fail_msg("%d:%d: %s", problems.items[0].pos.line, problems.items[0].pos.column,
		    problems.items[0].what);
	config = scenario_config(s, "127.0.0.1:1", "127.0.0.1:25", "you", "/tmp/x");
	filled.text = config;
	filled.len = strlen(config);
	c = config_load(&filled, 1, NULL, any_zone, NULL, &problems);
	if (!c)
		fail_msg("its configuration: %d:%d: %s", problems.items[0].pos.line,
		    problems.items[0].pos.column, problems.items[0].what);
	config_free(c);
	free(config);
	scenario_free(s);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(protocol_tells_every_event),
		cmocka_unit_test(protocol_marks_what_takes),
		cmocka_unit_test(protocol_tells_every_object),
		cmocka_unit_test(the_rehearsal_tells_every_condition),
		cmocka_unit_test(service_levels_tell_every_clock),
		cmocka_unit_test(the_example_scenario_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
