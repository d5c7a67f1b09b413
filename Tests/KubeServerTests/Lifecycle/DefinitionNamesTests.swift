import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct DefinitionNamesTests {
    private func definition(_ plural: String, kind: String, version: Int, group: String = "example.com")
        -> Value
    {
        [
            "metadata": [
                "name": .string("\(plural).\(group)"), "uid": .string(plural),
                "creationTimestamp": "2026-01-01T00:00:00Z", "resourceVersion": .string("\(version)"),
            ],
            "spec": [
                "group": .string(group), "names": ["plural": .string(plural), "kind": .string(kind)],
                "versions": [["name": "v1", "storage": true]],
            ],
        ]
    }

    @Test func `of two new definitions the older one gets the name`() {
        let settled = DefinitionNames.settled([
            definition("items", kind: "Thing", version: 11), definition("things", kind: "Thing", version: 9),
        ])
        #expect(settled.map(\.metadata.name) == ["things.example.com", "items.example.com"])
        #expect(settled.map { $0.condition("Established") } == ["True", "False"])
        #expect(settled[1].items("status", "conditions")[0].text("message") == "\"Thing\" is already in use")
        #expect(settled[1]["status", "acceptedNames"] == ["plural": "items"])
    }

    @Test func `names of built-in resources are taken`() {
        let settled = DefinitionNames.settled([
            definition("deployments", kind: "Other", version: 1, group: "apps")
        ])
        #expect(settled[0].condition("NamesAccepted") == "False")
        #expect(settled[0].items("status", "conditions")[0].text("reason") == "PluralConflict")
    }

    @Test func `a stored version is remembered when another takes its place`() {
        var thing = definition("things", kind: "Thing", version: 1)
        thing["status"] = ["storedVersions": ["v1alpha1"]]
        let status = DefinitionNames.status(of: thing, among: [], now: Timestamp(seconds: 0))
        #expect(status.texts("storedVersions") == ["v1alpha1", "v1"])
    }
}
