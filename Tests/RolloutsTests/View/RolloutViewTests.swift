import KubeModel
import Manifest
import Rollouts
import Testing

@Suite struct RolloutViewTests {
    private static func view() throws -> RolloutView {
        let documents = try YAML.parse(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop, uid: r, generation: 2}
            spec:
              replicas: 4
              strategy:
                canary:
                  stableService: a
                  canaryService: b
                  trafficRouting: {gatewayAPI: {httpRoute: web}}
                  steps: [{setWeight: 25}, {analysis: {templates: [{templateName: judge}]}}, {pause: {}}]
            status:
              observedGeneration: "2"
              phase: Progressing
              message: more replicas need to be updated
              stableRS: old
              currentPodHash: new
              currentStepIndex: 1
              replicas: 6
              readyReplicas: 5
              updatedReplicas: 2
              availableReplicas: 5
              canary: {weights: {canary: {weight: 25, podTemplateHash: new}, stable: {weight: 75}, verified: true}}
              forecast: ["errors: to tell 2.0 times the errors at 100 requests/s takes at 25 % 3 min"]
            ---
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: web-new
              labels: {rollouts-pod-template-hash: new}
              annotations: {rollout.argoproj.io/revision: "2"}
              ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: r, controller: true}]
            spec: {replicas: 2, template: {spec: {containers: [{name: web, image: "web:2"}]}}}
            ---
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: web-old
              labels: {rollouts-pod-template-hash: old}
              annotations: {rollout.argoproj.io/revision: "1"}
              ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: r, controller: true}]
            spec: {replicas: 4, template: {spec: {containers: [{name: web, image: "web:1"}]}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: web-new-x
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-new, uid: s, controller: true}]
            status:
              phase: Running
              conditions: [{type: Ready, status: "False"}]
              containerStatuses: [{name: web, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}]
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisRun
            metadata:
              name: web-new-2-1
              ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: r, controller: true}]
            status:
              phase: Running
              metricResults:
              - name: judge
                phase: Running
                measurements:
                - message: wait (gathering) after 3 intervals
                  value: '{"decision":"wait","tick":3,"harmThreshold":4.605,"safetyThreshold":2.996,"logHarm":2.3025,"logSafety":-0.5,"metrics":[{"name":"errors","canary":"3/120","stable":"2/360"}]}'
            """)
        return RolloutView(
            documents[0], replicaSets: [documents[1], documents[2]], pods: [documents[3]],
            runs: [documents[4]])
    }

    @Test func `the view shows steps, weights, pods and the judge's evidence`() throws {
        let text = try Self.view().lines.joined(separator: "\n")
        #expect(
            text == """
                Name:      web
                Namespace: shop
                Status:    ◌ Progressing
                Message:   more replicas need to be updated
                Strategy:  Canary
                Weights:   █████░░░░░░░░░░░░░░░ canary 25, stable 75
                Pods:      4 wanted, 6 there, 2 updated, 5 available

                Steps
                  ✔ setWeight: 25
                  ▶ analysis: judge
                  · pause

                Revision 2 (canary)  new  web:2
                  ◌ web-new-x  CrashLoopBackOff, restarted 3 times
                Revision 1 (stable)  old  web:1
                Analysis web-new-2-1  Running
                  judge: Running
                    wait (gathering) after 3 intervals
                    harm   ██████████░░░░░░░░░░  2.3 of 4.61, rolls back there
                    safety ░░░░░░░░░░░░░░░░░░░░  -0.5 of 3.0, goes on there
                    errors: bad requests canary 3/120, stable 2/360

                Forecast
                  errors: to tell 2.0 times the errors at 100 requests/s takes at 25 % 3 min
                """)
    }

    @Test func `a rollout is a row with its step and weight`() throws {
        let view = try Self.view()
        #expect(view.row == ["web", "Canary", "Progressing", "1/3", "25", "5/4", "2", "5"])
        #expect(!view.isAtRest && !view.isHealthy)
    }
}
