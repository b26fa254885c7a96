/* This process: what it is, and what it gives away. */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Path of the running program, also when its file was replaced since; the caller frees.
 * NULL: *e. */
char *proc_self(struct err *e);

/* First thing of an engine: umask 027, no core file, no attaching by other processes of the user:
 * it holds secrets. */
void proc_harden(void);

/* Keeps only the variables whose names are in the list (NULL at its end; "LC_*" keeps all that
 * begin so): the environment must not steer libraries (proxies, certificates, zone files). */
void proc_env_keep(const char *const *names);

/* Raises the soft limit of open descriptors to the hard one, at most `want`; returns what it is. */
size_t proc_raise_files(size_t want);
/* Gives memory that was freed back to the system, after much of it was. */
void proc_give_back(void);

/* A process of this id runs (it may be anybody's). */
bool proc_alive(pid_t pid);

#endif
