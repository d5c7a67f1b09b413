#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// Everything below runs between fork and exec, of a process that may have other threads: only system calls.

/// Tells the caller what failed and ends the new process.
static _Noreturn void fail(int report, int step) {
    struct csandbox_failure failure = {.step = step, .error = errno};
    ssize_t written = write(report, &failure, sizeof failure);
    _exit(written == sizeof failure ? 127 : 126);
}

static void default_signals(void) {
    // The kernel's structure, of which nothing but zeros means SIG_DFL: the C library refuses its own signals.
    unsigned long action[4] = {0};
    for (int number = 1; number < NSIG; number++)
        syscall(SYS_rt_sigaction, number, action, NULL, sizeof(uint64_t));
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void join_namespaces(const struct csandbox_program *program, int report) {
    for (size_t n = 0; n < program->namespace_count; n++)
        if (setns(program->namespaces[n], 0) < 0) fail(report, csandbox_step_namespace);
    if (program->process_namespaces != 0 && setns(program->process, program->process_namespaces) < 0)
        fail(report, csandbox_step_namespace);
    // Joining mounts leads to the root of them all, which is not the container's where we live in a chroot ourselves.
    if (program->root >= 0 && (fchdir(program->root) < 0 || chroot(".") < 0))
        fail(report, csandbox_step_namespace);
}

/// Puts the descriptors in their places and closes all others; returns the new place of `report`.
static int arrange_descriptors(const struct csandbox_program *program, int report) {
    int count = (int)program->descriptor_count;
    int moved[count + 1];
    // First out of the way of one another, then into place.
    int high = fcntl(report, F_DUPFD_CLOEXEC, count + 1);
    if (high < 0) fail(report, csandbox_step_descriptors);
    for (int n = 0; n < count; n++) {
        moved[n] = fcntl(program->descriptors[n], F_DUPFD_CLOEXEC, count + 1);
        if (moved[n] < 0) fail(high, csandbox_step_descriptors);
    }
    for (int n = 0; n < count; n++)
        if (dup2(moved[n], n) < 0) fail(high, csandbox_step_descriptors);
    if (dup3(high, count, O_CLOEXEC) < 0) fail(high, csandbox_step_descriptors);
    if (syscall(SYS_close_range, count + 1, ~0U, 0) < 0) fail(count, csandbox_step_descriptors);
    return count;
}

/// Forks into the PID namespace that was joined; only the process within returns.
static void enter_pid_namespace(int report) {
    pid_t inner = fork();
    if (inner < 0) fail(report, csandbox_step_fork);
    if (inner == 0) return;
    // Nobody must wait for the stand-in to close the program's pipes.
    syscall(SYS_close_range, 0, ~0U, 0);
    int status;
    while (waitpid(inner, &status, 0) < 0)
        if (errno != EINTR) _exit(127);
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/// The C library's own calls would change all threads, of which a forked process has but one.
static void assume(const struct csandbox_identity *identity, int report) {
    // The bounding set first: it needs a capability that changing the user gives up.
    for (int capability = 0; capability < 64; capability++) {
        if (identity->capabilities >> capability & 1) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
        if (errno == EINVAL) break;  // Beyond the last that this kernel knows.
        fail(report, csandbox_step_identity);
    }
    if (syscall(SYS_setgroups, identity->group_count, identity->groups) < 0
        || syscall(SYS_setresgid, identity->group, identity->group, identity->group) < 0
        || syscall(SYS_setresuid, identity->user, identity->user, identity->user) < 0)
        fail(report, csandbox_step_identity);
    if (identity->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail(report, csandbox_step_identity);
}

/// Whether the new process must not share memory with us: since it changes what it shares with containers, or
/// since it sets the variables by which it looks for its program.
static bool needs_own_memory(const struct csandbox_program *program) {
    return program->process_namespaces != 0 || program->identity != NULL || strchr(program->path, '/') == NULL;
}

__attribute__((noinline)) static _Noreturn void become(const struct csandbox_program *program, int report) {
    setsid();
    default_signals();
    // Until exec, a copy of our memory must not be readable from within the container.
    if (needs_own_memory(program)) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    join_namespaces(program, report);
    report = arrange_descriptors(program, report);
    bool within = program->process_namespaces & CLONE_NEWPID;
    if (within) enter_pid_namespace(report);
    if (program->identity != NULL) assume(program->identity, report);
    if (within) {
        // After the identity, whose change clears it. A parent outside the namespace has the id 0.
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail(report, csandbox_step_fork);
        if (getppid() == 1) _exit(127);
    }
    if (program->directory != NULL && chdir(program->directory) < 0) fail(report, csandbox_step_directory);
    if (needs_own_memory(program)) {
        environ = (char **)program->environment;  // Where execvp looks for PATH.
        execvp(program->path, program->arguments);
    } else {
        execve(program->path, program->arguments, program->environment);
    }
    fail(report, csandbox_step_execute);
}

pid_t csandbox_start(const struct csandbox_program *program, struct csandbox_failure *failure) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) {
        *failure = (struct csandbox_failure){.step = csandbox_step_descriptors, .error = errno};
        return -1;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // vfork copies no page tables, which for a server of some hundred megabytes are milliseconds.
    pid_t process = needs_own_memory(program) ? fork() : vfork();
    if (process == 0) become(program, report[1]);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    ssize_t count = 0;
    if (process < 0) {
        *failure = (struct csandbox_failure){.step = csandbox_step_fork, .error = error};
    } else {
        do count = read(report[0], failure, sizeof *failure);
        while (count < 0 && errno == EINTR);
    }
    close(report[0]);
    if (process > 0 && count == sizeof *failure) {
        while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
        return -1;
    }
    return process;
}
