import Foundation
import TestSupport
import Testing

/// A real HTTP server, linked statically, and images made of nothing else.
enum StaticServer {
    /// Answers every path with `$VERSION`, `/slow` after 100 ms, `/ready` with 503 where `$READY` is `no`. It ends at
    /// once on SIGTERM, requests under way or not: what is lost then, the cluster has lost.
    private static let source = #"""
        #include <arpa/inet.h>
        #include <netinet/tcp.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <strings.h>
        #include <sys/socket.h>
        #include <unistd.h>

        static const char *version, *ready;

        static void end(int signal) { _exit(0); }

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
                    const char *status = "200 OK";
                    if (!strncmp(buffer, "GET /ready", 10) && !strcmp(ready, "no")) status = "503 Not Ready";
                    if (!strncmp(buffer, "GET /slow", 9)) usleep(100000);
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
            const char *port = getenv("PORT");
            version = getenv("VERSION") ? getenv("VERSION") : "1";
            ready = getenv("READY") ? getenv("READY") : "yes";
            signal(SIGPIPE, SIG_IGN);
            signal(SIGTERM, end);
            int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
            setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            struct sockaddr_in address = {0};
            address.sin_family = AF_INET;
            address.sin_port = htons(port ? atoi(port) : 8080);
            if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 1024)) return 1;
            printf("version %s listens\n", version);
            fflush(stdout);
            for (;;) {
                int client = accept(server, 0, 0);
                if (client < 0) continue;
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                pthread_t thread;
                if (pthread_create(&thread, 0, serve, (void *)(long)client)) close(client);
                else pthread_detach(thread);
            }
        }
        """#

    /// The compiler of the machine, nil where there is none.
    static let compiler = ["cc", "gcc", "clang"].lazy.compactMap(Program.path).first

    /// The server as the only file of an image of a cluster's directory (`FROM scratch`).
    static func addImage(_ name: String, to directory: String) async throws {
        let place = "\(directory)/images/\(name.replacing(":", with: "_"))"
        try FileManager.default.createDirectory(atPath: "\(place)/rootfs", withIntermediateDirectories: true)
        let file = "\(place)/server.c"
        try Data(source.utf8).write(to: URL(filePath: file))
        let program = "\(place)/rootfs/server"
        let name = try #require(compiler.map { ($0 as NSString).lastPathComponent })
        _ = try await HostPrograms.output(name, ["-static", "-O1", "-pthread", "-o", program, file])
        try Data(#"{"config": {"Entrypoint": ["/server"]}}"#.utf8).write(
            to: URL(filePath: "\(place)/config.json"))
    }
}
