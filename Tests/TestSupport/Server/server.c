/* A server whose versions differ by what their environment says. It answers every path with $VERSION,
 * and /ready with 503 where $READY is `no`. It ends at once on SIGTERM, requests under way or not: what is lost then,
 * whoever sent it has lost.
 *
 * $ERRORS and $SLOW of ten thousand requests fail or take $DELAY milliseconds. With $CRASH it ends at the start, and
 * with $EXIT after $DELAY milliseconds with that code, as a job does. $LEAK
 * kilobytes are lost with every request, until $MEMORY kilobytes are used up and the system gives no more. While the
 * file $OUTAGE is there, half of all requests fail, as where a database is down.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *version, *outage;
static long errors, slow, delay, leak;
static int unready;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static void end(int signal) { _exit(0); }

static uint64_t state;

static long draw(void) {
    uint64_t x = __atomic_add_fetch(&state, 0x9e3779b97f4a7c15ull, __ATOMIC_RELAXED);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return (long)((x ^ (x >> 31)) % 10000);
}

static void *serve(void *argument) {
    int client = (int)(long)argument;
    char buffer[8192];
    size_t used = 0;
    for (;;) {
        ssize_t count = read(client, buffer + used, sizeof buffer - 1 - used);
        if (count <= 0) break;
        used += count;
        buffer[used] = 0;
        char *finish;
        while ((finish = strstr(buffer, "\r\n\r\n"))) {
            int probe = !strncmp(buffer, "GET /ready", 10);
            const char *status = "200 OK";
            if (probe && unready) status = "503 Not Ready";
            if (!probe) {
                if (draw() < errors) status = "500 Internal Server Error";
                if (outage && !access(outage, F_OK) && draw() < 5000) status = "500 Internal Server Error";
                if (draw() < slow) usleep(delay * 1000);
                if (leak) {
                    void *lost = mmap(0, leak << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                    if (lost == MAP_FAILED) {
                        fprintf(stderr, "out of memory\n");
                        abort();
                    }
                    memset(lost, 1, leak << 10);
                }
            }
            char answer[512];
            int length = snprintf(answer, sizeof answer,
                "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
                status, strlen(version), version);
            if (write(client, answer, length) != length) goto done;
            used -= finish + 4 - buffer;
            memmove(buffer, finish + 4, used + 1);
        }
        if (used == sizeof buffer - 1) break;
    }
done:
    close(client);
    return 0;
}

int main(void) {
    version = getenv("VERSION") ? getenv("VERSION") : "1";
    outage = getenv("OUTAGE");
    unready = getenv("READY") && !strcmp(getenv("READY"), "no");
    errors = number("ERRORS"), slow = number("SLOW"), delay = number("DELAY"), leak = number("LEAK");
    state = (uint64_t)number("SEED") ^ ((uint64_t)getpid() << 32) ^ (uint64_t)(uintptr_t)&state;
    if (getenv("EXIT")) {
        usleep(delay * 1000);
        return (int)number("EXIT");
    }
    if (number("CRASH")) {
        fprintf(stderr, "the configuration has no database\n");
        return 3;
    }
    if (number("MEMORY")) {
        struct rlimit limit = {number("MEMORY") << 10, number("MEMORY") << 10};
        setrlimit(RLIMIT_DATA, &limit);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, end);
    int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const char *port = getenv("PORT");
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons(port ? atoi(port) : 8080);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 1024)) return 1;
    printf("version %s listens\n", version);
    fflush(stdout);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 << 10);
    for (;;) {
        int client = accept(server, 0, 0);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        pthread_t thread;
        if (pthread_create(&thread, &small, serve, (void *)(long)client)) close(client);
        else pthread_detach(thread);
    }
}
