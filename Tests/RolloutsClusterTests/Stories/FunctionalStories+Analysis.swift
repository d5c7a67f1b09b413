import KubeClient
import KubeModel
import Manifest
import Rollouts
import Testing

extension RealRunTests.FunctionalStories {
    // MARK: Analyses

    static let analyses = [
        Telling(name: "judged") { story in
            try await story.apply(story.template("task", Story.job("task")))
            let task = "analysis: \(story.analysis("task"))"
            try await story.apply(
                story.rollout(story.canary("setWeight: 10", task, "pause: {}", task, task)))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.update(2)
            try await story.wait("Paused", step: 2)
            try await story.wait(runs: "Step", ["Successful"])
            try await story.order(.promote)
            try await story.wait("Healthy", pods: [2: 1])
            try await story.wait(runs: "Step", ["Successful", "Successful", "Successful"])
        },
        Telling(name: "watched") { story in
            // What answers is the stable version itself, behind the gateway.
            try await story.apply(story.routing)
            try await story.apply(
                story.template(
                    "web",
                    "name: web, interval: 1s, successCondition: result == 1, provider: {web: {url: \"\(story.gateway)/\", headers: [{key: Host, value: \(story.name).test}]}}"
                ))
            try await story.apply(
                story.rollout(
                    story.routed("setWeight: 10", "pause: {}", more: "analysis: \(story.analysis("web"))")))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.update(2)
            try await story.wait("Paused", step: 1)
            try await story.wait(runs: "Background", ["Running"])
            try await story.order(.promote)
            try await story.wait("Healthy", pods: [2: 1])
            try await story.wait(runs: "Background", ["Successful"])
        },
        Telling(name: "endless") { story in
            try await story.apply(story.template("task", Story.job("task", milliseconds: 600_000)))
            try await story.apply(
                story.rollout(
                    story.canary(
                        "setWeight: 10", "pause: {}", more: "analysis: \(story.analysis("task"))")))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.update(2)
            try await story.wait("Paused", step: 1)
            try await story.wait(runs: "Background", ["Running"])
            try await story.order(.promote)
            try await story.wait("Healthy", pods: [2: 1])
            // A job that was not left to finish has shown nothing.
            try await story.wait(runs: "Background", ["Inconclusive"])
        },
        Telling(name: "imageless") { story in
            try await story.apply(story.template("task", Story.job("task", image: "absent:1")))
            try await story.apply(
                story.rollout(story.canary("setWeight: 10", "analysis: \(story.analysis("task"))")))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.update(2)
            let status = try await story.wait("Paused", step: 1)
            #expect(status["message"] == "InconclusiveAnalysisRun")
            try await story.wait(runs: "Step", ["Inconclusive"])
        },
        Telling(name: "limited") { story in
            try await story.apply(
                story.template(
                    "task",
                    Story.job("task", milliseconds: 600_000, spec: "activeDeadlineSeconds: 1, ")))
            try await story.apply(
                story.rollout(story.canary("setWeight: 10", "analysis: \(story.analysis("task"))")))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.update(2)
            try await story.wait("Degraded", pods: [1: 1])
            try await story.wait(runs: "Step", ["Failed"])
        },
    ]

    // MARK: Failures

    static let failures = [
        Telling(name: "refused") { story in
            try await story.apply(
                story.template(
                    "tasks", Story.job("late", more: "initialDelay: 10000s, count: 1, "),
                    Story.job("failing", code: 1, more: "count: 2, interval: 1s, failureLimit: 1, ")))
            try await story.apply(
                story.rollout(
                    story.canary("setWeight: 10", "pause: {}", "analysis: \(story.analysis("tasks"))")))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.update(2)
            try await story.wait("Paused", step: 1)
            try await story.order(.promote)
            try await story.wait("Degraded", pods: [1: 1])
            try await story.wait(runs: "Step", ["Failed"])
        },
        Telling(name: "crashing") { story in
            try await story.apply(
                story.rollout(
                    "canary: {maxSurge: 1, maxUnavailable: 0}", replicas: 4,
                    spec: "progressDeadlineSeconds: 120"))
            try await story.wait("Healthy", pods: [1: 4])
            try await story.patch(Self.environment("{name: CRASH, value: \"1\"}"))
            // Where Argo Rollouts waits for its deadline, the second crash suffices: the pod is taken back too.
            let status = try await story.wait("Degraded", pods: [1: 4, 2: 0])
            #expect(status["message"]?.stringValue?.contains("ended with code 3") == true)
            try await story.patch(Self.environment("{name: VERSION, value: \"3\"}"))
            try await story.wait("Healthy", pods: [1: 0, 2: 0, 3: 4])
        },
        Telling(name: "unpullable") { story in
            try await story.apply(story.service("active"))
            try await story.apply(story.rollout(story.blueGreen("abortScaleDownDelaySeconds: 2")))
            try await story.wait("Healthy", pods: [1: 1])
            try await story.patch(
                "spec: {progressDeadlineSeconds: 1, template: {spec: {containers: [{name: server, image: \"absent:1\", imagePullPolicy: Never}]}}}"
            )
            let late = try await story.wait("Degraded", pods: [2: 1])
            #expect(late["message"]?.stringValue?.hasPrefix("ProgressDeadlineExceeded") == true)
            #expect(late["abort"] == nil)
            try await story.patch("spec: {progressDeadlineAbort: true}")
            try await story.wait("Degraded", pods: [1: 1, 2: 0]) { $0["abort"] == true }
            #expect(try await story.revision(behind: "active") == 1)
        },
        Telling(name: "mended") { story in
            try await story.apply(
                story.rollout("canary: {analysis: \(story.analysis("task"))}", replicas: 0))
            let invalid = try await story.wait("Degraded")
            #expect(invalid["message"]?.stringValue?.hasPrefix("InvalidSpec") == true)
            try await story.apply(story.template("task", Story.job("task")))
            try await story.wait("Healthy")
        },
    ]

    private static func environment(_ variable: String) -> String {
        "spec: {template: {spec: {containers: [{name: server, image: \"shop:1\", imagePullPolicy: Never, "
            + "ports: [{name: http, containerPort: 8080}], env: [\(variable)], "
            + "readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}}]}}}"
    }
}
