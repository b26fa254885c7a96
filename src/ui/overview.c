/* One incident as a pane: what runs, who has it, who is next on the ladder, what customers read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/draw.h"

char *region_label(char out[REGION_LABEL], const char *id)
{
	bool code = strlen(id) <= 3;

	snprintf(out, REGION_LABEL, "%.*s", (int)utf8_fit(id, REGION_LABEL - 1), id);
	for (char *s = out; code && *s; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - 'a' + 'A');
	return out;
}

void incident_scope(const struct snap_incident *inc, int width, char *out, size_t size)
{
	char name[REGION_LABEL];
	struct buf b;

	buf_init(&b, size ? size : 1);
	for (size_t i = 0; i < inc->region_count; i++) {
		region_label(name, inc->regions[i]);
		if (i > 0 && utf8_width(buf_str(&b)) + utf8_width(name) + 12 > width) {
			buf_addf(&b, "+%zu", inc->region_count - i);
			break;
		}
		buf_addf(&b, "%s%s", i ? "," : "", name);
	}
	for (size_t i = 0; i < inc->component_count; i++) {
		bool more = i + 1 < inc->component_count;

		if (i > 0 &&
		    utf8_width(buf_str(&b)) + utf8_width(inc->components[i]) + (more ? 4 : 1) >
			width) {
			buf_addf(&b, " +%zu", inc->component_count - i);
			break;
		}
		buf_addf(&b, "%s%s", i ? "," : b.len ? " " : "", inc->components[i]);
	}
	if (!b.len)
		buf_adds(&b, "no scope yet");
	snprintf(out, size, "%s", buf_str(&b));
	buf_fini(&b);
}

static int head(struct canvas *c, int x, int y, const char *text)
{
	canvas_put(c, x, y, STYLE_HEAD, text);
	return y + 1;
}

/* ---- clocks ---- */

/* A target is a round figure: "15m", "2h". */
static void target_text(char out[16], int64_t ms)
{
	if (ms > 0 && ms % 3600000 == 0)
		snprintf(out, 16, "%dh", (int)(ms / 3600000 % 100000));
	else if (ms > 0 && ms % 60000 == 0 && ms < 3600000)
		snprintf(out, 16, "%dm", (int)(ms / 60000));
	else
		span_text(out, ms);
}

static enum style bar_style(enum clock_state st)
{
	return st == CLOCK_BREACHED  ? STYLE_BAR_BREACH
	       : st == CLOCK_WARNING ? STYLE_BAR_WARN
				     : STYLE_BAR;
}

static void draw_clock_row(
    const struct scene *s, struct canvas *c, struct rect r, const struct clock *k)
{
	char text[COUNTDOWN_TEXT], whole[16], took[16];
	enum clock_state st = clock_state_at(k, s->now);
	int64_t total = utc_diff(k->due, k->start);
	int x = canvas_field(c, r.x + 1, r.y, 11, STYLE_TEXT, clock_name(k, s->snap)) + 1;

	clock_text(text, k, s->now);
	target_text(whole, total);
	if (clock_live(k)) {
		int bar = r.x + r.w - (x + 9) - 7;

		canvas_field(c, x, r.y, utf8_width(text), clock_style(st), text);
		x += 9;
		if (bar > 3) {
			draw_bar(c, x, r.y, bar > 24 ? 24 : bar, utc_diff(s->now, k->start), total,
			    bar_style(st));
			x += (bar > 24 ? 24 : bar) + 1;
		}
		canvas_put(c, x, r.y, STYLE_DIM, whole);
		return;
	}
	x = canvas_putf(c, x, r.y, STYLE_MET, "%s", text);
	if (utc_is_set(k->met_at))
		canvas_putf(c, x, r.y, STYLE_MET, " in %s of %s",
		    span_text(took, utc_diff(k->met_at, k->start)), whole);
}

static int draw_clocks(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	size_t count;
	const struct clock **list = clocks_sorted(inc, &count);
	int y = head(c, r.x, r.y, "CLOCKS");

	for (size_t i = 0; i < count; i++, y++)
		draw_clock_row(s, c, (struct rect){ r.x, y, r.w, 1 }, list[i]);
	if (count == 0)
		canvas_put(c, r.x + 1, y++, STYLE_DIM, "No clock runs at this severity.");
	free(list);
	return y;
}

/* ---- people ---- */

static const char *key_of(const struct scene *s, const char *action, struct buf *b)
{
	const struct binding *k = keymap_for(s->keys, "incident", action, NULL);

	buf_clear(b);
	if (k && !s->read_only)
		keys_label(k->keys, k->count, b);
	return buf_str(b);
}

static int draw_people(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	int y = head(c, r.x, r.y, "PEOPLE");
	char age[16];
	struct buf key;

	buf_init(&key, 40);
	for (int i = 0; i < ROLES; i++, y++) {
		const struct role_holder *h = &inc->role[i];
		int x = canvas_field(c, r.x + 1, y, 8, STYLE_DIM, role_infos[i].label) + 1;

		if (h->person) {
			x = canvas_put(c, x, y, STYLE_STRONG, person_name(s, h->person));
			if (h->override_text)
				canvas_putf(
				    c, x, y, STYLE_WARN, "  gap: two roles — %s", h->override_text);
		} else if (role_infos[i].required && incident_live(inc)) {
			x = canvas_putf(c, x, y, STYLE_WARN, "— vacant %s",
			    utc_is_set(h->since) ? elapsed_text(age, utc_diff(s->now, h->since))
						 : "");
			if (key_of(s, "incident.role", &key)[0])
				canvas_putf(c, x, y, STYLE_ACCENT, " [%s]", buf_str(&key));
		} else {
			canvas_put(c, x, y, STYLE_DIM, "—");
		}
	}
	if (inc->offered_to)
		canvas_putf(c, r.x + 1, y++, STYLE_WARN, "command offered to %s",
		    person_name(s, inc->offered_to));
	buf_fini(&key);
	return y;
}

/* Others who look at it now. */
static int draw_presence(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	const struct snap_presence *p;
	const char *key;
	size_t it = 0;
	int x = r.x + 1, y = r.y;

	while ((p = map_next(s->snap->presence, &it, &key))) {
		if (!p->incident || strcmp(p->incident, inc->id) != 0 || !p->person ||
		    (s->me && strcmp(p->person, s->me) == 0))
			continue;
		canvas_putf(c, x, y++, STYLE_NOTICE, "%s is %s", person_name(s, p->person),
		    p->doing && p->doing[0] ? p->doing : "looking");
	}
	return y;
}

/* ---- ladder ---- */

static const struct clock *clock_for(
    const struct snap_incident *inc, enum clock_kind kind, const char *carrier)
{
	for (size_t i = 0; i < inc->clocks.count; i++) {
		const struct clock *k = &inc->clocks.items[i];

		if (k->kind == kind && (!carrier || strcmp(k->carrier, carrier) == 0))
			return k;
	}
	return NULL;
}

static const struct engagement *engaged(
    const struct snap_incident *inc, int tier, const char *carrier)
{
	for (size_t i = inc->engagement_count; i-- > 0;) {
		const struct engagement *g = &inc->engagements[i];

		if (carrier ? g->carrier && strcmp(g->carrier, carrier) == 0
			    : !g->carrier && g->tier == tier)
			return g;
	}
	return NULL;
}

/* Whom to call. Where both do not fit, the name is cut and never the number. */
static void draw_contact(
    struct canvas *c, int x, int y, int end, const struct snap_contact *contact)
{
	const char *phone = contact->phone ? contact->phone : "";
	int name = utf8_width(contact->name), room = end - x - utf8_width(phone) - 2;

	if (name > room)
		name = room < 0 ? 0 : room;
	x = canvas_field(c, x, y, name, STYLE_STRONG, contact->name);
	canvas_put(c, x + (name > 0 ? 2 : 0), y, STYLE_ACCENT, phone);
}

static void draw_rung(const struct scene *s, struct canvas *c, struct rect r, const char *name,
    const struct engagement *g, const struct clock *k, const struct snap_contact *contact)
{
	char at[16], t[COUNTDOWN_TEXT];
	int x = canvas_field(c, r.x + 1, r.y, 8, STYLE_TEXT, name) + 1;

	if (g) {
		x = canvas_put(c, x, r.y, STYLE_MET, "✓ ");
		x = canvas_putf(c, x, r.y, STYLE_TEXT, "%s", time_hm(at, g->at));
		if (utc_is_set(g->answered_at))
			canvas_putf(c, x, r.y, STYLE_TEXT, ", answered %s %s",
			    time_hm(at, g->answered_at), person_name(s, g->answered_by));
		else
			canvas_put(c, x, r.y, STYLE_WARN, ", no answer yet");
		return;
	}
	if (k && clock_live(k)) {
		enum clock_state st = clock_state_at(k, s->now);

		clock_text(t, k, s->now);
		if (r.w >= 56)
			x = canvas_putf(c, x, r.y, STYLE_DIM, "due %s ", time_hm(at, k->due));
		x = canvas_put(c, x, r.y, clock_style(st), t) + 1;
	}
	if (contact && contact->name && contact->name[0])
		draw_contact(c, x, r.y, r.x + r.w, contact);
	else
		canvas_put(c, x, r.y, STYLE_WARN, "nobody reachable is known");
}

static int draw_ladder(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	static const enum clock_kind kinds[] = { CLOCK_TIER2, CLOCK_TIER3 };
	struct buf key;
	int y = r.y, x;
	const struct snap_noc *noc = s->snap->noc;

	buf_init(&key, 40);
	x = canvas_put(c, r.x, y, STYLE_HEAD, "LADDER");
	if (key_of(s, "incident.escalate", &key)[0])
		canvas_putf(c, x, y, STYLE_ACCENT, " [%s]", buf_str(&key));
	y++;
	buf_fini(&key);
	for (size_t i = 0; noc && i < noc->tier_count; i++) {
		const struct snap_tier *t = &noc->tiers[i];
		char name[16];

		if (t->tier < 2 || t->tier > 3)
			continue;
		snprintf(name, sizeof name, "tier %d", t->tier);
		draw_rung(s, c, (struct rect){ r.x, y++, r.w, 1 }, name,
		    engaged(inc, t->tier, NULL), clock_for(inc, kinds[t->tier - 2], NULL),
		    &t->contact);
	}
	for (size_t i = 0; i < inc->dependency_count; i++) {
		const struct dependency *d = &inc->dependencies[i];
		const struct snap_carrier *k = snap_carrier(s->snap, d->carrier);

		if (utc_is_set(d->cleared_at))
			continue;
		draw_rung(s, c, (struct rect){ r.x, y++, r.w, 1 },
		    k && k->name ? k->name : d->carrier, engaged(inc, 0, d->carrier),
		    clock_for(inc, CLOCK_CARRIER, d->carrier),
		    k && k->contact_count ? &k->contacts[0] : NULL);
	}
	return y;
}

/* ---- what is known and said ---- */

static const char *public_text(const struct scene *s, const struct posted_update *u)
{
	const struct snap_noc *noc = s->snap->noc;

	for (size_t i = 0; noc && i < noc->audience_count; i++)
		if (!noc->audiences[i].internal && json_str(u->text, noc->audiences[i].id))
			return json_str(u->text, noc->audiences[i].id);
	return u->text && u->text->child && cJSON_IsString(u->text->child)
		   ? u->text->child->valuestring
		   : "";
}

/* `r.h` is how many lines of the text have room. */
static int draw_customers(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	const struct posted_update *u =
	    inc->update_count ? &inc->updates[inc->update_count - 1] : NULL;
	char at[16], next[16], none[120];
	struct buf key;
	int y = r.y, lines;

	canvas_put(c, r.x, y, STYLE_HEAD, "CUSTOMERS READ NOW");
	if (!u) {
		buf_init(&key, 40);
		key_of(s, "update.compose", &key);
		snprintf(none, sizeof none, "Nothing has been posted yet.%s%s%s",
		    key.len ? " " : "", buf_str(&key), key.len ? " writes the first update." : "");
		buf_fini(&key);
		return y + 1 +
		       canvas_wrap(
			   c, (struct rect){ r.x + 1, y + 1, r.w - 1, 2 }, STYLE_DIM, none, 0);
	}
	if (!utc_is_set(u->next_update_at))
		canvas_putf(c, r.x + 20, y, STYLE_DIM, "(%s UTC)", time_hms(at, u->at));
	else if (r.w >= 20 + 26)
		canvas_putf(c, r.x + 20, y, STYLE_DIM, "(%s UTC, next %s)", time_hms(at, u->at),
		    time_hm(next, u->next_update_at));
	else
		canvas_putf(
		    c, r.x + 20, y, STYLE_DIM, "next %s UTC", time_hm(next, u->next_update_at));
	lines = canvas_wrap(
	    c, (struct rect){ r.x + 1, y + 1, r.w - 1, r.h }, STYLE_TEXT, public_text(s, u), 0);
	return y + 1 + (lines < r.h ? lines : r.h);
}

static int draw_work(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	int y = r.y;
	char at[16];

	if (inc->hypothesis && inc->hypothesis[0]) {
		y = head(c, r.x, y, "HYPOTHESIS");
		canvas_field(c, r.x + 1, y++, r.w - 1, STYLE_TEXT, inc->hypothesis);
	}
	for (size_t i = 0; i < inc->action_count; i++) {
		const struct action_item *a = &inc->actions[i];

		if (i == 0)
			y = head(c, r.x, y, "DOING");
		canvas_putf(c, r.x + 1, y++, a->done ? STYLE_DIM : STYLE_TEXT, "%s %s  %s",
		    a->done ? "✓" : "▸", a->text ? a->text : "",
		    a->owner ? person_name(s, a->owner) : "");
	}
	for (size_t i = 0; i < inc->reminder_count; i++) {
		const struct reminder_item *m = &inc->reminders[i];

		if (i == 0)
			y = head(c, r.x, y, "REMINDERS");
		canvas_putf(c, r.x + 1, y++, utc_before(m->at, s->now) ? STYLE_WARN : STYLE_TEXT,
		    "%s  %s", time_hm(at, m->at), m->text ? m->text : "");
	}
	return y;
}

/* In so many lines as `r.h` says. */
static int draw_evidence(struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	int y = head(c, r.x, r.y, "EVIDENCE"), lines;

	if (!inc->evidence || !inc->evidence[0]) {
		canvas_put(c, r.x + 1, y, STYLE_DIM, "Nothing from probes or feeds bears on it.");
		return y + 1;
	}
	lines =
	    canvas_wrap(c, (struct rect){ r.x + 1, y, r.w - 1, r.h }, STYLE_TEXT, inc->evidence, 0);
	return y + (lines < r.h ? lines : r.h);
}

static int draw_last_events(
    const struct scene *s, struct canvas *c, struct rect r, const struct snap_incident *inc)
{
	int y = head(c, r.x, r.y, "LAST EVENTS"), h = r.y + r.h - y;

	draw_timeline(s, c, (struct rect){ r.x + 1, y, r.w - 1, h < 1 ? 1 : h }, inc->id, -1, true);
	return r.y + r.h;
}

int draw_overview(const struct scene *s, struct canvas *c, struct rect r,
    const struct snap_incident *inc, int skip)
{
	struct rect old = canvas_clip(c, r), column;
	bool two = r.w >= 76;
	int left = two ? r.w * 47 / 100 : r.w, x2 = two ? r.x + left + 1 : r.x, y, y2;
	int w2 = two ? r.w - left - 1 : r.w, tall = r.h >= 48 ? r.h / 3 : 0;

	column = canvas_clip(c, (struct rect){ r.x, r.y, left - 1, r.h });
	y = draw_clocks(s, c, (struct rect){ r.x, r.y - skip, left - 1, 1 }, inc) + 1;
	canvas_unclip(c, column);
	y2 = two ? r.y - skip : y;
	y2 = draw_people(s, c, (struct rect){ x2, y2, w2, 1 }, inc);
	y2 = draw_presence(s, c, (struct rect){ x2, y2, w2, 1 }, inc) + 1;
	y2 = draw_ladder(s, c, (struct rect){ x2, y2, w2, 1 }, inc) + 1;
	y2 = draw_evidence(c, (struct rect){ x2, y2, w2, tall ? tall : 8 }, inc) + 1;
	if (!two)
		y = y2;
	column = canvas_clip(c, (struct rect){ r.x, r.y, left - 1, r.h });
	y = draw_customers(s, c, (struct rect){ r.x, y, left - 1, tall ? tall : 6 }, inc) + 1;
	canvas_unclip(c, column);
	y2 = draw_work(s, c, (struct rect){ x2, two ? y2 : y, w2, 1 }, inc);
	if (!two || (tall && y < y2 + 1))
		y = y2 + 1;
	if (y < r.y + r.h)
		draw_last_events(
		    s, c, (struct rect){ r.x, y, tall ? r.w - 1 : left - 1, r.y + r.h - y }, inc);
	canvas_unclip(c, old);
	y += 1 + (int)s->snap->timeline_count;
	return (two && y2 > y ? y2 : y) - r.y + skip;
}
