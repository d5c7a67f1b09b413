import Testing

@testable import Slipway

struct SettingsTests {
    @Test func `the template changes nothing`() throws {
        #expect(try Settings.read(Array(Settings.template.utf8), file: "config.yaml") == Settings())
    }

    @Test func `every line of the template is a valid setting with its default`() throws {
        let lines = Settings.template.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // Sentences begin with "# ", settings with "#" and a letter or deeper indentation.
            line.hasPrefix("# ") && !line.hasPrefix("#  ") ? "" : String(line.drop { $0 == "#" })
        }
        var expected = Settings()
        expected.publicURL = "https://slipway.example.com"
        #expect(
            try Settings.read(Array(lines.joined(separator: "\n").utf8), file: "config.yaml") == expected)
    }

    @Test func `settings that are shown read as the same settings`() throws {
        var settings = Settings()
        settings.data = "/srv/a \"b\""
        settings.listen.web = Endpoint(host: "::1", port: 0)
        settings.listen.metrics.port = 1
        settings.publicURL = "https://slipway.example.com"
        settings.usesTLS = true
        settings.cluster.runtimes = ["bubblewrap"]
        settings.cluster.connectsPods = false
        settings.pipeline.runs = 7
        #expect(try Settings.read(Array(settings.text.utf8), file: "config.yaml") == settings)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Fault(text: "a: [", message: "config.yaml:1:"),
        Fault(
            text: "listn: {}",
            message: "config.yaml:1:1: there is no setting listn in the file; did you mean listen?"),
        Fault(text: "tls: yes", message: "config.yaml:1:6: tls must be true or false"),
        Fault(text: "listen: 8080", message: "config.yaml:1:9: listen must be a mapping of settings"),
        Fault(
            text: "listen:\n  web: 8080",
            message: "config.yaml:2:8: listen.web must be an address with a port, such as 127.0.0.1:8080"),
        Fault(
            text: "listen:\n  web: 127.0.0.1:5000",
            message:
                "config.yaml:2:8: listen.registry 127.0.0.1:5000 and listen.web 127.0.0.1:5000 collide; choose another port"
        ),
        Fault(
            text: "listen:\n  web: 0.0.0.0:8080\n  api: 127.0.0.1:8080",
            message:
                "config.yaml:3:8: listen.api 127.0.0.1:8080 and listen.web 0.0.0.0:8080 collide; choose another port"
        ),
        Fault(
            text: "listen: {web: \"localhost:8080\", api: \"[::1]:8080\"}",
            message:
                "config.yaml:1:38: listen.api [::1]:8080 and listen.web localhost:8080 collide; choose another port"
        ),
        Fault(
            text: "listen:\n  metrics: 0.0.0.0:9464",
            message:
                "config.yaml:2:12: listen.metrics and listen.traffic are of one router and must have the same host"
        ),
        Fault(
            text: "pipeline: {runs: 0}",
            message: "config.yaml:1:18: pipeline.runs must be a number from 1 to 64"),
        Fault(
            text: "cluster:\n  runtimes: [docker]",
            message: "config.yaml:2:14: docker is no runtime; known are runc, crun, bubblewrap, process"),
        Fault(
            text: "cluster:\n  podSubnet: everywhere",
            message:
                "config.yaml:2:14: cluster.podSubnet must be a range of IPv4 addresses, such as 10.244.0.0/16"
        ),
        Fault(
            text: "cluster:\n  bridge: a-name-that-is-too-long",
            message: "config.yaml:2:11: cluster.bridge must have 1 to 15 characters, as the kernel asks"),
        Fault(
            text: "namespace: Slipway",
            message: "config.yaml:1:12: namespace must be a name of lower-case letters, digits and dashes"),
        Fault(
            text: "publicURL: example.com",
            message: "config.yaml:1:12: publicURL must begin with http:// or https://"),
        Fault(
            text: "data: a\n---\ndata: b",
            message: "config.yaml:3: a second document; keep one and remove the ---"),
    ])
    func `a fault is told with its line`(_ fault: Fault) throws {
        let error = try #require(throws: SlipwayError.self) {
            try Settings.read(Array(fault.text.utf8), file: "config.yaml")
        }
        #expect(error.code == .settings)
        #expect(error.message.hasPrefix(fault.message), "\(error.message)")
    }

    @Test func `all faults of a file are told at once`() throws {
        let text = "tls: maybe\npipeline: {runs: many, steps: 0}\nwhat: ever\n"
        let error = try #require(throws: SlipwayError.self) {
            try Settings.read(Array(text.utf8), file: "config.yaml")
        }
        #expect(error.message.split(separator: "\n").count == 4)
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80", true), ("127.0.0.1:80", "127.0.0.1:81", false),
        ("127.0.0.1:80", "127.0.0.2:80", false), (":80", "127.0.0.2:80", true),
        ("[::]:80", "10.0.0.1:80", true),
        (":80", "[::1]:80", false), ("localhost:80", "[::1]:80", true),
        ("localhost:80", "127.0.0.1:80", true),
        ("localhost:80", "10.0.0.1:80", false), ("127.0.0.1:0", "127.0.0.1:0", false),
    ])
    func `addresses overlap where one server shuts the other out`(
        _ one: String, _ other: String, _ overlaps: Bool
    ) throws {
        let (one, other) = (try #require(Endpoint(one)), try #require(Endpoint(other)))
        #expect(one.overlaps(other) == overlaps)
        #expect(other.overlaps(one) == overlaps)
    }

    @Test func `whoever listens beyond this machine without TLS is told so`() {
        var settings = Settings()
        #expect(settings.exposures.isEmpty)
        settings.listen.web.host = "0.0.0.0"
        #expect(settings.exposures.count == 1)
        #expect(settings.exposures.first?.hasPrefix("listen.web is 0.0.0.0:8080 without TLS") == true)
        settings.usesTLS = true
        #expect(settings.exposures.isEmpty)
    }

    @Test(arguments: [
        ("127.0.0.1:80", Endpoint(host: "127.0.0.1", port: 80)), (":0", Endpoint(host: "0.0.0.0", port: 0)),
        ("[::1]:65535", Endpoint(host: "::1", port: 65_535)), ("80", nil), ("::1:80", nil), ("a:65536", nil),
        ("a b:1", nil), ("", nil),
    ])
    func `an address is read`(_ text: String, _ endpoint: Endpoint?) { #expect(Endpoint(text) == endpoint) }
}
