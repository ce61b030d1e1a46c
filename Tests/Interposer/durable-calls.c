// Loaded into intake-robot with LD_PRELOAD by the crash test: sees every call that makes something durable or lets it leave the machine, writes
// one line for each, and can kill the process just before or just after one of them. What is reported and where to die is decided by
// the environment:
//
//   INTAKE_DURABLE_ROOT  the folder of the run; calls on files outside it are not reported
//   INTAKE_DURABLE_LOG   the trace, one line a call: "NUMBER PID FUNCTION TARGET STACK OCCURRENCE"
//   INTAKE_DURABLE_KILL  "FUNCTION TARGET STACK OCCURRENCE before|after": SIGKILL there, as a power cut would;
//                        "NUMBER before|after": at the call of that number, whatever it is
//   INTAKE_DURABLE_FAIL  "FUNCTION N ERRNO once|always": the Nth call of this function, or it and all later ones, fail with this error and do
//                        nothing; the trace then holds a line "FAILED". For the clock, `clock_gettime`, ERRNO is the jump in seconds.
//   INTAKE_DURABLE_RECORD  everything done to files, in order, with the bytes: what a power cut may have left is rebuilt from it
//
// TARGET is the path below the root with every word that holds a digit replaced by '#' (so that content addresses and temporary names
// compare equal between runs), or "network". STACK is a hash of the return addresses: the call site in the program's own code, not in
// SQLite or curl, and the same in every run of one binary. OCCURRENCE counts the calls of one (FUNCTION, TARGET, STACK).
//
// Only calls through the dynamic symbols of libc are seen; the test compares the trace with one of strace, so that none can be missing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SITES = 8192, MAX_FRAMES = 64, MAX_TARGET = 256 };

struct site {
  uint64_t key;
  unsigned occurrences;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct site sites[MAX_SITES];
static unsigned number;
static int log_file = -1;
static char root[PATH_MAX];
static size_t root_length;
static char kill_at[512];
static int kill_after;
static char fail_function[32];
static unsigned fail_at, failing_calls;
static int fail_error, fails_always;
static int record_file = -1;
static _Thread_local int inside;

// Raw calls, so that the interposer never sees itself.
static void put(int file, const char *text, size_t length) { (void)!syscall(SYS_write, file, text, length); }

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

static uint64_t mix(uint64_t hash, uint64_t value) {
  for (int byte = 0; byte < 8; byte++) hash = (hash ^ (value >> (8 * byte) & 0xFF)) * 0x100000001B3ull;
  return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text) {
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001B3ull;
  return hash;
}

__attribute__((constructor)) static void start(void) {
  const char *folder = getenv("INTAKE_DURABLE_ROOT"), *trace = getenv("INTAKE_DURABLE_LOG"), *at = getenv("INTAKE_DURABLE_KILL");
  if (!folder || !realpath(folder, root)) return;
  root_length = strlen(root);
  if (trace) log_file = (int)syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (at) {
    const char *side = strrchr(at, ' ');
    if (!side || (size_t)(side - at) >= sizeof kill_at) abort();
    memcpy(kill_at, at, (size_t)(side - at));
    kill_after = strcmp(side, " after") == 0;
  }
  const char *fail = getenv("INTAKE_DURABLE_FAIL"), *record = getenv("INTAKE_DURABLE_RECORD");
  char how[8];
  if (fail) {
    if (sscanf(fail, "%31s %u %d %7s", fail_function, &fail_at, &fail_error, how) != 4) abort();
    fails_always = strcmp(how, "always") == 0;
  }
  if (record) record_file = (int)syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  void *frames[4];
  backtrace(frames, 4);  // loads the unwinder now, not in the middle of a call
}

// Addresses without the offset at which the loader placed each module.
static uint64_t stack_hash(void) {
  void *frames[MAX_FRAMES];
  int count = backtrace(frames, MAX_FRAMES);
  uint64_t hash = 0xCBF29CE484222325ull;
  for (int i = 2; i < count; i++) {
    Dl_info module;
    if (dladdr(frames[i], &module) && module.dli_fbase) hash = mix(hash, (uint64_t)((char *)frames[i] - (char *)module.dli_fbase));
  }
  return hash;
}

// Whether this call of a function is one that must fail.
static int must_fail(const char *function) {
  if (!fail_at || strcmp(function, fail_function) != 0) return 0;
  unsigned count = __atomic_add_fetch(&failing_calls, 1, __ATOMIC_RELAXED);
  if (count != fail_at && !(fails_always && count > fail_at)) return 0;
  if (count == fail_at && log_file >= 0) put(log_file, "FAILED\n", 7);
  return 1;
}

// The path of an open file at or below the root; 0 when it is elsewhere.
static int path_of_file(int file, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

// One record: kind, path, second path, offset or size, length of the bytes, the bytes. One write each, so that threads do not mix.
static void record(char kind, const char *path, const char *to, int64_t at, const struct iovec *parts, int count) {
  if (record_file < 0 || strncmp(path, root, root_length) != 0) return;
  uint32_t head[2] = {(uint32_t)strlen(path), (uint32_t)strlen(to)};
  uint64_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  struct iovec all[16] = {{&kind, 1}, {head, sizeof head}, {(void *)path, head[0]}, {(void *)to, head[1]}, {&at, sizeof at}, {&size, sizeof size}};
  if (count > 10) abort();
  for (int i = 0; i < count; i++) all[6 + i] = parts[i];
  (void)!syscall(SYS_writev, record_file, all, 6 + count);
}

static void record_bytes(int file, const struct iovec *parts, int count, ssize_t written, int64_t at) {
  char path[PATH_MAX];
  if (record_file < 0 || written <= 0 || !path_of_file(file, path)) return;
  // Files that are appended to are written at their end; where that is, the position after the call tells.
  if (at < 0) at = lseek(file, 0, SEEK_CUR) - written;
  record('w', path, "", at, parts, count);
}

static void record_file_call(char kind, int file, int64_t size, int result) {
  char path[PATH_MAX];
  if (record_file >= 0 && result == 0 && path_of_file(file, path)) record(kind, path, "", size, 0, 0);
}

static void full_path(int folder, const char *name, char *path) {
  char base[PATH_MAX] = "";
  if (name[0] == '/') { snprintf(path, PATH_MAX, "%s", name); return; }
  if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) base[0] = 0; }
  else { char link[64]; snprintf(link, sizeof link, "/proc/self/fd/%d", folder); ssize_t n = readlink(link, base, sizeof base - 1); base[n > 0 ? n : 0] = 0; }
  if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) path[0] = 0;
}

static void record_names(char kind, int folder, const char *name, int to_folder, const char *to, int result) {
  char path[PATH_MAX], other[PATH_MAX] = "";
  if (record_file < 0 || result < 0) return;
  full_path(folder, name, path);
  if (to) full_path(to_folder, to, other);
  record(kind, path, other, 0, 0, 0);
}

static int is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The path below the root, normalised; 0 when it is elsewhere.
static int target_of_path(const char *path, char *target) {
  if (strncmp(path, root, root_length) != 0 || (path[root_length] != '/' && path[root_length] != 0)) return 0;
  const char *from = path + root_length + (path[root_length] == '/');
  size_t used = 0;
  while (*from && used < MAX_TARGET - 2) {
    const char *end = from;
    int has_digit = 0;
    while (is_word(*end)) { has_digit |= *end >= '0' && *end <= '9'; end++; }
    if (end == from) target[used++] = *from == ' ' ? '_' : *from, from++;
    else if (has_digit) target[used++] = '#', from = end;
    else while (from < end && used < MAX_TARGET - 2) target[used++] = *from++;
  }
  if (!used) target[used++] = '.';
  target[used] = 0;
  return 1;
}

static int target_of_file(int file, char *target) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (path[0] == '/') {
    char *deleted = strstr(path, " (deleted)");
    if (deleted) *deleted = 0;
    return target_of_path(path, target);
  }
  int domain = 0;
  socklen_t size = sizeof domain;
  if (getsockopt(file, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || (domain != AF_INET && domain != AF_INET6)) return 0;
  strcpy(target, "network");
  return 1;
}

static int target_of_name(int folder, const char *name, char *target) {
  char path[2 * PATH_MAX], base[PATH_MAX];
  if (name[0] == '/') return target_of_path(name, target);
  if (folder == AT_FDCWD) {
    if (!getcwd(base, sizeof base)) return 0;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length <= 0) return 0;
    base[length] = 0;
  }
  snprintf(path, sizeof path, "%s/%s", base, name);
  return target_of_path(path, target);
}

// Reports a call, dies if this is the place to die before it, and says whether to die after it.
static int reached(const char *function, const char *target) {
  uint64_t stack = stack_hash(), key = mix_text(mix_text(mix(0xCBF29CE484222325ull, stack), function), target);
  char line[MAX_TARGET + 128], place[MAX_TARGET + 96];
  pthread_mutex_lock(&lock);
  unsigned slot = key % MAX_SITES;
  while (sites[slot].occurrences && sites[slot].key != key) slot = (slot + 1) % MAX_SITES;
  sites[slot].key = key;
  unsigned occurrence = ++sites[slot].occurrences;
  snprintf(place, sizeof place, "%s %s %016llx %u", function, target, (unsigned long long)stack, occurrence);
  int length = snprintf(line, sizeof line, "%u %ld %s\n", ++number, (long)syscall(SYS_getpid), place);
  if (log_file >= 0) put(log_file, line, (size_t)length);
  char ordinal[16];
  snprintf(ordinal, sizeof ordinal, "%u", number);
  int is_here = kill_at[0] && (strcmp(place, kill_at) == 0 || strcmp(ordinal, kill_at) == 0);
  if (is_here && !kill_after) die();
  pthread_mutex_unlock(&lock);
  return is_here;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// Calls the real function between the two sides; `found` fills `target` and says whether the call counts. `kept` records what was done.
#define DURABLE(name, result_type, found, call, kept)      \
  static __typeof__(&name) next;                           \
  if (!next) next = NEXT(name);                            \
  char target[MAX_TARGET];                                 \
  int dies = 0, fails = 0;                                 \
  if (root_length && !inside) {                            \
    int before = errno;                                    \
    inside = 1;                                            \
    if (found) {                                           \
      dies = reached(#name, target);                       \
      fails = must_fail(#name);                            \
    }                                                      \
    inside = 0;                                            \
    errno = before;                                        \
  }                                                        \
  if (fails) {                                             \
    errno = fail_error;                                    \
    return -1;                                             \
  }                                                        \
  result_type result = call;                               \
  if (record_file >= 0 && !inside) {                       \
    int after = errno;                                     \
    inside = 1;                                            \
    kept;                                                  \
    inside = 0;                                            \
    errno = after;                                         \
  }                                                        \
  if (dies) die();                                         \
  return result;

ssize_t write(int file, const void *bytes, size_t count) { DURABLE(write, ssize_t, target_of_file(file, target), next(file, bytes, count), record_bytes(file, &(struct iovec){(void *)bytes, result > 0 ? (size_t)result : 0}, 1, result, -1)) }
ssize_t writev(int file, const struct iovec *parts, int count) { DURABLE(writev, ssize_t, target_of_file(file, target), next(file, parts, count), if (count <= 10) record_bytes(file, parts, count, result, -1)) }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { DURABLE(pwrite, ssize_t, target_of_file(file, target), next(file, bytes, count, at), record_bytes(file, &(struct iovec){(void *)bytes, result > 0 ? (size_t)result : 0}, 1, result, at)) }
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) { DURABLE(pwrite64, ssize_t, target_of_file(file, target), next(file, bytes, count, at), record_bytes(file, &(struct iovec){(void *)bytes, result > 0 ? (size_t)result : 0}, 1, result, at)) }
ssize_t send(int file, const void *bytes, size_t count, int flags) { DURABLE(send, ssize_t, target_of_file(file, target), next(file, bytes, count, flags), (void)0) }
ssize_t sendto(int file, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t length) { DURABLE(sendto, ssize_t, target_of_file(file, target), next(file, bytes, count, flags, to, length), (void)0) }
ssize_t sendmsg(int file, const struct msghdr *message, int flags) { DURABLE(sendmsg, ssize_t, target_of_file(file, target), next(file, message, flags), (void)0) }
ssize_t copy_file_range(int from, off64_t *read_at, int to, off64_t *write_at, size_t count, unsigned flags) { DURABLE(copy_file_range, ssize_t, target_of_file(to, target), next(from, read_at, to, write_at, count, flags), (void)0) }
ssize_t sendfile(int to, int from, off_t *at, size_t count) { DURABLE(sendfile, ssize_t, target_of_file(to, target), next(to, from, at, count), (void)0) }
int fsync(int file) { DURABLE(fsync, int, target_of_file(file, target), next(file), record_file_call('s', file, 0, result)) }
int fdatasync(int file) { DURABLE(fdatasync, int, target_of_file(file, target), next(file), record_file_call('s', file, 0, result)) }
int ftruncate(int file, off_t size) { DURABLE(ftruncate, int, target_of_file(file, target), next(file, size), record_file_call('t', file, size, result)) }
int ftruncate64(int file, off64_t size) { DURABLE(ftruncate64, int, target_of_file(file, target), next(file, size), record_file_call('t', file, size, result)) }
int fallocate(int file, int mode, off_t at, off_t size) { DURABLE(fallocate, int, target_of_file(file, target), next(file, mode, at, size), (void)0) }
int posix_fallocate(int file, off_t at, off_t size) { DURABLE(posix_fallocate, int, target_of_file(file, target), next(file, at, size), (void)0) }
int rename(const char *from, const char *to) { DURABLE(rename, int, target_of_name(AT_FDCWD, to, target), next(from, to), record_names('r', AT_FDCWD, from, AT_FDCWD, to, result)) }
int renameat(int from_folder, const char *from, int to_folder, const char *to) { DURABLE(renameat, int, target_of_name(to_folder, to, target), next(from_folder, from, to_folder, to), record_names('r', from_folder, from, to_folder, to, result)) }
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) { DURABLE(renameat2, int, target_of_name(to_folder, to, target), next(from_folder, from, to_folder, to, flags), record_names('r', from_folder, from, to_folder, to, result)) }
int link(const char *from, const char *to) { DURABLE(link, int, target_of_name(AT_FDCWD, to, target), next(from, to), record_names('l', AT_FDCWD, from, AT_FDCWD, to, result)) }
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) { DURABLE(linkat, int, target_of_name(to_folder, to, target), next(from_folder, from, to_folder, to, flags), record_names('l', from_folder, from, to_folder, to, result)) }
int symlink(const char *from, const char *to) { DURABLE(symlink, int, target_of_name(AT_FDCWD, to, target), next(from, to), (void)0) }
int unlink(const char *path) { DURABLE(unlink, int, target_of_name(AT_FDCWD, path, target), next(path), record_names('u', AT_FDCWD, path, 0, 0, result)) }
int unlinkat(int folder, const char *path, int flags) { DURABLE(unlinkat, int, target_of_name(folder, path, target), next(folder, path, flags), record_names('u', folder, path, 0, 0, result)) }
int mkdir(const char *path, mode_t mode) { DURABLE(mkdir, int, target_of_name(AT_FDCWD, path, target), next(path, mode), record_names('m', AT_FDCWD, path, 0, 0, result)) }
int mkdirat(int folder, const char *path, mode_t mode) { DURABLE(mkdirat, int, target_of_name(folder, path, target), next(folder, path, mode), record_names('m', folder, path, 0, 0, result)) }
int rmdir(const char *path) { DURABLE(rmdir, int, target_of_name(AT_FDCWD, path, target), next(path), record_names('u', AT_FDCWD, path, 0, 0, result)) }

// Opening counts when it may create the file.
#define MODE(flags)                                \
  mode_t mode = 0;                                 \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {         \
    va_list list;                                  \
    va_start(list, flags);                         \
    mode = (mode_t)va_arg(list, int);              \
    va_end(list);                                  \
  }

int open(const char *path, int flags, ...) { MODE(flags) DURABLE(open, int, (flags & O_CREAT) && target_of_name(AT_FDCWD, path, target), next(path, flags, mode), if (flags & O_CREAT) record_names(flags & O_TRUNC ? 'n' : 'c', AT_FDCWD, path, 0, 0, result)) }
int open64(const char *path, int flags, ...) { MODE(flags) DURABLE(open64, int, (flags & O_CREAT) && target_of_name(AT_FDCWD, path, target), next(path, flags, mode), if (flags & O_CREAT) record_names(flags & O_TRUNC ? 'n' : 'c', AT_FDCWD, path, 0, 0, result)) }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) DURABLE(openat, int, (flags & O_CREAT) && target_of_name(folder, path, target), next(folder, path, flags, mode), if (flags & O_CREAT) record_names(flags & O_TRUNC ? 'n' : 'c', folder, path, 0, 0, result)) }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) DURABLE(openat64, int, (flags & O_CREAT) && target_of_name(folder, path, target), next(folder, path, flags, mode), if (flags & O_CREAT) record_names(flags & O_TRUNC ? 'n' : 'c', folder, path, 0, 0, result)) }

// Not durable, but what a run depends on: these can only fail.
#define FRAIL(name, bad, call)                      \
  static __typeof__(&name) next;                    \
  if (!next) next = NEXT(name);                     \
  if (root_length && !inside && must_fail(#name)) { \
    errno = fail_error;                             \
    return bad;                                     \
  }                                                 \
  return call;

int connect(int file, const struct sockaddr *to, socklen_t length) { FRAIL(connect, -1, next(file, to, length)) }
int socket(int domain, int type, int protocol) { FRAIL(socket, -1, next(domain, type, protocol)) }
ssize_t recv(int file, void *bytes, size_t count, int flags) { FRAIL(recv, -1, next(file, bytes, count, flags)) }
ssize_t pread64(int file, void *bytes, size_t count, off64_t at) { FRAIL(pread64, -1, next(file, bytes, count, at)) }
ssize_t pread(int file, void *bytes, size_t count, off_t at) { FRAIL(pread, -1, next(file, bytes, count, at)) }
int pipe2(int ends[2], int flags) { FRAIL(pipe2, -1, next(ends, flags)) }
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const words[], char *const variables[]) { FRAIL(posix_spawn, fail_error, next(pid, path, actions, attributes, words, variables)) }
int clock_gettime(clockid_t clock, struct timespec *now) {
  static __typeof__(&clock_gettime) next;
  if (!next) next = NEXT(clock_gettime);
  int result = next(clock, now);
  if (clock == CLOCK_REALTIME && root_length && !inside && must_fail("clock_gettime")) now->tv_sec += fail_error;
  return result;
}
