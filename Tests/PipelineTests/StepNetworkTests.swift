import KubeModel
import Manifest
import Testing

@testable import Pipeline

/// What a step may reach, from the pipeline file to the network of its container.
struct StepNetworkTests {
    private static func network(_ text: String, policy: OrganizationPolicy = .init()) -> (
        NetworkAccess?, [String]
    ) {
        let file = SamplePipelines.complete.replacing("network: cell", with: "network: \(text)")
        let validation = PipelineFile.validate(
            Array(file.utf8), name: "pipeline.yaml", context: PipelineContext(policy: policy))
        let step = validation.file?.step(StepID(.lint, "format"))
        return (step?.network, validation.diagnostics.map { "\($0.code.rawValue) \($0.message)" })
    }

    @Test(arguments: [
        ("cell", NetworkAccess.cell), ("deny", .hosts([])), ("[]", .hosts([])),
        (
            "[pypi.org, files.pythonhosted.org]",
            .hosts([AllowedHost("pypi.org"), AllowedHost("files.pythonhosted.org", ports: [443, 80])])
        ),
        ("[PyPI.org]", .hosts([AllowedHost("pypi.org")])),
        ("['git.example.com:22']", .hosts([AllowedHost("git.example.com", ports: [22])])),
        (
            "['a.example:8080', 'a.example:8443', 'a.example:8080']",
            .hosts([AllowedHost("a.example", ports: [8080, 8443])])
        ),
        ("[registry]", .hosts([AllowedHost("registry")])),
    ])
    func `hosts are read`(_ text: String, _ expected: NetworkAccess) {
        let (network, faults) = Self.network(text)
        #expect(network == expected, "\(faults)")
    }

    @Test(arguments: [
        ("['*.pypi.org']", "E318"), ("['https://pypi.org/simple']", "E318"), ("['pypi.org/simple']", "E318"),
        ("['10.0.0.1']", "E318"), ("['10.0.0.0/8']", "E318"), ("['[::1]:443']", "E318"),
        ("[localhost]", "E318"),
        ("['registry.localhost:5000']", "E318"), ("['pypi.org:']", "E318"), ("['pypi.org:https']", "E318"),
        ("['pypi.org:70000']", "E318"), ("['a:1:2']", "E318"), ("['a_b.example']", "E318"), ("['']", "E318"),
        ("['-a.example']", "E318"), ("host", "E319"), ("bridge", "E106"), ("{ pypi.org: 443 }", "E106"),
    ])
    func `what is no host is refused with its place`(_ text: String, _ code: String) {
        let (_, faults) = Self.network(text)
        #expect(faults.contains { $0.hasPrefix(code) }, "\(faults)")
    }

    @Test func `the installation says which hosts there are to choose from`() {
        var policy = OrganizationPolicy()
        policy.allowedHosts = ["pypi.org", "*.example.com"]
        #expect(Self.network("[pypi.org, a.b.example.com]", policy: policy).0 != nil)
        for name in ["files.pythonhosted.org", "example.com", "notexample.com"] {
            let faults = Self.network("[\(name)]", policy: policy).1
            #expect(faults == ["E318 steps may not reach \(name)"])
        }
    }

    @Test func `too many hosts are refused`() {
        let names = (0...100).map { "h\($0).example" }.joined(separator: ", ")
        #expect(Self.network("[\(names)]").1 == ["E318 a step may reach 100 hosts at most"])
    }

    @Test func `a default holds for every step that says nothing else`() throws {
        let file = ScriptPipeline.file(extra: "        network: [a.example]")
            .replacing("timeout: 30s }", with: "timeout: 30s, network: deny }")
        let validation = PipelineFile.validate(
            Array(file.utf8), name: "pipeline.yaml", context: PipelineContext())
        let read = try #require(validation.file, "\(validation.diagnostics)")
        #expect(read.step(StepID(.lint, "style"))?.network == .hosts([]))
        #expect(read.step(StepID(.test, "unit"))?.network == .hosts([AllowedHost("a.example")]))
        #expect(read.step(.image)?.network == .cell)
    }

    @Test(arguments: [
        ("", "deny", ["E110"]), ("network: cell", "deny", []), ("", "cell", []),
        ("network: deny", "cell", ["E110"]),
        ("network: [pypi.org]", "cell", ["E110"]), ("network: host", "cell", ["E319"]),
    ])
    func `a Dockerfile's lines are not said to be limited while they are not`(
        _ own: String, _ defaults: String, _ codes: [String]
    ) {
        let layers = "      layers: [{ from: outputs.server, to: /server }]\n"
        let file = ScriptPipeline.file()
            .replacing("timeout: 30s }", with: "timeout: 30s, network: \(defaults) }")
            .replacing("      base: scratch\n", with: "")
            .replacing(layers, with: "      dockerfile: Dockerfile\n" + (own.isEmpty ? "" : "      \(own)\n"))
        let validation = PipelineFile.validate(
            Array(file.utf8), name: "pipeline.yaml", context: PipelineContext())
        #expect(validation.diagnostics.map(\.code.rawValue) == codes, "\(validation.diagnostics)")
    }
}

extension PipelineRunTests {
    @Test(.timeLimit(.minutes(5)))
    func `a step with a limited network reaches its services and nobody else`() async throws {
        let services = """
            services:
              db:
                image: host
                port: 7777
                run: exec perl -MIO::Socket::INET -e 'my $l = IO::Socket::INET->new(Listen => 5, LocalPort => 7777, ReuseAddr => 1) or die; while (my $c = $l->accept) { print $c "served\\n"; close $c }'
                ready: { tcp: 7777 }
            """
        let script = """
            perl -MIO::Socket::INET -e 'my $c = IO::Socket::INET->new("db:7777") or die "no service"; print <$c>'
            echo "interfaces:$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d '\\n')"
            getent hosts mirror.example
            getent hosts other.example || echo unknown
            echo '<testsuite><testcase name="a"/></testsuite>' > unit.xml
            """
        let file = ScriptPipeline.file(
            lint: "tail -n +2 /proc/net/route | wc -l", unit: script, services: services,
            uses: "    services: [db]", extra: "        network: ['mirror.example:8080']")
        try await withPipeline(configure: { $0.images = RecordingImageBuilder() }) { fixture in
            let commit = try await fixture.commit([".slipway/pipeline.yaml": file])
            try await fixture.submit("limited", commit: commit)
            let status = try await fixture.ended("limited")
            #expect(status.phase == "Passed", "\(status)")
            let steps = try #require(status.gates).flatMap(\.steps)
            let lint = try fixture.log(try #require(steps.first { $0.name == "style" }))
            #expect(try #require(Int(lint.filter(\.isNumber))) > 0, "the cell itself has routes: \(lint)")
            let words = try fixture.log(try #require(steps.first { $0.name == "unit" })).split(
                separator: "\n")
            #expect(
                words.contains("slipway: beside the services of its run the step reaches mirror.example:8080")
            )
            #expect(words.contains("served") && words.contains("interfaces:    lo"), "\(words)")
            #expect(words.contains { $0.hasPrefix("127.64.0.1") } && words.contains("unknown"), "\(words)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a limit that the node cannot keep fails the run before anything is started`() async throws {
        try await withPipeline(configure: { $0.limitsNetworks = false }) { fixture in
            let file = ScriptPipeline.file(extra: "        network: deny")
            let commit = try await fixture.commit([".slipway/pipeline.yaml": file])
            try await fixture.submit("unkept", commit: commit)
            let status = try await fixture.ended("unkept")
            #expect(status.phase == "Failed" && status.reason == "InvalidPipeline", "\(status)")
            #expect(status.message?.contains("test.unit is limited in what it may reach") == true)
        }
    }
}
