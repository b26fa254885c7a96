/* What the names of elements mean, for the reader of XML alone. */
#ifndef NET_XML_NAME_H
#define NET_XML_NAME_H

#include "xml.h"

/* The vocabulary that an address names. */
enum xml_ns xml_vocabulary(const char *uri);
/* The vocabulary of a prefix of ours; XML_NS_NONE: it is none. */
enum xml_ns xml_prefixed(const char *prefix, size_t len);
/* The tag of a name without its prefix, of any case. */
enum xml_tag xml_tag_of(enum xml_ns ns, const char *name, size_t len);
/* True when both are the same in any case, and not empty. */
bool xml_name_is(const char *name, size_t len, const char *ours, size_t ours_len);

#endif
