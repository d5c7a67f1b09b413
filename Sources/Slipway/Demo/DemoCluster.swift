import KubeClient
import KubeModel
import Manifest

/// What the demonstration sees and does over the API, in somebody's name; the server may be away for a while.
struct DemoCluster: Sendable {
    let client: KubeClient
    let namespace: String

    private static let pause = Duration.milliseconds(150)

    /// Waits until a probe answers.
    ///
    /// - Throws: ``DemoFailure`` at the limit, with what was seen last.
    func wait<Answer>(
        _ what: String, _ limit: Duration = .seconds(300),
        _ probe: (inout String) async throws -> Answer?
    ) async throws -> Answer {
        let deadline = client.timeline.now + limit
        var seen = "nothing"
        while true {
            do {
                if let answer = try await probe(&seen) { return answer }
            } catch let error as DemoFailure {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                seen = "\(error)"
            }
            guard client.timeline.now < deadline else {
                throw DemoFailure("\(what) did not come within \(limit); seen last: \(seen)")
            }
            try await client.timeline.sleep(for: Self.pause)
        }
    }

    func object(_ resource: GroupVersionResource, _ name: String, in namespace: String? = nil) async throws
        -> Value?
    {
        do {
            return try await patiently {
                try await client.get(resource, name, namespace: namespace ?? self.namespace)
            }
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }

    func objects(_ resource: GroupVersionResource, in namespace: String? = nil) async throws -> [Value] {
        try await patiently { try await client.listAll(resource, namespace: namespace ?? self.namespace) }
    }

    /// Asks again for a while where no server answers.
    private func patiently<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        let deadline = client.timeline.now + .seconds(120)
        while true {
            do {
                return try await body()
            } catch is KubeClientError where client.timeline.now < deadline {
                try Task.checkCancellation()
                try await client.timeline.sleep(for: Self.pause)
            }
        }
    }

    /// Creates an object, or finds that it is there: a server that was killed may have stored it before.
    func create(_ resource: GroupVersionResource, _ object: Value, in namespace: String? = nil) async throws {
        _ = try await wait("\(object.kind) \(object.metadata.name)", .seconds(120)) { seen in
            do {
                try await client.create(resource, object, namespace: namespace ?? self.namespace)
                return true
            } catch let error as APIError where error.isAlreadyExists {
                return true
            } catch let error as APIError where error.isFailure(.forbidden) {
                throw DemoFailure(error.message)
            } catch {
                seen = "\(error)"
                return nil
            }
        }
    }
}
