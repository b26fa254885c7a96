#include "ui/action.h"

#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/nearest.h"

#define VIEW(ident, lab, hlp, grp, ctx, fn)                                                        \
	{                                                                                          \
		.id = (ident), .label = (lab), .help = (hlp), .group = (grp), .contexts = (ctx),   \
		.danger = DANGER_VIEW, .run = (fn)                                                 \
	}

static const char move[] = "Move", go[] = "Go to", look[] = "Look", board[] = "Board",
		  typing[] = "Typing", dialog[] = "Dialogs";

/* clang-format off */
static const struct action own[] = {
	VIEW("list.next", "next", "Next row", move, "list pager palette form composer confirm", NULL),
	VIEW("list.prev", "prev", "Previous row", move, "list pager palette form composer confirm", NULL),
	VIEW("list.first", "first", "First row", move, "list pager palette", NULL),
	VIEW("list.last", "last", "Last row", move, "list pager palette", NULL),
	VIEW("list.page-down", "page", "One page down", move, "list pager palette form composer confirm", NULL),
	VIEW("list.page-up", "page", "One page up", move, "list pager palette form composer confirm", NULL),
	VIEW("list.half-down", "half", "Half a page down", move, "list pager", NULL),
	VIEW("list.half-up", "half", "Half a page up", move, "list pager", NULL),
	VIEW("list.open", "open", "Open what is selected", go, "list", NULL),
	VIEW("pane.next", "next pane", "Next pane or tab", move, "global", NULL),
	VIEW("pane.prev", "prev pane", "Previous pane or tab", move, "global", NULL),
	VIEW("incident.tab", "tab", "Tab of the incident by its number", go, "incident", NULL),

	VIEW("app.back", "back", "Back one level", go, "global", app_do_back),
	VIEW("app.quit", "quit", "Leave the board; the engine goes on watching", board, "global", app_do_quit),
	VIEW("app.redraw", "redraw", "Draw the screen anew", board, "global editor confirm", app_do_redraw),
	VIEW("app.suspend", "suspend", "Back to the shell for a while (fg returns)", board, "global", app_do_suspend),
	VIEW("app.cancel", "cancel", "Cancel what is in progress", board, "global", app_do_cancel),
	VIEW("app.theme", "theme", "Next colour theme", look, "global", app_do_theme),
	VIEW("app.mute", "mute", "Bell on this board on or off", look, "global", app_do_mute),
	VIEW("palette.open", "command", "Everything by name", go, "global", app_do_palette),
	VIEW("help.open", "help", "Keys of this screen", go, "global", app_do_help),
	VIEW("search.open", "search", "Search on this screen", go, "list pager", app_do_search),
	VIEW("search.next", "next match", "Next match", go, "list pager", app_do_search_next),
	VIEW("search.prev", "prev match", "Previous match", go, "list pager", app_do_search_prev),
	VIEW("board.open", "board", "The board", go, "global", app_do_board),
	VIEW("outbox.open", "outbox", "Outbox: what is held, waiting, sent", go, "global", app_do_outbox),
	VIEW("journal.open", "journal", "What happened lately, over everything", go, "global", app_do_journal),
	VIEW("sources.open", "sources", "Sources: what is watched, and how it is heard", go, "global", app_do_sources),
	VIEW("sources.filter", "filter", "Only the sources with these words", look, "sources", app_do_filter),
	VIEW("source.text", "document", "What the source sent last, and back", look, "source", NULL),
	{ .id = "deadline.explain", .label = "why", .help = "Why this deadline?", .group = "Look",
	  .contexts = "board incident", .danger = DANGER_VIEW, .needs_incident = true, .run = app_do_why },
	VIEW("contacts.open", "contacts", "Whom to call: our own, carriers, key customers; region=ID for one region", go, "global", app_do_contacts),
	VIEW("maintenance.open", "maintenance", "Planned work: under way, ahead, and lately; region=ID for one region", go, "global", app_do_maintenance),
	{ .id = "evidence.open", .label = "evidence", .help = "What probes and feeds say of it", .group = "Look",
	  .contexts = "board", .danger = DANGER_VIEW, .needs_incident = true, .run = app_do_evidence },
	{ .id = "held.stop", .label = "stop", .help = "Stop a message before it is sent", .group = "Telling",
	  .contexts = "global", .danger = DANGER_OWN, .permission = PERM_PUBLISH, .run = app_do_held_stop },
	{ .id = "held.send", .label = "send now", .help = "Send a held message now", .group = "Telling",
	  .contexts = "outbox", .danger = DANGER_OUTWARD, .permission = PERM_PUBLISH, .run = app_do_held_send },
	{ .id = "app.undo", .label = "undo", .help = "Stop what is held, or take back your last change", .group = "Incident",
	  .contexts = "global", .danger = DANGER_OWN, .permission = PERM_RESPOND, .run = app_do_undo },

	{ .id = "update.compose", .label = "update", .help = "Write and post an update to customers", .group = "Telling",
	  .contexts = "board incident", .danger = DANGER_OUTWARD, .permission = PERM_PUBLISH, .needs_incident = true,
	  .sends = "update", .run = app_do_compose },
	{ .id = "update.no-change", .label = "same", .help = "Update: nothing has changed; repeats the last facts", .group = "Telling",
	  .contexts = "board incident", .danger = DANGER_OUTWARD, .permission = PERM_PUBLISH, .needs_incident = true,
	  .sends = "update", .run = app_do_no_change },
	{ .id = "update.approve", .label = "approve", .help = "Read an update that waits for approval, and approve it", .group = "Telling",
	  .contexts = "board incident outbox", .danger = DANGER_OUTWARD, .permission = PERM_PUBLISH,
	  .sends = "approve", .run = app_do_approve },

	VIEW("edit.left", "left", "One character left", typing, "editor", NULL),
	VIEW("edit.right", "right", "One character right", typing, "editor", NULL),
	VIEW("edit.word-left", "word left", "One word left", typing, "editor", NULL),
	VIEW("edit.word-right", "word right", "One word right", typing, "editor", NULL),
	VIEW("edit.home", "start", "Start of the line", typing, "editor", NULL),
	VIEW("edit.end", "end", "End of the line", typing, "editor", NULL),
	VIEW("edit.back", "delete", "Delete the character before the cursor", typing, "editor", NULL),
	VIEW("edit.delete", "delete", "Delete the character under the cursor", typing, "editor", NULL),
	VIEW("edit.kill-word", "cut word", "Cut the word before the cursor", typing, "editor", NULL),
	VIEW("edit.kill-line", "cut line", "Cut to the start of the line", typing, "editor", NULL),
	VIEW("edit.kill-end", "cut end", "Cut to the end of the line", typing, "editor", NULL),
	VIEW("edit.yank", "put back", "Put back what was cut", typing, "editor", NULL),
	VIEW("edit.undo", "undo", "Take back the last edit", typing, "editor", NULL),
	VIEW("edit.redo", "redo", "Make again what was taken back", typing, "editor", NULL),
	VIEW("edit.newline", "new line", "Begin a new line", typing, "editor", NULL),

	VIEW("form.next", "next field", "Next field", dialog, "form composer", NULL),
	VIEW("form.prev", "previous field", "Previous field", dialog, "form composer", NULL),
	VIEW("form.enter", "next", "Take the choice, go on; on the button: do it", dialog, "form composer", NULL),
	VIEW("form.submit", "do it", "Do it", dialog, "form composer", NULL),
	VIEW("form.cancel", "cancel", "Leave without doing it", dialog, "form", NULL),
	VIEW("composer.close", "keep draft", "Leave; the draft stays", dialog, "composer", NULL),
	VIEW("composer.editor", "editor", "Write this field in your own editor", dialog, "composer", NULL),
	VIEW("composer.preview", "other reader", "What the next audience would read", dialog, "composer", NULL),
	VIEW("confirm.accept", "press", "Press the button that is marked", dialog, "confirm", NULL),
	VIEW("confirm.yes", "yes", "Yes", dialog, "confirm", NULL),
	VIEW("confirm.cancel", "cancel", "No", dialog, "confirm", NULL),
	VIEW("confirm.switch", "other", "The other button", dialog, "confirm", NULL),
	VIEW("palette.accept", "take", "Run what is marked", dialog, "palette", NULL),
	VIEW("palette.complete", "complete", "Complete the name", dialog, "palette", NULL),
	VIEW("palette.cancel", "leave", "Leave", dialog, "palette", NULL),
	VIEW("search.accept", "find", "Keep the match", dialog, "filter", NULL),
	VIEW("search.cancel", "leave", "Leave the search", dialog, "filter", NULL),
};
/* clang-format on */

/* Labels of the footer, shorter than the verbs. */
static const struct {
	const char *command, *label;
} labels[] = {
	{ "ack", "ack" },
	{ "role", "role" },
	{ "escalate", "escalate" },
	{ "severity", "severity" },
	{ "note", "note" },
	{ "restore", "restore" },
	{ "resolve", "resolve" },
	{ "snooze", "aside" },
	{ "merge", "join" },
	{ "dismiss", "dismiss" },
	{ "retry", "retry" },
	{ "give-up", "give up" },
};

static struct action derived[64];
static char derived_ids[64][40];
static const struct action *all[countof(own) + countof(derived) + 1];
static size_t all_count;

/* Commands on one delivery are at home in the outbox too. */
static bool about_delivery(const struct command_info *info)
{
	return strcmp(info->args[0].name ? info->args[0].name : "", "destination") == 0;
}

static void derive(struct action *a, char id[40], const struct command_info *info)
{
	memcpy(id, "incident.", 10);
	strncat(id, info->name, 39 - strlen(id));
	*a = (struct action){ .id = id,
		.label = info->verb,
		.help = info->help,
		.group = about_delivery(info) ? "Telling" : "Incident",
		.contexts = about_delivery(info) ? "board incident outbox" : "board incident",
		.danger = info->danger,
		.permission = info->permission,
		.needs_incident = !info->creates,
		.command = info,
		.run = app_do_command };
	for (size_t i = 0; i < countof(labels); i++)
		if (strcmp(labels[i].command, info->name) == 0)
			a->label = labels[i].label;
}

static void build(void)
{
	size_t n = 0;

	for (size_t i = 0; i < countof(own); i++)
		all[all_count++] = &own[i];
	for (const struct command_info *info = command_infos; info->name; info++)
		if (!info->screen && n < countof(derived)) {
			derive(&derived[n], derived_ids[n], info);
			all[all_count++] = &derived[n++];
		}
}

const struct action *const *actions(size_t *count)
{
	if (all_count == 0)
		build();
	*count = all_count;
	return all;
}

const struct action *action_find(const char *id)
{
	size_t count;
	const struct action *const *list = actions(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->id, id) == 0)
			return list[i];
	return NULL;
}

const char *action_near(const char *id)
{
	size_t count;
	const struct action *const *list = actions(&count);
	const char **words = xcalloc(2 * count + 1, sizeof *words), *near;

	/* By the whole id, and by what stands behind the dot. */
	for (size_t i = 0; i < count; i++) {
		const char *dot = strchr(list[i]->id, '.');

		words[i] = list[i]->id;
		words[count + i] = dot ? dot + 1 : list[i]->id;
	}
	near = nearest_word(id, words, 2 * count);
	for (size_t i = 0; near && i < count; i++)
		if (near == words[count + i])
			near = list[i]->id;
	free(words);
	return near;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = strstr(words, word); s; s = strstr(s + 1, word))
		if ((s == words || s[-1] == ' ') && (s[len] == ' ' || s[len] == '\0'))
			return true;
	return false;
}

bool action_in(const struct action *a, const char *context)
{
	for (const struct key_context *c = key_context(context); c;
	     c = c->parent ? key_context(c->parent) : NULL)
		if (has_word(a->contexts, c->name))
			return true;
	return false;
}
