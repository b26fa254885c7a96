#include "../../../src/main/cmd.h"

#include "base/mem.h"
#include "t.h"

static int nothing(struct args *a)
{
	(void)a;
	return EXIT_DONE;
}

static const struct cmd_option shout_options[] = {
	{ "loud", 'l', NULL, "with a capital letter", false },
	{ "word", 'w', "TEXT", "what to shout", true },
	{ "times", 0, "N", "how often", false },
	{ 0 },
};

static const struct cmd shout = {
	.name = "shout",
	.summary = "shout it out",
	.operands = "WHO [HOW]",
	.least = 1,
	.most = 2,
	.about = "Shouts. Then it rests.\n\n.A line that begins with a dot, and a back\\slash.",
	.options = shout_options,
	.run = nothing,
};
static const struct cmd hush = { .name = "hush", .summary = "say nothing", .run = nothing };
static const struct cmd *const verbs[] = { &shout, &hush, NULL };
static const struct cmd voice = { .name = "voice", .summary = "use the voice", .verbs = verbs };
static const struct cmd any = {
	.name = "any", .summary = "take anything", .operands = "[X ...]", .most = -1, .run = nothing
};

/* Stands in for the program's own table. */
const struct cmd *const commands[] = { &voice, &any, NULL };

#define ARGV_MAX 16

struct line {
	struct args args;
	struct err e;
	bool ok;
	char *copy, *argv[ARGV_MAX];
};

/* Words are separated by blanks; "_" stands for an empty one. */
static struct line parse(const char *text)
{
	struct line l = { .copy = xstrdup(text) };
	int argc = 1;
	static char name[] = "nocboard", empty[] = "";

	l.argv[0] = name;
	for (char *p = l.copy; *p && argc < ARGV_MAX - 1;) {
		size_t len = strcspn(p, " ");

		l.argv[argc++] = len == 1 && *p == '_' ? empty : p;
		p += len;
		if (*p)
			*p++ = '\0';
	}
	l.ok = args_parse(&l.args, argc, l.argv, &l.e);
	return l;
}

static void done(struct line *l)
{
	args_fini(&l->args);
	free(l->copy);
}

static void verbs_and_their_options(void **state)
{
	struct line l = parse("voice shout maria -l --word=a -wb -w c --times 3 soft");

	(void)state;
	assert_true(l.ok);
	assert_ptr_equal(l.args.group, &voice);
	assert_ptr_equal(l.args.cmd, &shout);
	assert_int_equal(l.args.operand_count, 2);
	assert_string_equal(l.args.operands[0], "maria");
	assert_string_equal(l.args.operands[1], "soft");
	assert_null(l.args.operands[2]);
	assert_true(arg_given(&l.args, "loud"));
	assert_string_equal(arg_value(&l.args, "times"), "3");
	assert_string_equal(arg_value(&l.args, "word"), "c");
	assert_string_equal(arg_nth(&l.args, "word", 0), "a");
	assert_string_equal(arg_nth(&l.args, "word", 1), "b");
	assert_null(arg_nth(&l.args, "word", 3));
	done(&l);
	l = parse("voice hush");
	assert_true(l.ok);
	assert_false(arg_given(&l.args, "loud"));
	assert_null(arg_value(&l.args, "times"));
	done(&l);
}

static void common_options_stand_anywhere(void **state)
{
	struct line l = parse("-c a.yaml voice -Hhost shout -j j.db maria --as jon --now "
			      "2025-03-10T14:20:00Z");

	(void)state;
	assert_true(l.ok);
	assert_string_equal(l.args.config, "a.yaml");
	assert_string_equal(l.args.host, "host");
	assert_string_equal(l.args.journal, "j.db");
	assert_string_equal(l.args.as, "jon");
	assert_int_equal(l.args.now.ms, INT64_C(1741616400000));
	done(&l);
	l = parse("any");
	assert_null(l.args.config);
	assert_false(utc_is_set(l.args.now));
	done(&l);
}

static void operands_with_a_dash(void **state)
{
	struct line l = parse("any - -- -c _ --help");

	(void)state;
	assert_true(l.ok);
	assert_int_equal(l.args.operand_count, 4);
	assert_string_equal(l.args.operands[0], "-");
	assert_string_equal(l.args.operands[1], "-c");
	assert_string_equal(l.args.operands[2], "");
	assert_string_equal(l.args.operands[3], "--help");
	assert_false(l.args.help);
	done(&l);
}

static void wrong_usage(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "", "no command given (see nocboard --help)" },
		{ "voise", "voise: no such command (did you mean voice?)" },
		{ "zzz", "zzz: no such command (see nocboard --help)" },
		{ "voice", "voice: which one is meant? (see nocboard voice --help)" },
		{ "voice huhs", "huhs: no such subcommand (did you mean hush?)" },
		{ "voice zzz", "zzz: no such subcommand (see nocboard voice --help)" },
		{ "voice shout",
		    "voice shout: operands are missing (usage: nocboard voice shout WHO [HOW])" },
		{ "voice shout a b c", "voice shout: \"c\" is one operand too many (see nocboard "
				       "voice shout --help)" },
		{ "voice hush x",
		    "voice hush: \"x\" is one operand too many (see nocboard voice hush --help)" },
		{ "voice shout a --wrod x", "--wrod: no such option (did you mean --word?)" },
		{ "voice shout a -z", "-z: no such option (see nocboard voice shout --help)" },
		{ "voice hush --loud", "--loud: no such option (see nocboard voice hush --help)" },
		{ "voice shout a --times", "--times: needs a value (--times N)" },
		{ "voice shout a --times 1 --times 2", "--times: given twice (once is enough)" },
		{ "voice shout a --loud=x", "--loud: takes no value (leave out \"x\")" },
		{ "voice shout a -lx", "--loud: takes no value (leave out \"x\")" },
		{ "any --as a --as b", "--as: given twice (once is enough)" },
		{ "any --now soon",
		    "--now: \"soon\" is no instant (write it as 2025-03-10T14:20:00Z)" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct line l = parse(cases[i].line);

		assert_false(l.ok);
		assert_int_equal(l.e.kind, ERR_USAGE);
		assert_string_equal(l.e.msg, cases[i].why);
		done(&l);
	}
}

static void help_wins(void **state)
{
	static const struct {
		const char *line;
		const struct cmd *group, *cmd;
	} cases[] = {
		{ "--help", NULL, NULL },
		{ "-h voice", NULL, &voice },
		{ "voice -h", NULL, &voice },
		{ "voice shout --help", &voice, &shout },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct line l = parse(cases[i].line);

		assert_true(l.ok);
		assert_true(l.args.help);
		assert_ptr_equal(l.args.group, cases[i].group);
		assert_ptr_equal(l.args.cmd, cases[i].cmd);
		done(&l);
	}
}

static void help_is_made_from_the_tables(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	help_text(&out, &voice, &shout);
	assert_int_equal(
	    strncmp(buf_str(&out),
		"usage: nocboard voice shout [OPTION ...] WHO [HOW]\n\nshout it out\n", 65),
	    0);
	assert_non_null(strstr(buf_str(&out), "\n  -w, --word TEXT         what to shout\n"));
	assert_non_null(strstr(buf_str(&out), "\n      --times N           how often\n"));
	buf_clear(&out);
	help_text(&out, NULL, &voice);
	assert_non_null(strstr(buf_str(&out), "usage: nocboard voice SUBCOMMAND"));
	assert_non_null(strstr(buf_str(&out), "\n  hush                    say nothing\n"));
	buf_clear(&out);
	help_man(&out);
	assert_non_null(strstr(buf_str(&out), "\n.It Ic voice shout Ar WHO [HOW]\n"));
	assert_non_null(strstr(buf_str(&out), "\nShouts.\nThen it rests.\n.Pp\n\\&.A line"));
	assert_non_null(strstr(buf_str(&out), "back\\eslash"));
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs_and_their_options),
		cmocka_unit_test(common_options_stand_anywhere),
		cmocka_unit_test(operands_with_a_dash),
		cmocka_unit_test(wrong_usage),
		cmocka_unit_test(help_wins),
		cmocka_unit_test(help_is_made_from_the_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
