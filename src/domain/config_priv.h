/* Shared by the files of the configuration: the tree of a YAML document, and the schema's shape. */
#ifndef CONFIG_PRIV_H
#define CONFIG_PRIV_H

#include "base/map.h"
#include "domain/config.h"

enum ykind {
	Y_SCALAR,
	Y_LIST,
	Y_MAP,
};

/* All scalars are text: `no`, `012` and `1e3` are what the schema says they are. */
struct ynode {
	enum ykind kind;
	struct cfg_pos pos;
	char *text;	      /* Y_SCALAR */
	struct ynode **items; /* of a list; values of a map */
	struct ynode **keys;  /* of a map: scalars */
	size_t count, cap;
};

struct reader {
	struct arena *arena; /* of what is read */
	struct arena
	    *tree; /* of the YAML, but for its texts: gone once it is read. NULL: `arena` */
	const struct cfg_source *sources;
	size_t source_count;
	struct cfg_problems *problems;
	cfg_zone_fn zone;
	void *zone_ctx;
	cfg_real_fn real; /* NULL: links are not known of */
};

/* Notes a problem; the source line is looked up. */
void reader_problem(struct reader *r, struct cfg_pos pos, const char *help, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The tree of one source, NULL on a syntax error or an empty document (only the first is noted). */
struct ynode *yaml_tree(struct reader *r, const struct cfg_source *source);
/* Merges map `from` into `into`: lists are joined, maps merged, scalars given twice are a problem
 * that names both places. */
void yaml_merge(struct reader *r, struct ynode *into, struct ynode *from);
struct ynode *yaml_get(const struct ynode *map, const char *key);

enum ftype {
	F_TEXT,
	F_ID,
	F_DURATION, /* int64_t ms, elapsed */
	F_INT,
	F_BOOL,
	F_CHOICE,
	F_TEXTS,   /* one or several */
	F_PAIRS,   /* a map of one or several */
	F_SECRET,  /* { file: … } or { env: … } */
	F_URL,	   /* a text, or a secret: struct cfg_text followed by struct cfg_secret */
	F_HEADERS, /* a map of texts or secrets */
	F_OBJECT,  /* a map that fills fields of the same struct */
	F_OBJECTS, /* a list of maps, each a struct of its own */
	F_NAMED,   /* a map of id -> struct */
	F_ENGAGE,  /* { sev1: 15m, … } */
};

struct object;

struct field {
	const char *key;
	enum ftype type;
	size_t offset;
	const char *initial; /* default as it would be written; NULL: none */
	const char *choices; /* F_CHOICE: blank-separated */
	int64_t min, max;    /* F_INT, and ms of F_DURATION; max 0: no bounds */
	bool required;
	const struct object *object; /* of F_OBJECT, F_OBJECTS, F_NAMED */
	const char *help;	     /* one line */
};

struct object {
	const char *name; /* "region", in messages */
	size_t size;
	const struct field *fields; /* ends with a NULL key */
	bool positioned;	    /* the struct starts with a struct cfg_pos */
};

extern const struct object config_object;
extern const struct object calendar_object;

/* Fills `into` from the map by the object's fields; defaults too. Problems are noted. */
void config_walk(struct reader *r, const struct object *o, const struct ynode *map, void *into);

/* Cross-references, uniqueness, derived ids. */
void config_check(struct reader *r, struct config *c);
/* A reference that leads nowhere is a problem; `known` has the ids. */
void config_refer(
    struct reader *r, const struct map *known, const char *what, const struct cfg_text *t);
void config_refer_all(
    struct reader *r, const struct map *known, const char *what, const struct cfg_texts *l);
void config_check_url(struct reader *r, const struct cfg_text *url);
void config_check_zone(struct reader *r, const struct cfg_text *name);
/* The probes of a component, spread over the regions: config_probe.c. */
void config_check_probes(struct reader *r, const struct config *c, struct cfg_component *k,
    const struct map *region_ids, struct map *probe_ids);
/* One feed of a carrier: config_feed.c. */
void config_check_feed(struct reader *r, const struct cfg_feed *f);
/* What each kind of channel needs, who reads what, and addresses: config_channel.c. */
void config_check_channels(struct reader *r, struct config *c, const struct map *component_ids,
    const struct map *channel_ids);
/* A path in normal form, so that equal texts are one place: config_target.c. */
const char *config_path(const struct reader *r, const char *path);
/* Whether one in normal form is the folder, or lies in it. */
bool config_path_in(const char *path, const char *folder);
/* No two channels lead to one place (a file, an address, a mailbox …) of which one is read by an
 * internal audience alone and the other is not: config_target.c. */
void config_check_targets_apart(struct reader *r, const struct config *c);
void config_check_subscribers(struct reader *r, struct config *c, const struct map *region_ids,
    const struct map *component_ids, const struct map *audience_ids);
/* No page lies in the folder of another: config_page.c. */
void config_check_pages_apart(struct reader *r, const struct config *c);
/* Page channels and who reads them; availability targets. */
void config_check_pages(struct reader *r, const struct config *c);
/* A calendar from its configuration; NULL when it has a problem. */
struct calendar *config_calendar(struct reader *r, const struct cfg_calendar *cal);
/* Lays a policy document over the policy. */
void policy_apply(struct reader *r, struct policy *p, const struct ynode *root);
/* Its `approval`, and, once people are known, whether those that it names are any. */
void policy_apply_approval(struct reader *r, struct policy *p, const struct ynode *n);
void config_check_approval(struct reader *r, const struct config *c, const struct ynode *policy);

/* Its key "maintenance": config_maintenance.c. */
void policy_apply_maintenance(
    struct reader *r, struct maintenance_policy *p, const struct ynode *map);
/* Regions and classes that it names are there. */
void config_check_maintenance(struct reader *r, const struct config *c);

#endif
