import KubeModel
import Manifest
import Testing

struct NewestReleasesTests {
    private static func release(_ name: String, _ repository: String, _ service: String?, _ built: String?)
        -> Value
    {
        var object: Value = [
            "kind": "Release",
            "metadata": ["name": .string(name), "creationTimestamp": "2026-01-01T00:00:02Z"],
            "spec": ["repository": .string(repository)],
        ]
        if let service { object["spec", "service"] = .string(service) }
        if let built { object["spec", "builtAt"] = .string(built) }
        return object
    }

    @Test func `of each service the release that was built last is the newest, whatever their order`() {
        let releases = [
            Self.release("a", "shop", "orders", "2026-01-01T00:00:03Z"),
            Self.release("b", "shop", "orders", "2026-01-01T00:00:01Z"),
            Self.release("c", "shop", "carts", "2026-01-01T00:00:00Z"),
            // Without a service the repository is one, without a time the object's own counts.
            Self.release("d", "mail", nil, nil), Self.release("e", "mail", nil, "2026-01-01T00:00:01Z"),
        ]
        for order in [releases, releases.reversed()] {
            let newest = NewestReleases(of: order)
            #expect(newest["orders"]?.metadata.name == "a")
            #expect(newest["carts"]?.metadata.name == "c")
            #expect(newest["mail"]?.metadata.name == "d")
            #expect(newest["none"] == nil)
            #expect(order.filter(newest.contains).count == 3)
        }
    }
}
