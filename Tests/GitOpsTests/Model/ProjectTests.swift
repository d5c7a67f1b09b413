import GitOps
import KubeModel
import Manifest
import Testing

@Suite struct ProjectTests {
    private static func policy(_ spec: Value) -> ProjectPolicy {
        ProjectPolicy(AppProject(["metadata": ["name": "p"], "spec": spec]))
    }

    struct RepositoryCase: Sendable {
        let patterns: [String]
        let url: String
        let isAllowed: Bool
    }

    @Test(arguments: [
        RepositoryCase(patterns: ["*"], url: "https://a.example.com/x/y.git", isAllowed: true),
        RepositoryCase(patterns: [], url: "https://a.example.com/x.git", isAllowed: false),
        RepositoryCase(
            patterns: ["https://a.example.com/x"], url: "https://A.example.com/x.git", isAllowed: true),
        RepositoryCase(
            patterns: ["https://a.example.com/*"], url: "https://a.example.com/x/y", isAllowed: false),
        RepositoryCase(
            patterns: ["https://a.example.com/**"], url: "https://a.example.com/x/y", isAllowed: true),
        RepositoryCase(
            patterns: ["*", "!https://a.example.com/*"], url: "https://a.example.com/x", isAllowed: false),
        RepositoryCase(
            patterns: ["*", "!https://a.example.com/*"], url: "https://b.example.com/x", isAllowed: true),
        RepositoryCase(
            patterns: ["git@a.example.com:x.git"], url: "ssh://git@a.example.com/x", isAllowed: true),
    ])
    func `repositories are allowed by patterns, and one that denies wins`(_ item: RepositoryCase) {
        let policy = Self.policy(["sourceRepos": .array(item.patterns.map { .string($0) })])
        #expect(policy.allows(repository: item.url) == item.isAllowed)
    }

    struct DestinationCase: Sendable {
        let entries: [Value]
        let namespace: String
        let isAllowed: Bool
    }

    @Test(arguments: [
        DestinationCase(entries: [["server": "*", "namespace": "*"]], namespace: "x", isAllowed: true),
        DestinationCase(
            entries: [["server": "https://kubernetes.default.svc", "namespace": "team-*"]],
            namespace: "team-a", isAllowed: true),
        DestinationCase(
            entries: [["server": "https://kubernetes.default.svc", "namespace": "team-*"]],
            namespace: "other", isAllowed: false),
        DestinationCase(
            entries: [["server": "https://other", "namespace": "*"]], namespace: "x", isAllowed: false),
        DestinationCase(
            entries: [["name": "in-cluster", "namespace": "*"]], namespace: "x", isAllowed: true),
        DestinationCase(
            entries: [["server": "*", "namespace": "*"], ["server": "*", "namespace": "!kube-system"]],
            namespace: "kube-system", isAllowed: false),
        DestinationCase(
            entries: [["server": "*", "namespace": "!kube-system"]], namespace: "x", isAllowed: true),
    ])
    func `destinations are allowed by one entry as a whole`(_ item: DestinationCase) {
        let policy = Self.policy(["destinations": .array(item.entries)])
        let destination = ApplicationDestination(["server": .string(ApplicationDestination.inCluster)])
        #expect(policy.allows(destination, namespace: item.namespace) == item.isAllowed)
    }

    @Test func `cluster-wide kinds are denied unless listed, namespaced ones allowed unless listed`() {
        let role = GroupKind(group: "rbac.authorization.k8s.io", kind: "ClusterRole")
        let secret = GroupKind(kind: "Secret")
        let bare = Self.policy([:])
        #expect(!bare.allows(role, name: "r", isNamespaced: false))
        #expect(bare.allows(secret, name: "s", isNamespaced: true))
        let listed = Self.policy([
            "clusterResourceWhitelist": [["group": "rbac.*", "kind": "*", "name": "team-*"]],
            "namespaceResourceBlacklist": [["group": "", "kind": "Secret"]],
        ])
        #expect(listed.allows(role, name: "team-r", isNamespaced: false))
        #expect(!listed.allows(role, name: "r", isNamespaced: false))
        #expect(!listed.allows(secret, name: "s", isNamespaced: true))
        let empty = Self.policy(["namespaceResourceWhitelist": []])
        #expect(!empty.allows(secret, name: "s", isNamespaced: true))
    }

    @Test func `what a project asks for and does not get is refused by name`() {
        let project = AppProject([
            "metadata": ["name": "p"],
            "spec": ["signatureKeys": [["keyID": "x"]], "syncWindows": [["kind": "deny"]]],
        ])
        #expect(project.refusals.map { $0.prefix(19) } == ["spec.signatureKeys:", "spec.syncWindows: s"])
    }
}
