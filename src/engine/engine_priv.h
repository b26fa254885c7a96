/* The engine's parts share one struct; each file owns the members that are named with it. */
#ifndef ENGINE_PRIV_H
#define ENGINE_PRIV_H

#include <stdint.h>

#include "base/embed.h"
#include "base/map.h"
#include "base/mem.h"
#include "domain/approval.h"
#include "domain/command.h"
#include "domain/config.h"
#include "domain/detect.h"
#include "domain/incident.h"
#include "domain/maintenance_command.h"
#include "domain/telling.h"
#include "domain/snapshot.h"
#include "domain/wire.h"
#include "engine/engine.h"
#include "engine/setup.h"
#include "net/net.h"
#include "os/ipc.h"
#include "os/loop.h"
#include "os/zone.h"
#include "store/journal.h"

struct engine;
struct client;
struct work;

/* A stream in memory: its fold, and what waits to be appended to it. Of an incident also its clocks
 * at the engine's last look. */
struct live {
	struct incident *inc;	 /* NULL: planned work */
	struct maintenance *mnt; /* NULL: an incident */
	struct clock_set clocks;
	struct utc next_change; /* of the clocks; UTC_NONE: never by itself */
	bool busy;		/* an append is on its way; what follows waits in the queue */
	struct work *queue_head, *queue_tail;
};

/* Something that wants to append: decided when its turn comes, against the state of that moment. */
struct work {
	struct work *next;
	char *stream; /* "INC-7"; a new one for what opens an incident */
	/* False: nothing is to be appended (a refusal, or nothing is left to do). */
	bool (*decide)(struct engine *g, struct work *w, struct event_list *out);
	/* After the append; the events are folded in already when it went well. */
	void (*done)(struct engine *g, struct work *w, const struct append_result *r);
	void (*free_ctx)(void *ctx);
	void *ctx;
	struct event_list events;
	int tries; /* that ended in a conflict */
};

/* What is owed to one destination for one update. */
struct owed {
	char *id; /* "INC-1.5/page" */
	char *incident, *destination;
	int version, attempts;
	bool in_flight;
	enum maintenance_status shown; /* of planned work, when the last try was sent */
	struct utc since, next_at;
	char *detail;
	cJSON *pending; /* the body of the event that is still to be recorded; NULL */
	bool recording;
	struct owed *next; /* of its lane */
};

#define OUTBOX_MAX ((size_t)100000)

/* outbox.c */
struct outbox {
	struct map *lanes, *destinations;
	size_t max;
	bool full, sending;
	char *alarms; /* as last looked at */
};

/* An outward message in its send delay. */
struct held {
	char *id, *command, *incident, *actor, *as_by, *what, *command_id;
	cJSON *args;
	int seen;
	struct utc release_at; /* UTC_NONE: found at start, or it waits for approval */
	char hash[APPROVAL_HASH];
	char *waiting; /* for whose approval it waits; NULL: it does not */
	char *stuck;   /* why it did not go out and waits for a person; NULL: it does not */
};

struct carrier_state {
	enum status status;
	struct utc since, data_at;
	char *detail;
};

struct feed_state {
	bool ok, seen;
	struct utc fetched_at, tried_at, next_at; /* fetched: when it was last good */
	struct utc since;			  /* of `ok` */
	char *detail;
	int open_incidents;
	struct feed_doc *doc; /* the last good one */
	int code;	      /* of the last answer */
	enum probe_fault fault;
	size_t size;
	int latency_ms;
	int16_t latencies[DETECT_LATENCIES]; /* newest last, -1 failed */
	size_t latency_count;
	char *moved_to;
	struct utc text_at;
	char *text; /* start of the last document, good or not; NULL */
};

/* A source came to another state; the text is borrowed. */
struct source_edge {
	struct utc at;
	enum status status;
	bool up; /* it was heard; else not, or not as it should be */
	const char *detail;
};

/* One of the newest things that happened: an event of the journal, or (text) what is none. */
struct recent {
	int64_t number; /* one more each; 0: the place is free */
	struct utc at;
	char stream[32]; /* "INC-7", "MNT-3"; "" of the engine itself */
	int version;	 /* of the event */
	char *again;	 /* what comes again of this stream takes its place; NULL: nothing does */
	int more;	 /* how often it came before */
	char *actor, *text;
};

#define RECENT_MAX 50

struct engine {
	struct loop *loop;
	struct engine_options options;
	struct setup *setup;
	struct config *config; /* setup->config */
	char *config_error;    /* of the last reload */
	char *journal_url, *socket_path;
	char *journal_path; /* of the former, without links: for those who ask */
	bool stopping;
	char *hint; /* of a rehearsal, as it was last told */
	unsigned ticks;

	/* engine.c */
	struct journal *journal;
	struct map *live; /* id of an incident -> struct live */
	int64_t last_number, last_seq;
	struct utc started_at;
	char *self; /* login name of the engine's own user */
	uid_t self_uid;
	struct loop_timer *tick, *clock_timer, *detect_timer, *outbox_timer, *config_timer,
	    *load_timer;
	struct loop_signal *signals[3];

	/* planned.c */
	struct map *planned; /* id of a maintenance -> struct live */
	struct map *notices; /* "provider\nreference" -> id (owned), of notices on their way in */
	int64_t last_planned;
	struct loop_timer *planned_timer;

	/* watch.c */
	struct net *net;
	struct detect *detect;
	struct utc blind_since; /* while detect_impaired */
	struct map *carriers;	/* id -> struct carrier_state */
	struct map *feeds;	/* id -> struct feed_state */
	struct map *history;	/* "feed:ID", "cell:ID" -> its edges */
	struct past *past;	/* where they are kept; NULL: nowhere */
	struct map *probes;	/* target -> its last observation */
	int target_count;

	/* once.c */
	struct map *round; /* sources that have not answered yet; NULL: no round */
	bool round_done;
	struct loop_timer *round_timer, *round_limit;

	/* notify.c */
	struct map *owed; /* id -> struct owed, in order of the updates */
	struct outbox outbox;
	struct map *held; /* id -> struct held */
	int64_t held_number;
	struct loop_timer *held_timer;

	/* heartbeat.c */
	struct map *beats; /* id of the channel -> struct beat */
	struct loop_timer *beat_timer;

	/* publish.c */
	struct map *publishers; /* id of the channel -> struct publisher */
	int publishing;		/* writes on their way */
	struct publish_ask *publish_asks;

	/* recent.c */
	struct recent recent[RECENT_MAX];
	int64_t recent_number; /* of the newest */

	/* serve.c */
	struct ipc_listener *listener;
	struct client **clients;
	size_t client_count, client_cap;
	int64_t client_number;
	struct loop_timer *flush_timer;
	struct map *lines; /* "kind id" -> text of the object, until it changes */
};

/* ---- engine.c ---- */
struct live *engine_live(const struct engine *g, const char *id);   /* incidents alone */
struct live *engine_stream(const struct engine *g, const char *id); /* planned work too */
/* NULL: there is none with this version. */
const struct event *engine_event(const struct engine *g, const char *stream, int version);
void engine_world(struct engine *g, struct world *w);
/* Asks the loop to end; what is on its way is finished first. */
void engine_stop(struct engine *g);
void engine_arm_clocks(struct engine *g);
/* The clocks of one incident, anew. */
void live_look(struct engine *g, struct live *l, struct utc now);
void engine_write_noc(struct engine *g, cJSON **out);
/* Everything that a change of the configuration touches. */
void engine_configured(struct engine *g);

/* ---- commit.c ---- */
void engine_submit(struct engine *g, struct work *take);
struct work *work_new(const char *stream);
void engine_fold(struct engine *g, struct event *take);
bool engine_load(struct engine *g, struct err *e);
/* Appends one event of the engine's own to an incident, if `decide` still wants it. */
void engine_append(struct engine *g, const char *incident, enum event_kind kind, cJSON *take_body);
char *engine_new_id(struct engine *g);
void live_free(void *live);
const char *live_id(const struct live *l);
int live_version(const struct live *l);
struct utc live_last_at(const struct live *l);
struct told live_told(const struct live *l);

/* ---- planned.c ---- */
void planned_start(struct engine *g);
void planned_stop(struct engine *g);
/* The stream of a command about planned work: a new one, or the one that a notice is about. The
 * caller frees. */
char *planned_stream(struct engine *g, const struct command_info *info, const cJSON *args);
/* Nothing was recorded of this stream: its id is free again. */
void planned_forgotten(struct engine *g, const char *id);
/* An event was committed and folded in. */
void planned_event(struct engine *g, struct live *l, const struct event *ev);
/* Begins and ends what is due, and sets the timer for what is next. */
void planned_look(struct engine *g);
/* Whether planned work covers the cell now, and whether it is watched closely after such. */
bool planned_covers(const struct engine *g, const char *component, const char *region);
bool planned_watches(const struct engine *g, const char *component, const char *region);
/* As struct world asks: the nth there is. */
const struct maintenance *planned_nth(void *engine, size_t n);

/* ---- watch.c ---- */
bool watch_start(struct engine *g, struct err *e);
void watch_configure(struct engine *g);
void watch_settle(struct engine *g); /* detect without observations */
/* What planned work covers, and what is watched closely after it, may have changed. */
void watch_cover(struct engine *g);
/* The signals among these events were not recorded: they are told again later. */
void watch_unsaid(struct engine *g, const struct event_list *events);
void watch_stop(struct engine *g);
const struct carrier_state *watch_carrier(const struct engine *g, const char *id);
/* Detection takes a batch, and what it finds is acted on. */
void watch_run(struct engine *g, const struct detect_observation *batch, size_t count);

/* ---- watch_feed.c ---- */
void watch_fed(void *ctx, struct feed_result *r);
/* Made when they are not there yet. */
struct feed_state *watch_feed_state(struct engine *g, const char *id);
struct carrier_state *watch_carrier_state(struct engine *g, const char *id);
void watch_feed_free(void *feed_state);
void watch_carrier_free(void *carrier_state);
int64_t watch_feed_fresh_ms(const struct cfg_feed *f); /* older says nothing */
const struct cfg_feed *watch_find_feed(
    const struct engine *g, const char *id, const struct cfg_carrier **carrier);

/* ---- source.c ---- */
void source_start(struct engine *g);
void source_stop(struct engine *g);
/* past.c: the edges outlive the engine, in history.db beside the journal. */
void past_start(struct engine *g);
void past_stop(struct engine *g);
void past_keep(struct engine *g, const char *source, const struct source_edge *edge);
/* The journal is a file of this machine. */
bool engine_journal_is_file(const struct engine *g);
/* Kept when it is another state than the one before. */
void source_edge(struct engine *g, const char *source, const struct source_edge *edge);
/* One from before this engine: it is remembered, and not kept again. */
void source_known(struct engine *g, const char *source, const struct source_edge *edge);
/* Nobody watched since `from`: what the sources did then is not known. */
void source_was_away(struct engine *g, struct utc from);
/* How often it was lost (not up after up) since `from`; that nobody watched is no loss. */
int source_losses(const struct engine *g, const char *source, struct utc from);
void source_probe_seen(struct engine *g, const struct observation *o);
/* The last observation of the probe that is worst; NULL: none of them has answered. */
const struct observation *source_worst_probe(
    const struct engine *g, const struct cfg_component *k, const char *region);
/* The object "source" for who asks; NULL: there is no such source. The caller frees. */
char *object_source(struct engine *g, const char *source);

/* ---- notify.c ---- */
void notify_start(struct engine *g);
void notify_stop(struct engine *g);
void held_start(struct engine *g);
void held_stop(struct engine *g);
/* Holds what `command` would post (an update, a notice) for the policy's delay, or (`waiting`: why)
 * until it is approved. */
const struct held *notify_hold(struct engine *g, const char *incident,
    const struct command *command, const char *command_id, const char *waiting);
/* An approval was recorded: what waited for it goes on. */
void held_approved(struct engine *g, const struct incident *inc);
/* As struct world asks. */
const struct waiting_text *held_waiting(
    void *engine, const char *incident, const char *hash, size_t *count);
/* "stop" or "send". False: *e. */
bool notify_held(
    struct engine *g, const char *id, const char *what, const char *actor, struct err *e);

/* ---- outbox.c ---- */
void outbox_start(struct engine *g);
void outbox_stop(struct engine *g);
/* At start: what has no final state, and how its destinations are. */
void outbox_load(struct engine *g, const struct told *t);
void outbox_load_all(struct engine *g);
void outbox_reload(struct engine *g); /* after the journal was read again */
void outbox_posted(struct engine *g, const struct told *t);
/* A `delivery` was committed and folded in. */
void outbox_event(struct engine *g, const struct told *t, const struct event *ev);
void outbox_delivered(struct engine *g, const struct delivery_result *r);
void outbox_send(struct engine *g); /* what is due */

/* ---- outbox_alarm.c ---- */
/* One line each, borrowed from the arena. */
size_t outbox_alarms(const struct engine *g, struct arena *a, char ***out);
void outbox_look(struct engine *g); /* now and then: tells the boards when an alarm comes or goes */

/* ---- heartbeat.c ---- */
#define HEARTBEAT "heartbeat/" /* their ids begin so */
void heartbeat_start(struct engine *g);
void heartbeat_stop(struct engine *g);
void heartbeat_configure(struct engine *g);
/* False: it is the delivery of an update. */
bool heartbeat_delivered(struct engine *g, const struct delivery_result *r);
size_t heartbeat_count(const struct engine *g);
/* Fills `out` with as many lines as it returns, heartbeat_count at most; the arena's. */
size_t heartbeat_alarms(const struct engine *g, struct arena *a, char **out);

/* ---- publish.c ---- */
/* The pages of the configuration in force; each is written soon. */
void publish_configure(struct engine *g);
/* Something changed that a page may show. */
void publish_changed(struct engine *g);
/* False: the channel is no page. Its deliveries that are in flight are answered (outbox_delivered)
 * once a version that has them is in place, or cannot be written. */
bool publish_owed(struct engine *g, const char *channel);
/* Writes now, and answers the client then (request_published). False: there is no page. */
bool publish_ask(struct engine *g, const struct client *c, const char *id);
bool publish_busy(const struct engine *g);
/* Pages, and a line for each that cannot be written, as heartbeat_alarms has them. */
size_t publish_count(const struct engine *g);
size_t publish_alarms(const struct engine *g, struct arena *a, char **out);
/* Waits for what is being written, which may still record deliveries. */
void publish_stop(struct engine *g);

/* A client that waits for the page. */
struct publish_ask {
	struct publish_ask *next;
	char client[24];
	char *id;
};

/* ---- serve.c ---- */
bool serve_start(struct engine *g, struct err *e);
void serve_stop(struct engine *g);
void serve_changed(struct engine *g, enum wire_kind kind, const char *id);
void serve_gone(struct engine *g, enum wire_kind kind, const char *id);
void serve_mark(struct engine *g); /* a mark to everybody, with what has changed */
void serve_presence(
    struct engine *g, void (*each)(void *ctx, const struct snap_presence *p), void *ctx);

/* ---- request.c ---- */
/* Decides a command against a stream: about an incident, or about planned work. `l` NULL or empty:
 * it is a new one, `id`. *findings as maintenance_decide gives them. */
bool request_decide(struct engine *g, const struct live *l, const char *id,
    const struct command *cmd, struct event_list *out, cJSON **findings, struct refusal *why);
/* One line from a client after its greeting. */
void request_line(struct engine *g, struct client *c, const cJSON *obj);
/* The page that this client asked for is written; `why` NULL, or it could not be. */
void request_published(struct engine *g, const char *client, const char *id, const char *why);

struct client {
	struct engine *g;
	struct ipc_conn *conn;
	struct ipc_peer peer;
	char id[24];
	char *person, *as_by; /* who acts; who really typed, with --as */
	unsigned can;
	bool greeted, wall, urgent, gone;
	struct mono stuck_at; /* objects wait for it since then; 0: none do */
	char *looking, *doing;
	struct utc since;
	struct map *dirty; /* "kind id" -> (void *) 1, what is to be sent */
};

void client_send(struct client *c, cJSON *take);
void client_send_line(struct client *c, const char *text);
void client_flush_soon(struct client *c);

/* ---- objects.c ---- */
/* The object's line, NULL when it is not there any more; the caller frees. */
char *object_line(struct engine *g, enum wire_kind kind, const char *id);
#define OBJECT_ROOM (IPC_LINE_MAX - 512)
/* The text of an object, cut where it would not fit into a line; the caller frees. */
char *object_fit(cJSON *take);
/* Calls `each` for the id of every object of the kind. */
void object_ids(struct engine *g, enum wire_kind kind,
    void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx);
/* ---- objects_watch.c ---- */
cJSON *object_cell(struct engine *g, struct arena *a, const char *id);
cJSON *object_feed(struct engine *g, struct arena *a, const char *id);
/* ---- objects_incident.c ---- */
char *object_incident(struct engine *g, struct arena *a, const char *id);
/* A timeline object, the newest lines that fit; the caller frees. */
cJSON *object_timeline(const char *stream, const struct event_list *events);
/* ---- objects_planned.c ---- */
cJSON *object_maintenance(struct engine *g, const char *id);
void object_maintenance_ids(
    struct engine *g, void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx);

/* ---- recent.c ---- */
/* An event was folded in. */
void recent_event(struct engine *g, const struct event *ev);
/* Something happened that is no event: who did it, and about which stream ("" none). */
void recent_say(struct engine *g, const char *actor, const char *stream, char *take_text);
void recent_stop(struct engine *g);
cJSON *object_recent(struct engine *g, struct arena *a, const char *id);
void object_recent_ids(
    struct engine *g, void (*each)(void *ctx, enum wire_kind kind, const char *id), void *ctx);

/* ---- once.c ---- */
void once_start(struct engine *g);
void once_expect(struct engine *g, const char *source); /* a target or a feed of this round */
void once_seen(struct engine *g, const char *source);
void once_go(struct engine *g); /* everything is set up */
void once_end(struct engine *g);

/* ---- hint.c ---- */
/* What a newcomer could do next, one line; "" when nothing comes to mind. Valid until the next
 * call. */
const char *hint_next(struct engine *g);

/* ---- reload.c ---- */
bool reload_config(struct engine *g, struct err *e);
void reload_if_changed(struct engine *g);

/* The person, the engine's own user included; NULL: unknown. *can: permission bits. */
const char *engine_person(struct engine *g, const char *id, unsigned *can);

#endif
