#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "entity.h"
#include "xml.h"

/* The bytes of a part that is copied as it is, and what ends it. */
static const struct {
	const char *start, *end;
} verbatim[] = {
	{ "<![CDATA[", "]]>" },
	{ "<!--", "-->" },
	{ "<?", "?>" },
	{ "<!", ">" },
};

static bool forbidden(unsigned cp)
{
	return (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r') || cp == 0xfffe ||
	       cp == 0xffff;
}

/* Text without the characters that XML forbids. */
static void put_allowed(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = 1;
		unsigned cp = s[i] ? utf8_next(s + i, &n) : 0;
		if (n > len - i)
			n = len - i;
		if (forbidden(cp))
			utf8_put(out, 0xfffd);
		else
			buf_add(out, s + i, n);
		i += n;
	}
}

static size_t reference(struct buf *out, const char *s, size_t max)
{
	static const char *const five[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
	size_t len = 1;
	unsigned cp;

	for (size_t i = 0; i < countof(five); i++)
		if (strncmp(s, five[i], strlen(five[i])) == 0) {
			buf_adds(out, five[i]);
			return strlen(five[i]);
		}
	cp = entity_at(s, max, &len);
	if (!cp) {
		buf_adds(out, "&amp;");
		return 1;
	}
	buf_addf(out, "&#%u;", forbidden(cp) ? 0xfffdu : cp);
	return len;
}

void xml_clean(struct buf *out, const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && isspace((unsigned char)bytes[i]))
		i++;
	while (i < len) {
		const char *s = bytes + i;
		size_t k = 0, n = 1;
		while (k < countof(verbatim) &&
		       strncmp(s, verbatim[k].start, strlen(verbatim[k].start)) != 0)
			k++;
		if (k < countof(verbatim)) {
			const char *end =
			    memmem(s, len - i, verbatim[k].end, strlen(verbatim[k].end));
			n = end ? (size_t)(end - s) + strlen(verbatim[k].end) : len - i;
			put_allowed(out, s, n);
		} else if (*s == '&') {
			n = reference(out, s, len - i);
		} else if (*s == '<' && !(isalpha((unsigned char)s[1]) || strchr("/_:", s[1]))) {
			buf_adds(out, "&lt;");
		} else {
			n = strcspn(s + 1, "<&") + 1;
			n = n < len - i ? n : len - i;
			put_allowed(out, s, n);
		}
		i += n;
	}
	buf_addc(out, 0);
	out->len -= out->len ? 1 : 0;
}
