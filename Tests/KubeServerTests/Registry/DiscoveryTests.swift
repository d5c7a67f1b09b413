import Foundation
import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct DiscoveryTests {
    private let discovery = Discovery(registry: ResourceRegistry(), serverAddress: "192.0.2.2:6443")

    private func document(_ path: String) throws -> Value {
        let response = try #require(discovery.answer(path: path))
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSON.parse(bytes)
    }

    /// The documents of a Kubernetes server by path, custom resources left out.
    private static let recorded: [String: Value] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/openapi/discovery.json")
        guard let data = try? Data(contentsOf: path), let value = try? JSON.parse(Array(data)) else {
            return [:]
        }
        return Dictionary(uniqueKeysWithValues: (value.objectValue ?? Object()).map { ($0.key, $0.value) })
    }()

    @Test(arguments: recorded.keys.filter { $0 != "/apis" }.sorted())
    func `the documents of versions are those of a Kubernetes server`(path: String) throws {
        #expect(try document(path) == Self.recorded[path])
    }

    @Test func `the groups come in the order of a Kubernetes server`() throws {
        let served = try document("/apis").items("groups").map { $0.text("name") }
        let recorded = try #require(Self.recorded["/apis"]).items("groups").map { $0.text("name") }
        #expect(served == recorded.filter(served.contains))
        #expect(served.count == 18)
    }

    @Test(arguments: ["/apis/nope", "/apis/apps/v9", "/api/v2", "/nosuch", "/apis/apps/v1/deployments"])
    func `other paths are not answered`(path: String) {
        #expect(discovery.answer(path: path) == nil)
    }

    @Test(arguments: [
        ["v2", "v1", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"],
        ["v10", "v9", "v1beta1"],
    ])
    func `versions are preferred by stability, then by number`(versions: [String]) {
        #expect(versions.reversed().sorted(by: APIVersionOrder.precedes) == versions)
    }
}
