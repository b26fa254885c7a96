/* The real program under test: a scratch folder, a farm, an engine process and clients of it, all
 * turned by one loop. Nothing here sleeps: every wait ends with its condition or with the test. */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/json.h"
#include "domain/snapshot.h"
#include "net/farm.h"
#include "os/ipc.h"
#include "os/loop.h"

#define RIG_WAIT_MS 20000 /* what does not come about by then never will */

struct rig {
	struct loop *loop;
	struct farm *farm;
	char *dir, *config, *socket, *journal;

	struct loop_child *engine;
	pid_t pid;  /* of the engine; 0: none */
	int status; /* exit status of the last engine or command; 128 + the signal that ended it */
	char ready[400]; /* the engine's one line */

	struct buf out, err; /* of the last command */
};

/* A configuration for most tests: regions FR, IT and ES, components data, sms and attach that are
 * probed in each of them each second, people, channels and audiences, policy.yaml beside it. What
 * is behind it may add sections. */
extern const char rig_config[];

/* NULL never: what cannot be set up ends the test. */
struct rig *rig_new(void);
void rig_free(struct rig *r); /* kills the engine, removes the folder */

/* Writes a file below the folder; {farm} and {dir} in it are replaced. */
void rig_write(struct rig *r, const char *name, const char *text);
/* The same, readable by its owner alone, as the engine wants a secret. */
void rig_write_secret(struct rig *r, const char *name, const char *text);
char *rig_read(struct rig *r, const char *name); /* NULL: not there; the caller frees */

/* Starts an engine on the configuration; `more` (NULL-terminated, may be NULL) follows its own
 * arguments. False: it ended instead; ready and status say how. */
bool rig_start(struct rig *r, const char *const *more);
/* Sends a signal and waits for the end. */
void rig_kill(struct rig *r, int signum);

/* Runs `nocboard` with these words (NULL-terminated; `{dir}` in them is replaced), "-c" and the
 * configuration before them; the farm is served meanwhile. Returns the exit status. `prefix` words
 * (NULL: none) come before the program. */
int rig_run(struct rig *r, const char *const *prefix, const char *const *words);
#define RIG_RUN(r, ...) rig_run((r), NULL, (const char *const[]){ __VA_ARGS__, NULL })

/* Turns the loop until `met` says so. False: not within `ms`. */
bool rig_until(struct rig *r, bool (*met)(void *ctx), void *ctx, int64_t ms);

/* Every event of the journal, as `journal export` writes it: a JSON array. */
cJSON *rig_events(struct rig *r);
/* How many of them are of this kind, of this incident (NULL: any). */
int rig_count(const cJSON *events, const char *incident, const char *kind);

/* ---- a client ---- */

struct peer {
	struct rig *rig;
	struct ipc_conn *conn;
	struct snapshot *snap;
	cJSON *hello, *answer; /* answer: the last line with "re" */
	char waiting[96];      /* its id, while one waits */
	long marks;
	bool gone;
	int64_t asked;
	void (*answered)(void *ctx, struct peer *p, const cJSON *answer); /* may be NULL */
	void *ctx;
};

/* Connects and greets, with `members` (JSON members, such as "\"as\":\"ana\"") besides. NULL:
 * nobody listens. */
struct peer *peer_connect(struct rig *r, const char *members);
/* The same, and waits for the first mark or the refusal (p->gone then). */
struct peer *peer_new(struct rig *r, const char *members);
void peer_free(struct peer *p);

void peer_send(struct peer *p, const char *json);
/* Sends a request and waits for its answer, which stays p->answer. An id is added where it has
 * none. */
const cJSON *peer_ask(struct peer *p, const char *json);
bool peer_ok(struct peer *p, const char *json); /* the answer says ok */
/* It says no, by this rule. */
bool peer_refused(struct peer *p, const char *json, const char *rule);
/* Turns the loop until `met` is true of the snapshot; looked at after each mark. */
bool peer_until(
    struct peer *p, bool (*met)(const struct snapshot *s, void *ctx), void *ctx, int64_t ms);

/* Moves the clock of an engine whose time stands still (--now). */
void peer_clock(struct peer *p, int64_t ms);
/* Waits until an alarm of the engine says this; "": until there is none. Else the test fails. */
void peer_alarm(struct peer *p, const char *text);

/* Conditions of peer_until. */
struct cell_is {
	const char *component, *region;
	enum status status;
};
bool cell_is(const struct snapshot *s, void *ctx); /* struct cell_is */

#endif
