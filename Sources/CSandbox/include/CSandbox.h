/// Linux system calls that sandboxes need and that Swift cannot make itself: those that are variadic, those
/// hidden behind `_GNU_SOURCE`, and what must happen between fork and exec.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
// Swift sees these through us; the C library's module leaves them out.
#include <sys/epoll.h>
#include <sys/types.h>
#include <sys/xattr.h>

/// Who a process is and what it may do.
struct csandbox_identity {
    uid_t user;
    gid_t group;
    /// Supplementary groups.
    const gid_t *groups;
    size_t group_count;
    /// The bounding set: bit n stands for the capability of number n.
    uint64_t capabilities;
    bool no_new_privileges;
};

/// A program to start, and where.
struct csandbox_program {
    /// A path or a name that is looked up on the environment's PATH, after namespaces were joined.
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// The working directory, looked up after namespaces were joined; NULL leaves it.
    const char *directory;
    /// `descriptors[n]` becomes descriptor n of the program; everything else is closed.
    const int *descriptors;
    size_t descriptor_count;
    /// Descriptors of namespaces to join.
    const int *namespaces;
    size_t namespace_count;
    /// A pidfd of a process whose namespaces are joined, or -1, and which of them: `CLONE_NEW…` flags.
    int process;
    int process_namespaces;
    /// The directory that becomes the root after that, open, or -1.
    int root;
    /// NULL leaves the identity.
    const struct csandbox_identity *identity;
};

/// What a start failed at.
enum csandbox_step {
    csandbox_step_fork = 1,
    csandbox_step_descriptors,
    csandbox_step_namespace,
    csandbox_step_identity,
    csandbox_step_directory,
    csandbox_step_execute,
};

struct csandbox_failure {
    int step;
    int error;
};

/// Starts a program as the leader of a new session, with default signals; the caller reaps it.
///
/// Where the program joins a PID namespace, the process stays outside as a stand-in that ends as the
/// program does (128 + n for signal n) and whose death kills the program.
///
/// Returns the process id, or -1 with `failure` filled.
pid_t csandbox_start(const struct csandbox_program *program, struct csandbox_failure *failure);

/// Makes namespaces (`CLONE_NEW…` flags) and binds each to a file: `paths[n]` for the kind named `kinds[n]`
/// ("net", "ipc", "uts"). With a new UTS namespace, `hostname` becomes its host name.
///
/// Blocks for some milliseconds. Returns 0 or an errno value.
int csandbox_pin_namespaces(
    int flags, const char *hostname, const char *const *kinds, const char *const *paths, size_t count);

/// Brings up the loopback interface of a network namespace that is bound to the file `network`.
///
/// Returns 0 or an errno value.
int csandbox_raise_loopback(const char *network);

/// Opens a TCP socket in a network namespace, which it stays in whoever uses it: one that listens at an IPv4 address
/// (most significant byte first), or one that is connected with it. Connecting takes 5 s at most.
///
/// Returns 0 with `socket` filled, or an errno value.
int csandbox_listen_in_network(const char *network, uint32_t address, uint16_t port, int *socket);
int csandbox_connect_in_network(const char *network, uint32_t address, uint16_t port, int *socket);

/// `pidfd_open(2)`: the descriptor, or -1 with errno.
int csandbox_pidfd_open(pid_t process);

/// `pidfd_send_signal(2)`: 0, or -1 with errno.
int csandbox_pidfd_send_signal(int process, int signal);

/// `pipe2(2)` with both ends closed on exec: 0, or -1 with errno.
int csandbox_pipe(int ends[2]);

/// Frees the blocks of a part of a file and leaves its length: 0, or -1 with errno.
int csandbox_punch_hole(int file, int64_t offset, int64_t length);

/// `syncfs(2)` of the file system an open file is in: 0, or -1 with errno.
int csandbox_sync_file_system(int file);

/// What `stat(2)` says of a file. Swift cannot be told from which module `struct stat` comes where several modules
/// include its header.
struct csandbox_file_status {
    uint32_t mode, user, group;
    uint64_t device, special_device;
    int64_t size, blocks;
    int64_t modified_seconds;
    int32_t modified_nanoseconds;
};

/// `stat(2)`, or `lstat(2)` where links are not followed: 0, or -1 with errno.
int csandbox_status_of_path(const char *path, bool follows, struct csandbox_file_status *status);

/// `fstat(2)`: 0, or -1 with errno.
int csandbox_status_of_file(int file, struct csandbox_file_status *status);

/// The width of the terminal an open file is, 0 where it is none.
int csandbox_terminal_columns(int file);

/// The `CLONE_NEW…` flags, and `lseek(2)`'s search for data, which Swift does not see.
extern const int csandbox_new_mount, csandbox_new_pid, csandbox_new_network, csandbox_new_ipc,
    csandbox_new_uts, csandbox_new_user;
extern const int csandbox_seek_data;

#endif
