import Synchronization

/// What the service answers: `GET /orders`, `GET /orders/ITEM`, `POST /orders`, `GET /version`, `GET /healthz`.
public final class Service: Sendable {
    /// An answer.
    public struct Response: Equatable, Sendable {
        public var status: Int
        public var body: String

        public init(_ status: Int, _ body: String) {
            self.status = status
            self.body = body
        }
    }

    let build: Build
    private let store: any OrderStore

    public init(_ store: any OrderStore, build: Build) {
        self.store = store
        self.build = build
    }

    /// Answers a request.
    public func respond(method: String, path: String, body: String = "") -> Response {
        do {
            switch (method, path) {
            case ("GET", "/healthz"): return Response(200, "ok\n")
            case ("GET", "/version"):
                return Response(200, "orders \(Build.version) \(build.commit)\n")
            case ("GET", "/orders"): return Response(200, "\(try store.count()) orders\n")
            case ("GET", _) where path.hasPrefix("/orders/"):
                return Response(200, "\(try store.total(of: String(path.dropFirst("/orders/".count))))\n")
            case ("POST", "/orders"): return try add(body)
            default: return Response(404, "not found\n")
            }
        } catch {
            return Response(503, "the database does not answer\n")
        }
    }

    private func add(_ form: String) throws -> Response {
        guard let order = Order(form: form) else { return Response(400, "item and quantity are needed\n") }
        if let refusal = order.refusal { return Response(422, "\(refusal)\n") }
        return Response(201, "\(try store.add(order))\n")
    }
}
