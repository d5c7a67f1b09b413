import NIOCore
import NIOPosix
import Router

/// Runs the router in front of one backend: `RouterServer LISTEN-PORT BACKEND-PORT THREADS`.
@main
struct RouterServer {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 3 else { return print("usage: RouterServer LISTEN-PORT BACKEND-PORT THREADS") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: numbers[2])
        let router = try await Router(group: group)
        let pod = RoutingTable.Endpoint(
            address: "127.0.0.1", port: numbers[1], pod: "web-1", podTemplateHash: "1")
        let backend = RoutingTable.Backend(namespace: "shop", service: "web", port: 80, endpoints: [pod])
        try await router.update(
            RoutingTable(routes: [
                .init(namespace: "shop", name: "web", rules: [.init(backends: [.init(backend)])])
            ]))
        let listener = try await router.listen(host: "127.0.0.1", port: numbers[0])
        print("listening")
        try await listener.closeFuture.get()
    }
}
