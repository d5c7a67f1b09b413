#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

struct pinning {
    int flags;
    const char *hostname;
    const char *const *kinds;
    const char *const *paths;
    size_t count;
};

/// Namespaces belong to a thread, and this one ends with its own.
static void *pin(void *argument) {
    const struct pinning *pinning = argument;
    if (unshare(pinning->flags) < 0) return (void *)(intptr_t)errno;
    if (pinning->flags & CLONE_NEWUTS
        && sethostname(pinning->hostname, strlen(pinning->hostname)) < 0)
        return (void *)(intptr_t)errno;
    for (size_t n = 0; n < pinning->count; n++) {
        char source[64];
        snprintf(source, sizeof source, "/proc/thread-self/ns/%s", pinning->kinds[n]);
        if (mount(source, pinning->paths[n], NULL, MS_BIND, NULL) < 0) return (void *)(intptr_t)errno;
    }
    return NULL;
}

int csandbox_pin_namespaces(
    int flags, const char *hostname, const char *const *kinds, const char *const *paths, size_t count) {
    struct pinning pinning = {flags, hostname, kinds, paths, count};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, pin, &pinning);
    if (error != 0) return error;
    void *result = NULL;
    error = pthread_join(thread, &result);
    return error != 0 ? error : (int)(intptr_t)result;
}

struct network_call {
    const char *network;
    int (*body)(struct network_call *call);
    uint32_t address;
    uint16_t port;
    int socket;
};

/// As with namespaces that are made: the thread that enters one ends with the call.
static void *enter_network(void *argument) {
    struct network_call *call = argument;
    int network = open(call->network, O_RDONLY | O_CLOEXEC);
    if (network < 0) return (void *)(intptr_t)errno;
    int entered = setns(network, CLONE_NEWNET);
    int error = entered < 0 ? errno : 0;
    close(network);
    if (error != 0) return (void *)(intptr_t)error;
    return (void *)(intptr_t)(call->body(call) < 0 ? errno : 0);
}

static int in_network(struct network_call *call) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, enter_network, call);
    if (error != 0) return error;
    void *result = NULL;
    error = pthread_join(thread, &result);
    return error != 0 ? error : (int)(intptr_t)result;
}

static int raise_loopback(struct network_call *call) {
    (void)call;
    int device = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (device < 0) return -1;
    struct ifreq request = {.ifr_name = "lo"};
    int result = ioctl(device, SIOCGIFFLAGS, &request);
    request.ifr_flags |= IFF_UP;
    if (result == 0) result = ioctl(device, SIOCSIFFLAGS, &request);
    int error = errno;
    close(device);
    errno = error;
    return result;
}

int csandbox_raise_loopback(const char *network) {
    struct network_call call = {.network = network, .body = raise_loopback};
    return in_network(&call);
}

static int listen_or_connect(struct network_call *call, bool listens) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(call->port)};
    place.sin_addr.s_addr = htonl(call->address);
    const struct sockaddr *address = (const struct sockaddr *)&place;
    int yes = 1;
    struct timeval patience = {.tv_sec = 5};
    int result =
        listens
            ? setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0
                  || bind(descriptor, address, sizeof place) < 0 || listen(descriptor, 1024) < 0
            : setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0
                  || connect(descriptor, address, sizeof place) < 0;
    if (result == 0) {
        call->socket = descriptor;
        return 0;
    }
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

static int listen_there(struct network_call *call) { return listen_or_connect(call, true); }
static int connect_there(struct network_call *call) { return listen_or_connect(call, false); }

int csandbox_listen_in_network(const char *network, uint32_t address, uint16_t port, int *socket) {
    struct network_call call = {.network = network, .body = listen_there, .address = address, .port = port};
    int error = in_network(&call);
    if (error == 0) *socket = call.socket;
    return error;
}

int csandbox_connect_in_network(const char *network, uint32_t address, uint16_t port, int *socket) {
    struct network_call call = {.network = network, .body = connect_there, .address = address, .port = port};
    int error = in_network(&call);
    if (error == 0) *socket = call.socket;
    return error;
}

int csandbox_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int csandbox_pidfd_send_signal(int process, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0);
}

int csandbox_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int csandbox_punch_hole(int file, int64_t offset, int64_t length) {
    return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int csandbox_sync_file_system(int file) { return syncfs(file); }

const int csandbox_new_mount = CLONE_NEWNS;
const int csandbox_new_pid = CLONE_NEWPID;
const int csandbox_new_network = CLONE_NEWNET;
const int csandbox_new_ipc = CLONE_NEWIPC;
const int csandbox_new_uts = CLONE_NEWUTS;
const int csandbox_new_user = CLONE_NEWUSER;
const int csandbox_seek_data = SEEK_DATA;

static void copy_status(const struct stat *from, struct csandbox_file_status *to) {
    to->mode = from->st_mode;
    to->user = from->st_uid;
    to->group = from->st_gid;
    to->device = from->st_dev;
    to->special_device = from->st_rdev;
    to->size = from->st_size;
    to->blocks = from->st_blocks;
    to->modified_seconds = from->st_mtim.tv_sec;
    to->modified_nanoseconds = (int32_t)from->st_mtim.tv_nsec;
}

int csandbox_status_of_path(const char *path, bool follows, struct csandbox_file_status *status) {
    struct stat found;
    if ((follows ? stat(path, &found) : lstat(path, &found)) < 0) return -1;
    copy_status(&found, status);
    return 0;
}

int csandbox_status_of_file(int file, struct csandbox_file_status *status) {
    struct stat found;
    if (fstat(file, &found) < 0) return -1;
    copy_status(&found, status);
    return 0;
}

int csandbox_terminal_columns(int file) {
    struct winsize size;
    return ioctl(file, TIOCGWINSZ, &size) < 0 ? 0 : size.ws_col;
}
