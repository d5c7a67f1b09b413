import GitOps
import KubeModel
import Manifest
import Testing

/// The rules of gitops-engine's `sync_tasks.go` and `sync_context.go`; the waves are those of
/// `TestWaveReorderingOfPruneTasks`.
@Suite struct PlanTests {
    private static func annotations(_ wave: Int, options: String = "") -> ResourceAnnotations {
        var object: Value = ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "x"]]
        object.metadata.annotations[ResourceAnnotations.Name.wave] = String(wave)
        if !options.isEmpty { object.metadata.annotations[ResourceAnnotations.Name.syncOptions] = options }
        return ResourceAnnotations(object)
    }

    private static func target(
        _ kind: String, _ name: String, wave: Int = 0, group: String = "", namespace: String = "ns",
        defines: GroupKind? = nil
    ) -> SyncPlanner.Target {
        SyncPlanner.Target(
            key: ResourceKey(group: group, kind: kind, namespace: namespace, name: name), version: "v1",
            annotations: annotations(wave), defines: defines, isLive: false, isChanged: true)
    }

    private static func extra(_ name: String, wave: Int, options: String = "") -> SyncPlanner.Extra {
        SyncPlanner.Extra(
            key: ResourceKey(kind: "Pod", namespace: "ns", name: name), version: "v1",
            annotations: annotations(wave, options: options))
    }

    struct WaveCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var targets: [String: Int] = [:]
        var extras: [String: Int] = [:]
        var last: Set<String> = []
        var prunesLast = false
        let waves: [String: Int]
    }

    static let waveCases = [
        WaveCase(
            testDescription: "one wave stays", extras: ["p1": 0, "p2": 0, "p3": 0],
            waves: ["p1": 0, "p2": 0, "p3": 0]),
        WaveCase(
            testDescription: "deletions go in the reverse order",
            extras: ["p0": 0, "p1": 1, "p2": 2, "p3": 3, "p4": 4],
            waves: ["p0": 4, "p1": 3, "p2": 2, "p3": 1, "p4": 0]),
        WaveCase(
            testDescription: "only the waves of deletions are swapped", targets: ["t0": 0, "t2": 2],
            extras: ["p1": 1, "p3": 3, "p4": 4], waves: ["t0": 0, "t2": 2, "p1": 4, "p3": 3, "p4": 1]),
        WaveCase(
            testDescription: "prune last", targets: ["t0": 0], extras: ["p1": 1, "p2": 2, "p3": 3, "p4": 4],
            prunesLast: true, waves: ["t0": 0, "p1": 5, "p2": 5, "p3": 5, "p4": 5]),
        WaveCase(
            testDescription: "prune last of one object", targets: ["t0": 0],
            extras: ["p1": 1, "p2": 2, "p3": 3, "p4": 4], last: ["p2"],
            waves: ["t0": 0, "p1": 4, "p2": 5, "p3": 2, "p4": 1]),
        WaveCase(
            testDescription: "several objects in a wave", targets: ["t-1": -1, "t3": 3, "t5": 5],
            extras: ["p1": 1, "p3": 3, "p4": 3, "p5": 4, "p7": 5],
            waves: ["t-1": -1, "t3": 3, "t5": 5, "p1": 5, "p3": 4, "p4": 4, "p5": 3, "p7": 1]),
    ]

    @Test(arguments: waveCases)
    func `deletions take mirrored waves`(_ item: WaveCase) {
        let planner = SyncPlanner(
            options: ApplicationSyncOptions(item.prunesLast ? ["PruneLast=true"] : []), prunes: true)
        let plan = planner.plan(
            item.targets.map { Self.target("Pod", $0.key, wave: $0.value) },
            extras: item.extras.map { name, wave in
                Self.extra(name, wave: wave, options: item.last.contains(name) ? "PruneLast=true" : "")
            })
        let waves = Dictionary(uniqueKeysWithValues: plan.tasks.map { ($0.key.name, $0.wave) })
        #expect(waves == item.waves)
    }

    @Test func `kinds go in Helm's order, unknown ones last, then by name`() {
        let planner = SyncPlanner(options: ApplicationSyncOptions([]), prunes: false)
        let plan = planner.plan(
            [
                Self.target("Widget", "w", group: "example.com"),
                Self.target("Deployment", "b", group: "apps"),
                Self.target("Deployment", "a", group: "apps"), Self.target("Service", "s"),
                Self.target("ConfigMap", "c"), Self.target("ServiceAccount", "sa"),
            ], extras: [])
        #expect(plan.tasks.map(\.key.name) == ["sa", "c", "s", "a", "b", "w"])
        #expect(plan.steps.count == 1)
    }

    @Test func `a namespace and a definition come no later than what needs them`() {
        let planner = SyncPlanner(options: ApplicationSyncOptions([]), prunes: false)
        let widget = GroupKind(group: "example.com", kind: "Widget")
        let plan = planner.plan(
            [
                Self.target("Namespace", "ns", wave: 7, namespace: ""),
                Self.target(
                    "CustomResourceDefinition", "widgets.example.com", wave: 3, group: "apiextensions.k8s.io",
                    namespace: "", defines: widget),
                Self.target("Widget", "w", wave: -2, group: "example.com"),
                Self.target("ConfigMap", "c", wave: 1),
            ], extras: [])
        #expect(
            plan.tasks.map(\.key.kind) == ["Namespace", "CustomResourceDefinition", "Widget", "ConfigMap"])
        #expect(plan.tasks.map(\.wave) == [-2, -2, -2, 1])
    }

    @Test func `what must not be pruned is in no plan`() {
        let planner = SyncPlanner(options: ApplicationSyncOptions([]), prunes: true)
        let plan = planner.plan(
            [], extras: [Self.extra("keep", wave: 0, options: "Prune=false"), Self.extra("go", wave: 0)])
        #expect(plan.deletions.map(\.key.name) == ["go"])
        #expect(
            SyncPlanner(options: ApplicationSyncOptions([]), prunes: false).plan(
                [], extras: [Self.extra("go", wave: 0)]
            ).tasks.isEmpty)
    }

    @Test func `an application is deleted from its highest wave down, definitions stay`() {
        let planner = SyncPlanner(options: ApplicationSyncOptions([]), prunes: true)
        let definition = SyncPlanner.Extra(
            key: ResourceKey(group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", name: "d"),
            version: "v1", annotations: Self.annotations(0))
        let plan = planner.deletionPlan(
            hooks: [],
            objects: [
                Self.extra("first", wave: 0), Self.extra("last", wave: 2),
                Self.extra("stays", wave: 1, options: "Delete=false"), definition,
            ])
        #expect(plan.tasks.map(\.key.name) == ["last", "first"])
        #expect(plan.steps.count == 2)
    }

    struct GuardCase: Sendable {
        let deletions: Int
        let existing: Int
        var rendersNothing = false
        let waits: Bool
    }

    @Test(arguments: [
        GuardCase(deletions: 0, existing: 0, waits: false),
        GuardCase(deletions: 3, existing: 3, waits: false),
        GuardCase(deletions: 4, existing: 10, waits: true),
        GuardCase(deletions: 10, existing: 100, waits: false),
        GuardCase(deletions: 11, existing: 100, waits: true),
        GuardCase(deletions: 1, existing: 1, rendersNothing: true, waits: true),
    ])
    func `more than three and a tenth of the objects are not deleted unasked`(_ item: GuardCase) {
        let reason = BlastRadius().approvalReason(
            deletions: item.deletions, existing: item.existing, rendersNothing: item.rendersNothing)
        #expect((reason != nil) == item.waits)
    }
}
