#include "../../../src/net/xml.h"

#include "../../../src/net/charset.h"
#include "../../../src/net/entity.h"
#include "base/utf8.h"
#include "t.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct xml_doc *parse(const char *text)
{
	struct err e = { 0 };
	struct xml_doc *x = xml_parse(arena, text, strlen(text), &e);

	if (!x)
		fail_msg("%.80s: %s", text, e.msg);
	return x;
}

static void refused(const char *text, const char *says)
{
	struct err e = { 0 };

	assert_null(xml_parse(arena, text, strlen(text), &e));
	if (!strstr(e.msg, says))
		fail_msg("%.60s: %s", text, e.msg);
}

static void paths_lead_by_vocabulary(void **state)
{
	struct xml_doc *x =
	    parse("<r xmlns:q='http://www.w3.org/2005/Atom'><a k='1' x:k='2' xmlns:x='u'>one</a>"
		  "<b><a>deep</a></b><a>two</a><q:a>atom</q:a><x:c xmlns:x='u'>other</x:c></r>");
	const struct xml_node *a = xml_find(x->root, "a");

	(void)state;
	assert_null(x->malformed);
	assert_string_equal(xml_text(arena, a), "one");
	assert_string_equal(xml_attr(a, "k"), "1");
	assert_string_equal(xml_attr(a, "x:k"), "2");
	assert_null(xml_attr(a, "none"));
	assert_string_equal(xml_text(arena, xml_again(a)), "two");
	assert_null(xml_again(xml_again(a)));
	assert_string_equal(xml_text(arena, xml_find(x->root, "b/a")), "deep");
	assert_string_equal(xml_text(arena, xml_find(x->root, "atom:a")), "atom");
	assert_null(xml_find(x->root, "c"));
	assert_null(xml_find(x->root, "b/c/a"));
	assert_null(xml_find(NULL, "a"));
	assert_string_equal(xml_text(arena, x->root), "onedeeptwoatomother");
	assert_string_equal(xml_text(arena, NULL), "");
}

static void markup_is_kept_however_it_came(void **state)
{
	static const struct {
		const char *xml, *markup;
	} cases[] = {
		{ "<d>a &lt;b&gt;c&lt;/b&gt;</d>", "a <b>c</b>" },
		{ "<d><![CDATA[a <b>c</b> & d]]></d>", "a <b>c</b> & d" },
		{ "<d>a <b i='1'>c &lt; d</b><br/></d>", "a <b>c &lt; d</b><br></br>" },
		{ "<d/>", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(xml_markup(arena, parse(cases[i].xml)->root), cases[i].markup);
}

static void a_second_try_is_marked(void **state)
{
	static const struct {
		const char *xml, *text;
	} cases[] = {
		{ "\n<?xml version='1.0'?><d>x</d>", "x" },
		{ "<d>Outage & more</d>", "Outage & more" },
		{ "<d>a&nbsp;b &eacute; &bogus;</d>", "a\xc2\xa0"
						      "b \xc3\xa9 &bogus;" },
		{ "<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/x.dtd'><d>&eacute;</d>", "\xc3\xa9" },
		{ "<d>5 < 6</d>", "5 < 6" },
		{ "<d>a\x01"
		  "b&#2;</d>",
		    "a\xef\xbf\xbd"
		    "b\xef\xbf\xbd" },
		{ "<d a='1 & 2'>ok</d>", "ok" }, { "<d><![CDATA[1 & 2]]> & 3</d>", "1 & 2 & 3" },
		{ "<d><x:y>z</x:y></d>", "z" }, /* the prefix is not declared */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct xml_doc *x = parse(cases[i].xml);
		assert_non_null(x->malformed);
		assert_string_equal(xml_text(arena, x->root), cases[i].text);
	}
	assert_null(parse("<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/x.dtd'><d>y</d>")->malformed);
	refused("<d>cut", "broken XML");
	refused("<d></e>", "broken XML");
	refused("", "broken XML");
	refused("<!-- only -->", "broken XML");
	refused("<a/><b/>", "broken XML");
}

static void document_types_are_never_processed(void **state)
{
	(void)state;
	refused("<!DOCTYPE l [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><l>&b;</l>", "document type");
	refused(
	    "<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><l>&x;</l>", "document type");
	refused("<!DOCTYPE l [<!ENTITY % p SYSTEM 'http://127.0.0.1/'>%p;]><l/>", "document type");
	refused("\n <!DOCTYPE l []><l/>", "document type");
}

/* "<a>" n deep. */
static char *nested(size_t n)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, "<a>");
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, "</a>");
	return buf_take(&b);
}

static char *many(const char *before, const char *unit, size_t n, const char *after)
{
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, before);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, unit[0] == '<' ? "%s" : "%s%zu='1'", unit, i);
	buf_adds(&b, after);
	return buf_take(&b);
}

static void limits_hold_to_the_one(void **state)
{
	char *text;

	(void)state;
	for (size_t n = XML_DEPTH - 1; n <= XML_DEPTH + 1; n++) {
		text = nested(n);
		n > XML_DEPTH ? refused(text, "too deeply") : (void)parse(text);
		free(text);
	}
	text = nested(100000);
	refused(text, "too deeply");
	free(text);
	for (size_t n = XML_ELEMENTS - 2; n <= XML_ELEMENTS; n++) { /* the root is one more */
		text = many("<r>", "<i/>", n, "</r>");
		n + 1 > XML_ELEMENTS ? refused(text, "too many elements") : (void)parse(text);
		free(text);
	}
	for (size_t n = XML_ATTRIBUTES - 1; n <= XML_ATTRIBUTES + 1; n++) {
		text = many("<r ", " a", n, "/>");
		n > XML_ATTRIBUTES ? refused(text, "attributes") : (void)parse(text);
		free(text);
	}
	for (int n = XML_NAME - 1; n <= XML_NAME + 1; n++) {
		char name[XML_NAME + 16];
		snprintf(name, sizeof name, "<%0*d/>", n, 0);
		name[1] = 'n';
		n > XML_NAME ? refused(name, "name is too long") : (void)parse(name);
	}
}

static void long_text_is_cut_and_said(void **state)
{
	char *text = malloc(XML_TEXT + 100);

	(void)state;
	for (size_t n = XML_TEXT - 1; n <= XML_TEXT + 1; n++) {
		memcpy(text, "<r>", 3);
		memset(text + 3, 'x', n);
		memcpy(text + 3 + n, "</r>", 5);
		struct xml_doc *x = parse(text);
		assert_int_equal(x->cut, n > XML_TEXT);
		size_t got = strlen(xml_text(arena, x->root));
		assert_int_equal(got, n < XML_TEXT ? n : XML_TEXT);
	}
	free(text);
}

/* What comes behind it is read all the same, and no character is cut in two. */
static void a_long_text_ends_with_its_element(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_adds(&b, "<r><a>x");
	for (size_t i = 0; i < XML_TEXT; i += 2)
		buf_adds(&b, "\xc3\xa9");
	buf_adds(&b, "</a><b>short</b></r>");
	struct xml_doc *x = parse(buf_str(&b));
	const char *cut = xml_text(arena, xml_find(x->root, "a"));
	assert_true(x->cut);
	assert_int_equal(strlen(cut), XML_TEXT - 1);
	assert_true(utf8_valid(cut, strlen(cut)));
	assert_string_equal(xml_text(arena, xml_find(x->root, "b")), "short");
	buf_fini(&b);
}

static void text_is_gathered_from_its_pieces(void **state)
{
	static const struct {
		const char *xml, *text, *markup;
	} cases[] = {
		{ "<r>a&amp;b\nc<![CDATA[<d>]]>&#233;</r>", "a&b\nc<d>\xc3\xa9",
		    "a&b\nc<d>\xc3\xa9" },
		{ "<r> <a>1</a> <b/>2&lt;<a>3</a></r>", " 1 2<3",
		    " <a>1</a> <b></b>2&lt;<a>3</a>" },
		{ "<r><a/></r>", "", "<a></a>" },
		{ "<r><a>&lt;</a></r>", "<", "<a>&lt;</a>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct xml_doc *x = parse(cases[i].xml);
		assert_string_equal(xml_text(arena, x->root), cases[i].text);
		assert_string_equal(xml_markup(arena, x->root), cases[i].markup);
	}
}

static void elements_are_known_by_tags(void **state)
{
	struct xml_doc *x = parse(
	    "<rss xmlns:d='http://purl.org/dc/elements/1.1/' xmlns:q='u'><ITEM><title>a</title>"
	    "<d:title>b</d:title><q:title>c</q:title><Title>d</Title><x xmlns='u'><title>e</title>"
	    "</x><title>f</title></ITEM></rss>");
	struct xml_parts p = xml_parts(x->root);
	const struct xml_node *item = p.first[XML_TAG_ITEM];

	(void)state;
	assert_non_null(item);
	p = xml_parts(item);
	const struct xml_node *title = p.first[XML_TAG_TITLE];
	assert_string_equal(xml_text(arena, title), "a");
	assert_string_equal(xml_text(arena, title = xml_again(title)), "d");
	assert_string_equal(xml_text(arena, title = xml_again(title)), "f");
	assert_null(xml_again(title));
	assert_string_equal(xml_text(arena, p.first[XML_TAG_DC_TITLE]), "b");
	assert_null(p.first[XML_TAG_ATOM_TITLE]);
	assert_null(p.first[XML_TAG_OTHER]);
	/* A name is found by its path as by its tag. */
	for (unsigned t = XML_TAG_OTHER + 1; t < XML_TAGS; t++) {
		char text[300];
		const char *name = xml_tag_name((enum xml_tag)t);
		snprintf(text, sizeof text,
		    "<r xmlns:atom='http://www.w3.org/2005/Atom' "
		    "xmlns:content='http://purl.org/rss/1.0/modules/content/' "
		    "xmlns:dc='http://purl.org/dc/terms/' "
		    "xmlns:xhtml='http://www.w3.org/1999/xhtml'><%s/></r>",
		    name);
		x = parse(text);
		p = xml_parts(x->root);
		assert_non_null(p.first[t]);
		assert_ptr_equal(p.first[t], xml_find(x->root, name));
	}
}

static void entities_are_known(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(entity_named("AElig", 5), 0xc6);
	assert_int_equal(entity_named("zwnj", 4), 0x200c);
	assert_int_equal(entity_named("apos", 4), '\'');
	assert_int_equal(entity_named("aelig", 5), 0xe6);
	assert_int_equal(entity_named("nbs", 3), 0);
	assert_int_equal(entity_named("nbspx", 5), 0);
	assert_int_equal(entity_at("&euro;!", 7, &len), 0x20ac);
	assert_int_equal(len, 6);
	assert_int_equal(entity_at("&#x41;", 6, &len), 'A');
	assert_int_equal(entity_at("&#146;", 6, &len), 0x2019);
	assert_int_equal(entity_at("&#xd800;", 8, &len), 0);
	assert_int_equal(entity_at("&#1114112;", 10, &len), 0);
	assert_int_equal(entity_at("&#;", 3, &len), 0);
	assert_int_equal(entity_at("&amp", 4, &len), 0);
	assert_int_equal(entity_windows(0x92), 0x2019);
	assert_int_equal(entity_windows(0xe9), 0xe9);
	/* A NUL ends no name that a row of the table has. */
	assert_int_equal(entity_named("lt\0x", 4), 0);
	assert_int_equal(entity_named("amp\0\0\0\0\0\0", 9), 0);
	assert_int_equal(entity_named("zwnj\0\0\0\0\0\0", 10), 0);
}

static void encodings_become_utf8(void **state)
{
	static const struct {
		const char *name, *bytes, *want;
		size_t len, bad;
	} cases[] = {
		{ "ISO-8859-1", "caf\xe9 \x92", "caf\xc3\xa9 \xe2\x80\x99", 6, 0 },
		{ "windows-1252", "\x80", "\xe2\x82\xac", 1, 0 },
		{ "euc-kr", "\xb3\xe2", "\xeb\x85\x84", 2, 0 },
		{ "EUC-KR", "\xb3", "\xef\xbf\xbd", 1, 1 },
		{ "koi8-r", "\xc1", "\xd0\xb0", 1, 0 },
		{ "utf-16le", "a\0b\0", "ab", 4, 0 },
		{ "utf-16", "\xfe\xff\0a", "a", 4, 0 },
		{ "utf-16be", "\xd8\0\0a",
		    "\xef\xbf\xbd"
		    "a",
		    4, 1 },
		{ "utf-8", "a\xff", "a\xef\xbf\xbd", 2, 1 },
		{ "us-ascii", "ok", "ok", 2, 0 },
	};
	struct buf out;
	size_t bad;

	(void)state;
	charset_prepare();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_init(&out, 0);
		bad = 0;
		assert_true(charset_to_utf8(&out, cases[i].name, strlen(cases[i].name),
		    cases[i].bytes, cases[i].len, &bad));
		assert_string_equal(buf_str(&out), cases[i].want);
		assert_int_equal(bad, cases[i].bad);
		buf_fini(&out);
	}
	buf_init(&out, 0);
	assert_false(charset_to_utf8(&out, "bogus", 5, "x", 1, NULL));
	assert_int_equal(out.len, 0);
	buf_fini(&out);
}

static void a_document_says_its_encoding(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
		{ "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>", 50, "\xc3\xa9" },
		{ "<?xml version=\"1.0\" encoding=\"bogus\"?><a>\xc3\xa9</a>", 46, "\xc3\xa9" },
		{ "\xef\xbb\xbf<a>x</a>", 11, "<a>x</a>" },
		{ "\xff\xfe<\0a\0", 6, "<a" },
		{ "<\0a\0>\0", 6, "<a>" },
		{ "\0<\0a", 4, "<a" },
		{ "<?xml version='1.0' encoding='utf-16'?><a>y</a>", 47, "<a>y</a>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;
		buf_init(&out, 0);
		charset_document(&out, cases[i].bytes, cases[i].len);
		assert_non_null(strstr(buf_str(&out), cases[i].want));
		buf_fini(&out);
	}
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(paths_lead_by_vocabulary),
		WITH(markup_is_kept_however_it_came),
		WITH(a_second_try_is_marked),
		WITH(document_types_are_never_processed),
		WITH(limits_hold_to_the_one),
		WITH(long_text_is_cut_and_said),
		WITH(a_long_text_ends_with_its_element),
		WITH(text_is_gathered_from_its_pieces),
		WITH(elements_are_known_by_tags),
		cmocka_unit_test(entities_are_known),
		cmocka_unit_test(encodings_become_utf8),
		cmocka_unit_test(a_document_says_its_encoding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
