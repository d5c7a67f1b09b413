import KubeClient
import KubeModel
import Manifest
import Testing

@testable import Dashboard

/// Pages of as many objects as an installation has after long use, made without a server.
@Suite struct ManyObjectsTests {
    private struct NoTransport: APITransport {
        func send(_ request: APIRequest) async throws -> APIResponse { APIResponse(status: 503) }
    }

    private static let services = (1...200).map { "service-\($0)" }

    private static func object(
        _ kind: String, _ name: String, in namespace: String = "slipway", _ spec: Value, _ status: Value
    ) -> Value {
        [
            "apiVersion": "slipway.dev/v1alpha1", "kind": .string(kind),
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "uid": .string("\(kind)-\(name)"),
            ],
            "spec": spec, "status": status,
        ]
    }

    private static func commit(_ number: Int) -> Value {
        let digits = String(number)
        return .string(String(repeating: "0", count: 40 - digits.count) + digits)
    }

    private static func render(_ page: any Page, _ objects: ObjectSet) async throws -> String {
        let transport = NoTransport()
        let context = PageContext(
            objects: objects,
            viewer: Viewer(
                user: "anna", groups: [], formToken: "token", abilities: Set(Viewer.Ability.allCases)),
            now: Timestamp(seconds: DeliveryWorld.start), client: KubeClient(transport),
            settings: DashboardSettings(transport: transport))
        let templates = try Templates()
        var html = ""
        for region in try await page.regions(context) {
            var fields = region.fields
            fields["page"] = .group(context.viewer.fields)
            html += try templates.render(region.template, fields).text
        }
        return html
    }

    private static func delivery(_ service: String, _ number: Int) -> Value {
        let environments = ["dev", "staging", "production"]
        return object(
            "Delivery", service, ["environments": .array(environments.map { ["name": .string($0)] })],
            [
                "environments": .array(
                    environments.map { name in
                        var environment: Value = [
                            "name": .string(name), "phase": "Verified", "commit": commit(number),
                            "release": .string("\(service)-1"), "digest": .string(DeliveryWorld.digest),
                        ]
                        if name == "production" {
                            environment["waiting"] = [
                                [
                                    "commit": commit(number + 1000),
                                    "digest": .string(DeliveryWorld.olderDigest),
                                    "requiredApprovals": 1, "blocker": ["reason": "ApprovalsMissing"],
                                ]
                            ]
                        }
                        return environment
                    })
            ])
    }

    private static func application(_ service: String, _ environment: String) -> Value {
        let place = "\(service)-\(environment)"
        return object(
            "Application", place, ["destination": ["namespace": .string(place)]],
            [
                "health": ["status": "Healthy"], "sync": ["status": "Synced"],
                "resources": [
                    [
                        "group": "argoproj.io", "kind": "Rollout", "namespace": .string(place),
                        "name": .string(service),
                    ]
                ],
            ])
    }

    private static func rollout(_ service: String) -> Value {
        object(
            "Rollout", service, in: "\(service)-production",
            ["strategy": ["canary": ["steps": [["setWeight": 5], ["pause": [:]]]]]],
            [
                "currentPodHash": "b", "stableRS": "a", "currentStepIndex": 1,
                "canary": ["weights": ["canary": ["weight": 5], "stable": ["weight": 95]]],
            ])
    }

    @Test func `a board of 200 services has the canary and the forms of each in its own row`() async throws {
        var objects = ObjectSet()
        let page = BoardPage(namespace: "slipway", places: RolloutPlaces())
        for collection in page.collections {
            switch collection.resource.resource {
            case "deliveries":
                objects.set(Self.services.enumerated().map { Self.delivery($1, $0) }, of: collection)
            case "applications":
                objects.set(
                    Self.services.flatMap { service in
                        ["dev", "staging", "production"].map { Self.application(service, $0) }
                    }, of: collection)
            case "rollouts": objects.set(Self.services.map(Self.rollout), of: collection)
            default: objects.set([], of: collection)
            }
        }
        let html = try await Self.render(page, objects)
        let rows = html.split(separator: "<tr role=\"row\">").dropFirst(2)
        #expect(rows.count == 200)
        for row in rows {
            let name = row.firstMatch(of: /<span class="service">([^<]*)</).map { String($0.1) } ?? ""
            let links = row.matches(of: /href="(\/rollouts\/[^"]*)"/).map { String($0.1) }
            #expect(links == ["/rollouts/\(name)-production/\(name)"])
            #expect(row.matches(of: /action="\/approvals"/).count == 1)
            #expect(row.matches(of: /action="\/rollbacks"/).count == 3)
            #expect(row.contains("<a href=\"/apps/\(name)-staging\">"))
        }
    }

    @Test func `a queue of 500 pull requests names the run of each`() async throws {
        let numbers = Array(1...500)
        var objects = ObjectSet()
        let page = QueuePage(namespace: "slipway")
        for collection in page.collections {
            switch collection.resource.resource {
            case "repositories":
                let names = numbers.map { Value.string("shop-\($0)") }
                let lane: Value = ["name": "", "phase": "Testing", "pullRequests": .array(names)]
                objects.set([Self.object("Repository", "shop", [:], ["lanes": [lane]])], of: collection)
            case "pullrequests":
                objects.set(
                    numbers.map { number in
                        Self.object(
                            "PullRequest", "shop-\(number)",
                            ["title": .string("Change \(number)"), "head": Self.commit(number)],
                            number.isMultiple(of: 2) ? ["runs": [.string("run-\(number)")]] : [:])
                    }, of: collection)
            default:
                objects.set(
                    numbers.map { number in
                        let pull: Value = [
                            "name": .string("shop-\(number)"), "head": Self.commit(number),
                        ]
                        return Self.object(
                            "PipelineRun", "run-\(number)",
                            number.isMultiple(of: 2) ? [:] : ["pullRequests": [pull]], [:])
                    }, of: collection)
            }
        }
        let html = try await Self.render(page, objects)
        let entries = html.split(separator: "<li>").dropFirst()
        #expect(entries.count == 500)
        for (number, entry) in zip(numbers, entries) {
            #expect(entry.contains(">Change \(number)</a>"))
            #expect(entry.contains("<a href=\"/runs/run-\(number)\">"))
        }
    }

    @Test func `of 500 runs the newest are listed, and that there are more is said`() async throws {
        var objects = ObjectSet()
        let page = RunsPage(namespace: "slipway")
        let runs = (1...500).map { number -> Value in
            var run = Self.object("PipelineRun", "run-\(number)", [:], ["phase": "Passed"])
            let time = Timestamp(seconds: DeliveryWorld.start + Int64(number))
            run["metadata", "creationTimestamp"] = .string(time.rfc3339)
            return run
        }
        for collection in page.collections { objects.set(runs.shuffled(), of: collection) }
        let html = try await Self.render(page, objects)
        let names = html.matches(of: /href="\/runs\/(run-[0-9]+)"/).map { String($0.1) }
        #expect(names == (441...500).reversed().map { "run-\($0)" })
        #expect(html.contains("Older runs are not shown"))
    }

    @Test func `objects are found by name and namespace, in whichever collection they are`() {
        let resource = GroupVersionResource.slipway("things")
        var objects = ObjectSet()
        for place in ["b", "a"] {
            objects.set(
                ["y", "x"].map { Self.object("Thing", $0, in: place, ["place": .string(place)], [:]) },
                of: ObjectCollection(resource, in: place))
        }
        #expect(objects.object(resource, "x", namespace: "b")?["spec", "place"] == "b")
        #expect(objects.object(resource, "x")?["spec", "place"] == "a")
        #expect(objects.object(resource, "z") == nil)
        #expect(objects.object(resource, "x", namespace: "c") == nil)
        #expect(objects[resource].map(\.metadata.name) == ["x", "y", "x", "y"])
        objects.set([], of: ObjectCollection(resource, in: "b"))
        #expect(objects.object(resource, "x", namespace: "b") == nil)
    }

    @Test func `lists keep of objects what their rows show`() {
        let long = Value.string(String(repeating: "W", count: 5000))
        var pull = Self.object(
            "PullRequest", "shop-1", ["title": "Begin", "body": long],
            ["phase": "Open", "reviews": [["author": "anna", "state": "Approved", "body": long]]])
        var run = Self.object(
            "PipelineRun", "run-1", [:],
            ["gates": [["name": "test", "phase": "Passed", "steps": [["name": "unit", "message": long]]]]])
        var application = Self.object(
            "Application", "shop", [:],
            ["history": [["id": 1]], "operationState": ["phase": "Failed", "syncResult": ["resources": []]]])
        for page in [RunsPage(namespace: "slipway"), QueuePage(namespace: "slipway")] as [any Page] {
            for collection in page.collections where collection.resource != .repositories {
                collection.strip(&pull)
                collection.strip(&run)
            }
        }
        ApplicationsPage(namespace: "slipway").collections[0].strip(&application)
        #expect(pull["spec"] == ["title": "Begin"])
        #expect(pull["status"] == ["phase": "Open", "reviews": [["author": "anna", "state": "Approved"]]])
        #expect(run["status"] == ["gates": [["name": "test", "phase": "Passed"]]])
        #expect(application["status"] == ["operationState": ["phase": "Failed"]])
        // The page of the thing itself keeps all.
        for collection in RunPage(namespace: "slipway", name: "run-1").collections {
            #expect(collection.kept == .whole)
        }
    }

    @Test(arguments: [
        ("short", 10, "short"), ("exactly ten", 11, "exactly ten"), ("one more", 7, "one mor…"),
        ("e\u{301}\u{301}\u{301}", 2, "e\u{301}…"), ("ääää", 4, "ääää"),
    ])
    func `a text is cut by code points`(text: String, maximum: Int, short: String) {
        #expect(Short.text(text, maximum) == short)
    }
}
