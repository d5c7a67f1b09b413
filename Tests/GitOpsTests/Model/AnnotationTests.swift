import GitOps
import KubeModel
import Manifest
import Testing

@Suite struct AnnotationTests {
    private static func read(_ annotations: [String: String]) -> ResourceAnnotations {
        var object: Value = ["apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "x"]]
        for (name, text) in annotations { object.metadata.annotations[name] = text }
        return ResourceAnnotations(object)
    }

    struct HookCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let annotations: [String: String]
        var phases: [SyncPhase] = []
        var isHook = true
        var unknown: [String] = []
        var wave = 0
        var policies: Set<HookDeletePolicy> = [.beforeHookCreation]
    }

    static let cases = [
        HookCase(testDescription: "an ordinary object", annotations: [:], isHook: false),
        HookCase(
            testDescription: "a hook of several phases",
            annotations: ["argocd.argoproj.io/hook": "PostSync, PreSync"],
            phases: [.preSync, .postSync]),
        HookCase(testDescription: "a skipped hook", annotations: ["argocd.argoproj.io/hook": "Skip"]),
        HookCase(
            testDescription: "a helm hook with a weight",
            annotations: ["helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": "-5"],
            phases: [.preSync], wave: -5),
        HookCase(
            testDescription: "a helm hook without a phase is told", annotations: ["helm.sh/hook": "test"],
            unknown: ["test"]),
        HookCase(
            testDescription: "crd-install is no hook", annotations: ["helm.sh/hook": "crd-install"],
            isHook: false),
        HookCase(
            testDescription: "a wave of its own wins over a weight",
            annotations: [
                "argocd.argoproj.io/hook": "Sync", "argocd.argoproj.io/sync-wave": "3",
                "helm.sh/hook-weight": "9",
            ], phases: [.sync], wave: 3),
        HookCase(
            testDescription: "policies of both kinds are united",
            annotations: [
                "argocd.argoproj.io/hook": "PreDelete",
                "argocd.argoproj.io/hook-delete-policy": "HookSucceeded",
                "helm.sh/hook-delete-policy": "hook-failed",
            ], phases: [.preDelete], policies: [.hookSucceeded, .hookFailed]),
        HookCase(
            testDescription: "a wave that is no number is none",
            annotations: ["argocd.argoproj.io/sync-wave": "soon"], isHook: false),
    ]

    @Test(arguments: cases)
    func `hooks are read as Argo CD reads them`(_ item: HookCase) {
        let annotations = Self.read(item.annotations)
        #expect(annotations.hookPhases == item.phases)
        #expect(annotations.isHook == item.isHook)
        #expect(annotations.unknownHooks == item.unknown)
        #expect(annotations.wave == item.wave)
        #expect(annotations.deletePolicies == item.policies)
    }

    @Test func `an object's own option wins over its application's`() {
        let application = ApplicationSyncOptions([
            "Replace=true", "PruneLast=true", "PrunePropagationPolicy=orphan", "CreateNamespace=true",
        ])
        let own = ResourceSyncOptions(["Replace=false", "Prune=false", "Delete=confirm"])
        let merged = application.options(for: own)
        #expect(merged.replace == false)
        #expect(merged.pruneLast)
        #expect(merged.prune == .never)
        #expect(merged.delete == .withApproval)
        #expect(application.propagation == .orphan)
        #expect(application.createsNamespace)
    }

    @Test func `helm's keep policy keeps an object from every deletion`() {
        let options = Self.read(["helm.sh/resource-policy": "keep"]).options
        #expect(options.prune == .never)
        #expect(options.delete == .never)
    }
}
