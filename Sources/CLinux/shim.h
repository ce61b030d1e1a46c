// Linux calls that the Glibc module hides (it is built without _GNU_SOURCE), that are macros or variadic, that glibc has no wrapper for, or
// that Swift refuses to call (fork). Each function is one system call; what to do with them is decided in Swift.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern int pipe2(int[2], int);
extern int unshare(int);
extern int prlimit(pid_t, int, const struct rlimit *, struct rlimit *);
extern int setresuid(uid_t, uid_t, uid_t);
extern int setresgid(gid_t, gid_t, gid_t);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);

enum {
  CLINUX_CLONE_NEWNS = 0x00020000,
  CLINUX_CLONE_NEWIPC = 0x08000000,
  CLINUX_CLONE_NEWUSER = 0x10000000,
  CLINUX_CLONE_NEWPID = 0x20000000,
  CLINUX_CLONE_NEWNET = 0x40000000,
};

// Only for a process with one thread: the child goes on with the whole program.
static inline pid_t clinux_fork(void) { return fork(); }

static inline int clinux_rlimit_core(void) { return RLIMIT_CORE; }
static inline int clinux_rlimit_cpu(void) { return RLIMIT_CPU; }
static inline int clinux_rlimit_as(void) { return RLIMIT_AS; }
static inline int clinux_rlimit_fsize(void) { return RLIMIT_FSIZE; }
static inline int clinux_rlimit_nofile(void) { return RLIMIT_NOFILE; }
static inline int clinux_rlimit_nproc(void) { return 6; /* RLIMIT_NPROC, hidden by the modular header */ }

static inline int clinux_exited(int status) { return WIFEXITED(status); }
static inline int clinux_exit_code(int status) { return WEXITSTATUS(status); }
static inline int clinux_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

static inline int clinux_set_no_new_privs(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static inline int clinux_get_no_new_privs(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); }
static inline int clinux_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
static inline int clinux_set_dumpable(int value) { return prctl(PR_SET_DUMPABLE, value, 0, 0, 0); }
static inline int clinux_drop_bounding(int capability) { return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); }

// Empties the effective, permitted and inheritable sets of the calling thread.
static inline int clinux_drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, data);
}

static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
// Closed on exec.
static inline int clinux_memfd_create(const char *name) { return (int)syscall(SYS_memfd_create, name, 1U /* MFD_CLOEXEC */); }
static inline int clinux_close_from(unsigned int first) { return (int)syscall(SYS_close_range, first, ~0U, 0); }

static inline int clinux_pivot_root(const char *new_root, const char *old_root) {
  return (int)syscall(SYS_pivot_root, new_root, old_root);
}

enum {
  CLINUX_MOUNT_ATTR_RDONLY = 0x1,
  CLINUX_MOUNT_ATTR_NOSUID = 0x2,
  CLINUX_MOUNT_ATTR_NODEV = 0x4,
  CLINUX_MOUNT_ATTR_NOEXEC = 0x8,
};

// Sets attributes on a mount and, with `recursive`, on every mount below it (Linux 5.12).
static inline int clinux_mount_set(const char *path, uint64_t attributes, int recursive) {
  struct { uint64_t set, clear, propagation, userns; } change = {attributes, 0, 0, 0};
  return (int)syscall(SYS_mount_setattr, -100 /* AT_FDCWD */, path, recursive ? 0x8000 /* AT_RECURSIVE */ : 0, &change, sizeof change);
}

// Landlock: numbers from the kernel's interface, since Debian 12's header knows only its first two versions.
struct clinux_landlock_ruleset { uint64_t files, network, scoped; };
struct clinux_landlock_path { uint64_t allowed; int32_t parent; } __attribute__((packed));

static inline int clinux_landlock_version(void) { return (int)syscall(SYS_landlock_create_ruleset, (void *)0, 0, 1); }
static inline int clinux_landlock_create(const struct clinux_landlock_ruleset *ruleset, size_t size) {
  return (int)syscall(SYS_landlock_create_ruleset, ruleset, size, 0);
}
static inline int clinux_landlock_allow(int ruleset, uint64_t allowed, int directory) {
  struct clinux_landlock_path rule = {allowed, directory};
  return (int)syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0);
}
static inline int clinux_landlock_restrict(int ruleset) { return (int)syscall(SYS_landlock_restrict_self, ruleset, 0); }
#endif
