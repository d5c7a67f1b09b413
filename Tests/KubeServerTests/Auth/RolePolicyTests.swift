import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct RolePolicyTests {
    private static func policy(_ rules: String, namespace: String = "", subject: String) throws -> RolePolicy
    {
        let role: Value = ["metadata": ["name": "r"], "rules": try JSON.parse(rules)]
        let binding: Value = [
            "metadata": ["name": "b", "namespace": .string(namespace)],
            "roleRef": ["kind": "ClusterRole", "name": "r"], "subjects": [try JSON.parse(subject)],
        ]
        return RolePolicy(
            clusterRoles: [role], roles: [], clusterRoleBindings: namespace.isEmpty ? [binding] : [],
            roleBindings: namespace.isEmpty ? [] : [binding])
    }

    private static let alice = #"{"kind":"User","name":"alice"}"#

    private static func request(_ text: String, user: User = User(name: "alice")) -> AccessRequest {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words[1].hasPrefix("/") {
            return AccessRequest(user: user, target: .path(words[1], verb: words[0]))
        }
        let resource = words[1].split(separator: "/").map(String.init)
        let names = resource[0].split(separator: ".", maxSplits: 1).map(String.init)
        return AccessRequest(
            user: user,
            target: .resource(
                .init(
                    verb: words[0], group: names.count > 1 ? names[1] : "", version: "v1", resource: names[0],
                    subresource: resource.count > 1 ? resource[1] : "",
                    namespace: words.count > 2 ? words[2] : "", name: words.count > 3 ? words[3] : "")))
    }

    private static let rules = #"""
        [{"verbs":["get","list"],"apiGroups":["","apps"],"resources":["pods","deployments","pods/log"]},
         {"verbs":["update"],"apiGroups":["apps"],"resources":["*/scale"]},
         {"verbs":["delete"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["one"]},
         {"verbs":["*"],"apiGroups":["example.com"],"resources":["*"]},
         {"verbs":["get"],"nonResourceURLs":["/healthz","/logs/*"]}]
        """#

    @Test(arguments: [
        ("get pods n", true), ("get deployments.apps n x", true), ("create pods n", false),
        ("get pods/log n x", true),
        ("get pods/exec n x", false), ("update deployments.apps/scale n x", true),
        ("get deployments.batch n", false),
        ("delete secrets n one", true), ("delete secrets n two", false), ("delete secrets n", false),
        ("escalate things.example.com", true), ("get things.example.com/status n x", true),
        ("get /healthz", true),
        ("get /healthz/ping", false), ("get /logs/a/b", true), ("post /healthz", false),
    ])
    func `rules allow verbs on resources, names and paths`(text: String, isAllowed: Bool) throws {
        let policy = try Self.policy(Self.rules, subject: Self.alice)
        #expect(policy.decide(Self.request(text)).isAllowed == isAllowed)
    }

    @Test(arguments: [
        (#"{"kind":"User","name":"alice"}"#, true), (#"{"kind":"User","name":"bob"}"#, false),
        (#"{"kind":"Group","name":"team"}"#, true), (#"{"kind":"Group","name":"alice"}"#, false),
        (#"{"kind":"ServiceAccount","name":"bot","namespace":"ns"}"#, false),
    ])
    func `a binding is for its subjects`(subject: String, isAllowed: Bool) throws {
        let policy = try Self.policy(Self.rules, subject: subject)
        let user = User(name: "alice", groups: ["team"])
        #expect(policy.decide(Self.request("get pods n", user: user)).isAllowed == isAllowed)
    }

    @Test func `a role binding counts in its namespace only`() throws {
        let policy = try Self.policy(
            Self.rules, namespace: "ns", subject: #"{"kind":"ServiceAccount","name":"bot"}"#)
        let user = User(name: "system:serviceaccount:ns:bot")
        let inside = policy.decide(Self.request("get pods ns", user: user))
        #expect(
            inside
                == .allowed(
                    reason:
                        #"RBAC: allowed by RoleBinding "b/ns" of ClusterRole "r" to ServiceAccount "bot/ns""#)
        )
        #expect(!policy.decide(Self.request("get pods other", user: user)).isAllowed)
        #expect(!policy.decide(Self.request("get pods", user: user)).isAllowed)
    }

    @Test func `a binding to a missing role is told`() throws {
        let binding: Value = [
            "metadata": ["name": "b"], "roleRef": ["kind": "ClusterRole", "name": "gone"],
            "subjects": [["kind": "User", "name": "alice"]],
        ]
        let policy = RolePolicy(
            clusterRoles: [], roles: [], clusterRoleBindings: [binding], roleBindings: [])
        let decision = policy.decide(Self.request("get pods"))
        #expect(decision == .denied(reason: #"RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found"#))
    }

    @Test func `masters may do everything`() {
        let policy = RolePolicy(clusterRoles: [], roles: [], clusterRoleBindings: [], roleBindings: [])
        #expect(policy.decide(Self.request("delete nodes", user: .server)).isAllowed)
    }

    @Test func `denials are worded as upstream words them`() {
        #expect(
            Self.request("list pods ns").forbidden().message
                == #"pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "ns""#
        )
        #expect(
            Self.request("get deployments.apps/scale ns web").forbidden(reason: "why").message
                == #"deployments.apps "web" is forbidden: User "alice" cannot get resource "deployments/scale" in "#
                + #"API group "apps" in the namespace "ns": why"#)
        #expect(
            Self.request("get /metrics").forbidden().message
                == #"forbidden: User "alice" cannot get path "/metrics""#)
    }

    @Test func `what a grant lacks is listed with its verbs together`() {
        let held = [PolicyRule(verbs: ["get"], groups: [""], resources: ["pods", "*/log"])]
        let wanted = [
            PolicyRule(verbs: ["get", "list", "watch"], groups: ["", "apps"], resources: ["pods"]),
            PolicyRule(verbs: ["get"], groups: [""], resources: ["pods/log"]),
            PolicyRule(verbs: ["get"], paths: ["/x"]),
        ]
        #expect(
            PolicyRule.uncovered(wanted, by: held).map(\.description) == [
                #"{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}"#,
                #"{APIGroups:["apps"], Resources:["pods"], Verbs:["get" "list" "watch"]}"#,
                #"{NonResourceURLs:["/x"], Verbs:["get"]}"#,
            ])
        #expect(
            PolicyRule.uncovered(wanted, by: [.init(verbs: ["*"], groups: ["*"], resources: ["*"])]).count
                == 1)
    }
}
