// Linux calls that the Glibc module hides (it is built without _GNU_SOURCE) or that are macros.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
#include <sys/types.h>
#include <sys/resource.h>
#include <sys/prctl.h>
#include <spawn.h>

extern int pipe2(int[2], int);
extern int unshare(int);
extern int prlimit(pid_t, int, const struct rlimit *, struct rlimit *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int clinux_set_no_new_privs(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
#endif
