/* What the names of elements mean: their vocabularies, and the few that feeds are made of. */
#include "xml_name.h"

#include <string.h>
#include <strings.h>

#define NAMES(uri, ns)                                                                             \
	{                                                                                          \
		uri, sizeof uri - 1, ns                                                            \
	}

static const struct {
	const char *uri;
	size_t len;
	enum xml_ns ns;
} vocabularies[] = {
	NAMES("http://www.w3.org/2005/atom", XML_NS_ATOM),
	NAMES("http://purl.org/atom/ns#", XML_NS_ATOM),
	NAMES("http://example.com/newformat#", XML_NS_ATOM),
	NAMES("http://example.com/necho", XML_NS_ATOM),
	NAMES("http://purl.org/echo/", XML_NS_ATOM),
	NAMES("http://purl.org/pie/", XML_NS_ATOM),
	NAMES("http://purl.org/rss/1.0/", XML_NS_NONE),
	NAMES("http://my.netscape.com/rdf/simple/0.9/", XML_NS_NONE),
	NAMES("http://channel.netscape.com/rdf/simple/0.9/", XML_NS_NONE),
	NAMES("http://my.netscape.com/publish/formats/rss-0.91.dtd", XML_NS_NONE),
	NAMES("http://backend.userland.com/rss", XML_NS_NONE),
	NAMES("http://backend.userland.com/rss2", XML_NS_NONE),
	NAMES("http://blogs.law.harvard.edu/tech/rss", XML_NS_NONE),
	NAMES("http://purl.org/dc/elements/1.1/", XML_NS_DC),
	NAMES("http://purl.org/dc/elements/1.0/", XML_NS_DC),
	NAMES("http://purl.org/dc/terms/", XML_NS_DC),
	NAMES("http://purl.org/rss/1.0/modules/content/", XML_NS_CONTENT),
	NAMES("http://www.w3.org/1999/xhtml", XML_NS_XHTML),
	NAMES("http://www.w3.org/1999/02/22-rdf-syntax-ns#", XML_NS_RDF),
};

static const struct {
	const char *prefix;
	enum xml_ns ns;
} prefixes[] = {
	{ "atom", XML_NS_ATOM },
	{ "dc", XML_NS_DC },
	{ "content", XML_NS_CONTENT },
	{ "xhtml", XML_NS_XHTML },
	{ "rdf", XML_NS_RDF },
};

/* By their tag, as we write them; `skip` is our prefix. */
static const struct {
	const char *name;
	unsigned char skip;
	enum xml_ns ns;
} tags[XML_TAGS] = {
	[XML_TAG_OTHER] = { "", 0, XML_NS_NONE },
	[XML_TAG_CATEGORY] = { "category", 0, XML_NS_NONE },
	[XML_TAG_CHANNEL] = { "channel", 0, XML_NS_NONE },
	[XML_TAG_DESCRIPTION] = { "description", 0, XML_NS_NONE },
	[XML_TAG_ENTRY] = { "entry", 0, XML_NS_NONE },
	[XML_TAG_GENERATOR] = { "generator", 0, XML_NS_NONE },
	[XML_TAG_GUID] = { "guid", 0, XML_NS_NONE },
	[XML_TAG_ITEM] = { "item", 0, XML_NS_NONE },
	[XML_TAG_LAST_BUILD_DATE] = { "lastBuildDate", 0, XML_NS_NONE },
	[XML_TAG_LINK] = { "link", 0, XML_NS_NONE },
	[XML_TAG_PUB_DATE] = { "pubDate", 0, XML_NS_NONE },
	[XML_TAG_TITLE] = { "title", 0, XML_NS_NONE },
	[XML_TAG_ATOM_CATEGORY] = { "atom:category", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_CONTENT] = { "atom:content", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_CREATED] = { "atom:created", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_ENTRY] = { "atom:entry", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_GENERATOR] = { "atom:generator", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_ID] = { "atom:id", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_ISSUED] = { "atom:issued", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_LINK] = { "atom:link", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_MODIFIED] = { "atom:modified", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_PUBLISHED] = { "atom:published", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_SUMMARY] = { "atom:summary", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_TITLE] = { "atom:title", 5, XML_NS_ATOM },
	[XML_TAG_ATOM_UPDATED] = { "atom:updated", 5, XML_NS_ATOM },
	[XML_TAG_CONTENT_ENCODED] = { "content:encoded", 8, XML_NS_CONTENT },
	[XML_TAG_DC_CREATED] = { "dc:created", 3, XML_NS_DC },
	[XML_TAG_DC_DATE] = { "dc:date", 3, XML_NS_DC },
	[XML_TAG_DC_DESCRIPTION] = { "dc:description", 3, XML_NS_DC },
	[XML_TAG_DC_ISSUED] = { "dc:issued", 3, XML_NS_DC },
	[XML_TAG_DC_MODIFIED] = { "dc:modified", 3, XML_NS_DC },
	[XML_TAG_DC_SUBJECT] = { "dc:subject", 3, XML_NS_DC },
	[XML_TAG_DC_TITLE] = { "dc:title", 3, XML_NS_DC },
	[XML_TAG_XHTML_BODY] = { "xhtml:body", 6, XML_NS_XHTML },
	[XML_TAG_XHTML_DIV] = { "xhtml:div", 6, XML_NS_XHTML },
};

enum xml_ns xml_vocabulary(const char *uri)
{
	if (!*uri)
		return XML_NS_NONE;
	/* All begin alike: most differ in how long they are. */
	for (size_t i = 0, n = strlen(uri); i < countof(vocabularies); i++)
		if (vocabularies[i].len == n && strcasecmp(vocabularies[i].uri, uri) == 0)
			return vocabularies[i].ns;
	return XML_NS_OTHER;
}

/* The vocabulary of a prefix of ours. */
enum xml_ns xml_prefixed(const char *prefix, size_t len)
{
	for (size_t i = 0; i < countof(prefixes); i++)
		if (*prefixes[i].prefix == *prefix && strlen(prefixes[i].prefix) == len &&
		    memcmp(prefixes[i].prefix, prefix, len) == 0)
			return prefixes[i].ns;
	return XML_NS_NONE;
}

bool xml_name_is(const char *name, size_t len, const char *ours, size_t ours_len)
{
	/* Most names differ in length or in their first letter. */
	return len == ours_len && len && ((*name ^ *ours) & ~0x20) == 0 &&
	       strncasecmp(name, ours, len) == 0;
}

enum xml_tag xml_tag_of(enum xml_ns ns, const char *name, size_t len)
{
	for (unsigned i = XML_TAG_OTHER + 1; i < XML_TAGS; i++) {
		const char *ours = tags[i].name + tags[i].skip;
		if (tags[i].ns == ns && ((*ours ^ *name) & ~0x20) == 0 &&
		    xml_name_is(name, len, ours, strlen(ours)))
			return (enum xml_tag)i;
	}
	return XML_TAG_OTHER;
}

const char *xml_tag_name(enum xml_tag tag)
{
	return tags[tag].name;
}
