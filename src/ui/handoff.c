/* A text handed to the person's own editor. It gets the terminal and a process group of its own;
 * the board lives on meanwhile: its engine connection, its clocks, its draft. */
#include "ui/handoff.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/file.h"

#define TEXT_MAX ((size_t)64 << 10)

struct handoff {
	char *dir, *path, *before;
	pid_t pid;
};

static void add_word(char **words, size_t *n, struct buf *word)
{
	words[(*n)++] = xstrdup(buf_str(word));
	buf_clear(word);
}

size_t handoff_words(const char *line, char *words[HANDOFF_WORDS])
{
	struct buf word;
	bool in_word = false;
	char quote = 0;
	size_t n = 0;

	buf_init(&word, 4096);
	for (const char *p = line; *p && n < HANDOFF_WORDS; p++) {
		if (quote == '\'' ? *p == '\'' : quote && *p == '"') {
			quote = 0;
		} else if (!quote && (*p == '\'' || *p == '"')) {
			quote = *p;
			in_word = true;
		} else if (*p == '\\' && quote != '\'' && p[1]) {
			buf_addc(&word, *++p);
			in_word = true;
		} else if (!quote && (*p == ' ' || *p == '\t')) {
			if (in_word)
				add_word(words, &n, &word);
			in_word = false;
		} else {
			buf_addc(&word, *p);
			in_word = true;
		}
	}
	if (in_word && n < HANDOFF_WORDS)
		add_word(words, &n, &word);
	buf_fini(&word);
	return n;
}

/* The words of the first of these that is set, or that can be found. */
static size_t editor_words(char *words[HANDOFF_WORDS])
{
	static const char *const names[] = { "NOCBOARD_EDITOR", "VISUAL", "EDITOR" };
	static const char *const usual[] = { "/usr/bin/sensible-editor", "/usr/bin/nano",
		"/usr/bin/vi" };
	size_t n = 0;

	for (size_t i = 0; !n && i < countof(names); i++)
		if (getenv(names[i]))
			n = handoff_words(getenv(names[i]), words);
	for (size_t i = 0; !n && i < countof(usual); i++)
		if (access(usual[i], X_OK) == 0)
			words[n++] = xstrdup(usual[i]);
	return n;
}

/* In the child: the terminal, its own group, signals as a program expects them. */
static void become(char *const argv[], int tty)
{
	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(tty, getpid());
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	dup2(tty, 0);
	dup2(tty, 1);
	dup2(tty, 2);
	execvp(argv[0], argv);
	_exit(127);
}

static void drop(struct handoff *h)
{
	struct err e;

	if (h->dir)
		file_remove_tree(h->dir, &e);
	free(h->dir);
	free(h->path);
	free(h->before);
	free(h);
}

struct handoff *handoff_start(int tty, const char *text, struct err *e)
{
	char *words[HANDOFF_WORDS + 2] = { 0 };
	struct handoff *h = xcalloc(1, sizeof *h);
	size_t n = editor_words(words);

	h->before = xstrdup(text);
	h->dir = file_scratch("nocboard-edit", e);
	h->path = h->dir ? xasprintf("%s/update.txt", h->dir) : NULL;
	if (!n)
		err_set(e, ERR_IO, "there is no editor: set EDITOR");
	if (!n || !h->path || !file_write(h->path, text, strlen(text), 0600, e)) {
		drop(h);
		h = NULL;
	} else {
		words[n] = h->path;
		h->pid = fork();
		if (h->pid == 0)
			become(words, tty);
		words[n] = NULL;
		if (h->pid > 0) {
			setpgid(h->pid, h->pid);
		} else {
			err_set(e, ERR_IO, "the editor cannot be started: %s", strerror(errno));
			drop(h);
			h = NULL;
		}
	}
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	return h;
}

bool handoff_runs(struct handoff *h, int *status)
{
	pid_t got = waitpid(h->pid, status, WNOHANG | WUNTRACED);

	if (got == h->pid && WIFSTOPPED(*status)) {
		kill(-h->pid, SIGCONT); /* there is no shell that could bring it back */
		return true;
	}
	return got == 0;
}

char *handoff_end(struct handoff *h, int tty, int status, struct err *e)
{
	struct buf b;
	char *text = NULL;

	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(tty, getpgrp());
	signal(SIGTTOU, SIG_DFL);
	buf_init(&b, TEXT_MAX);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		err_set(e, ERR_REFUSED, "the editor ended with an error: nothing was taken");
	} else if (file_read(h->path, TEXT_MAX, FILE_NOFOLLOW, &b, e)) {
		while (b.len && b.data[b.len - 1] == '\n')
			b.data[--b.len] = '\0';
		if (strcmp(buf_str(&b), h->before) == 0)
			err_set(e, ERR_REFUSED, "nothing was changed");
		else
			text = xstrdup(buf_str(&b));
	}
	buf_fini(&b);
	drop(h);
	return text;
}

void handoff_kill(struct handoff *h)
{
	int status;

	if (!h)
		return;
	kill(-h->pid, SIGHUP);
	kill(-h->pid, SIGCONT);
	waitpid(h->pid, &status, WNOHANG);
	drop(h);
}
