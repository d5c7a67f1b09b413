import KubeModel
import Manifest
import Testing

@testable import Slipway

/// What the demonstration takes as a proof, and above all what it does not.
struct DemoProofTests {
    // MARK: Gates

    private static func run(_ phases: [String], phase: String = "Passed") -> Value {
        let gates = zip(Verdict.gateNames, phases).map { name, phase -> Value in
            [
                "name": .string(name), "phase": .string(phase),
                "steps": [["name": "all", "phase": .string(phase)]],
            ]
        }
        return [
            "metadata": ["name": "orders-c1-0"],
            "status": ["phase": .string(phase), "gates": .array(gates)],
        ]
    }

    private static let logs = [
        "test.tests":
            "PostgreSQL 15.14\nslipway: 9 tests, 0 failed, 0 skipped\nslipway: 4 tests, 0 failed, 0 skipped\n",
        "security.sast": "slipway: semgrep 1.185.0 looked at 19 files\n",
        "security.sca": "slipway: 0 components of Package.resolved, compared with 2 advisories\n",
    ]
    private static let passed = Array(repeating: "Passed", count: 4)

    @Test func `gates that worked with database, scanner and advisories are told`() throws {
        let text = try GateProof(run: Self.run(Self.passed), logs: Self.logs).check()
        #expect(
            text == """
                9 tests, 4 on PostgreSQL 15.14; semgrep 1.185.0 looked at 19 files; \
                dependencies compared with 2 advisories
                """)
    }

    @Test(arguments: [
        (["Passed", "Passed", "Passed"], "Passed"), ([], "Passed"),
        (["Passed", "Skipped", "Passed", "Passed"], "Passed"),
        (["Passed", "Passed", "Passed", "Passed"], "Failed"),
    ])
    func `gates that did not all pass prove nothing`(phases: [String], phase: String) {
        #expect(throws: DemoFailure.self) {
            try GateProof(run: Self.run(phases, phase: phase), logs: Self.logs).check()
        }
    }

    @Test(arguments: [
        ("test.tests", ""), ("test.tests", "slipway: 9 tests, 0 failed, 0 skipped\n"),
        ("test.tests", "PostgreSQL 15.14\nslipway: 9 tests, 0 failed, 0 skipped\n"),
        (
            "test.tests",
            "PostgreSQL 15\nslipway: 9 tests, 0 failed, 0 skipped\nslipway: 1 tests, 0 failed, 3 skipped\n"
        ),
        ("security.sast", "slipway: semgrep 1.185.0 looked at 0 files\n"), ("security.sast", "Killed\n"),
        ("security.sca", "slipway: 0 components of Package.resolved, compared with 0 advisories\n"),
        ("security.sca", ""),
    ])
    func `a gate that did not do what it is called proves nothing`(step: String, log: String) {
        var logs = Self.logs
        logs[step] = log
        #expect(throws: DemoFailure.self) {
            try GateProof(run: Self.run(Self.passed), logs: logs).check()
        }
    }

    // MARK: Refusals

    private static func stopped(
        gate: String = "security", step: String = "sast", reason: String, message: String
    ) -> Value {
        [
            "metadata": ["name": "orders-c4-0"],
            "status": [
                "phase": "Failed", "message": .string(message),
                "gates": [
                    ["name": "lint", "phase": "Passed"],
                    [
                        "name": .string(gate), "phase": "Failed",
                        "steps": [
                            [
                                "name": .string(step), "phase": "Failed", "reason": .string(reason),
                                "message": .string(message),
                            ], ["name": "sca", "phase": "Passed"],
                        ],
                    ],
                ],
            ],
        ]
    }

    private static let finding =
        "Sources/Orders/OrderStore.swift:44: high: swift-sql-injection: A statement is put together from a variable"

    @Test func `an injection that Semgrep found is told`() throws {
        let run = Self.stopped(reason: "R22", message: Self.finding)
        #expect(try RefusalProof.injection(run) == Self.finding)
    }

    @Test(arguments: [
        ("security", "R08", "security.sast ended with 2: semgrep: out of memory"),
        ("security", "R27", "semgrep is not on this machine"),
        ("security", "R22", "Sources/Orders/OrderStore.swift:44: high: another-rule: Something"),
        ("security", "R22", "Sources/Orders/Other.swift:4: high: swift-sql-injection: A statement"),
        ("test", "R22", finding),
    ])
    func `a security gate that failed for something else is no proof`(
        gate: String, reason: String, message: String
    ) {
        let run = Self.stopped(gate: gate, reason: reason, message: message)
        #expect(throws: DemoFailure.self) { try RefusalProof.injection(run) }
    }

    @Test(arguments: [
        (
            """
            pods "foreign" is forbidden: 127.0.0.1:1/shop/orders@sha256:9b does not meet the SignaturePolicy \
            own-registry: no valid signature by one of its authorities (pipelines, sha256:ee: check of transparency \
            log: the log abb3 of entry 0 is not in the trusted root)
            """, true
        ),
        (
            """
            pods "foreign" is forbidden: 127.0.0.1:1/shop/orders@sha256:9b does not meet the SignaturePolicy \
            own-registry: it has no signature; build it with a pipeline that signs
            """, false
        ),
        (
            "pods \"foreign\" is forbidden: its images could not be verified, so it is refused: no answer",
            false
        ),
        ("pods \"foreign\" is forbidden: signatures cannot be checked yet; try again", false),
        ("pods \"foreign\" is forbidden: its images could not be verified within 30.0 seconds", false),
    ])
    func `a refusal is about a stranger's signature or is no proof`(message: String, isOfStranger: Bool) {
        #expect(RefusalProof.isOfStranger(message) == isOfStranger)
    }

    // MARK: The judge

    private static func judged(_ phase: String, _ decision: String, _ reason: String, step: Int = 1) -> Value
    {
        let value: Value = [
            "decision": .string(decision), "reason": .string(reason),
            "metrics": [["canary": "9/180", "stable": "0/3400"]],
        ]
        return [
            "metadata": [
                "name": .string("orders-abc-2-\(step)"),
                "labels": ["rollouts-pod-template-hash": "abc", "step-index": .string("\(step)")],
            ],
            "status": [
                "phase": .string(phase),
                "metricResults": [
                    [
                        "measurements": [
                            [
                                "value": .string(JSON.string(value)),
                                "message": .string("\(decision) (\(reason))"),
                            ]
                        ]
                    ]
                ],
            ],
        ]
    }

    private static func rollback(_ run: String?) -> Value {
        var object: Value = [
            "metadata": ["name": "orders-abc"], "spec": ["reason": "pod x crashes: 2 times"],
        ]
        object["spec", "analysisRun"] = run.map { .string($0) }
        return object
    }

    @Test func `a version that errs is taken back by the judge`() throws {
        let text = try JudgeProof.rolledBack(
            Self.rollback("orders-abc-2-1"), Self.judged("Failed", "rollback", "harm"))
        #expect(text == "rollback (harm); errors 9/180, of the stable version 0/3400")
    }

    @Test(
        arguments: [
            (nil, nil), ("orders-abc-2-1", nil), (nil, judged("Failed", "rollback", "harm")),
            ("orders-abc-2-1", judged("Successful", "wait", "collecting")),
            ("orders-abc-2-1", judged("Failed", "inconclusive", "horizon")),
            ("orders-abc-2-1", judged("Error", "rollback", "harm")),
        ] as [(String?, Value?)])
    func `a version that crashes is not taken back by the judge`(name: String?, run: Value?) {
        #expect(throws: DemoFailure.self) { try JudgeProof.rolledBack(Self.rollback(name), run) }
    }

    @Test func `each step of a canary needs a verdict of its own`() throws {
        let runs = [1, 3, 5].map { Self.judged("Successful", "promote", "safety", step: $0) }
        #expect(try JudgeProof.promoted(runs, hash: "abc", steps: 3).hasPrefix("promote (safety)"))
        for missing in runs.indices {
            var some = runs
            some.remove(at: missing)
            #expect(throws: DemoFailure.self) { try JudgeProof.promoted(some, hash: "abc", steps: 3) }
        }
        #expect(throws: DemoFailure.self) { try JudgeProof.promoted(runs, hash: "other", steps: 3) }
        let unsure = [1, 3, 5].map { Self.judged("Successful", "inconclusive", "horizon", step: $0) }
        #expect(throws: DemoFailure.self) { try JudgeProof.promoted(unsure, hash: "abc", steps: 3) }
    }

    // MARK: Users

    @Test func `answers that were taken are not told again, and what is under way stays counted`() {
        var counts = DemoTraffic.Counts()
        func begun() -> Int {
            var begun = 0
            while counts.begin() { begun += 1 }
            return begun
        }
        #expect(begun() == DemoTraffic.Counts.limit)
        for number in 0..<10 { counts.end(number < 8 ? 201 : nil) }
        let (first, second) = (counts.take(), counts.take())
        #expect(first.description == "8 × 201, 2 without an answer")
        #expect(second.description == "no requests")
        #expect(begun() == 10)
        counts.end(503)
        let third = counts.take()
        #expect(third.description == "1 × 503")
    }

    @Test func `users hardly notice a version that comes`() throws {
        try DemoAnswers(answers: [201: 990, 503: 10]).check(atMost: 1)
        #expect(throws: DemoFailure.self) { try DemoAnswers(answers: [201: 989, 503: 11]).check(atMost: 1) }
        #expect(throws: DemoFailure.self) {
            try DemoAnswers(answers: [201: 900], failures: 10).check(atMost: 1)
        }
        #expect(throws: DemoFailure.self) { try DemoAnswers().check(atMost: 1) }
    }
}
