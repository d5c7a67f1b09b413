import KubeModel
import Testing

/// The annotation by which a pod gives one of its containers a network of its own.
struct AllowedHostTests {
    @Test(arguments: [
        ("", []), ("pypi.org:443+80", [AllowedHost("pypi.org")]),
        (
            "pypi.org:443,git_1.example:22",
            [AllowedHost("pypi.org", ports: [443]), AllowedHost("git_1.example", ports: [22])]
        ),
    ])
    func `hosts and ports are written and read`(_ text: String, _ hosts: [AllowedHost]) {
        #expect(AllowedHost.read(text) == hosts)
        #expect(AllowedHost.list(hosts) == text)
    }

    @Test(arguments: [
        ",", "a.example:1,", "a.example", "a.example:", "a.example:0", "a.example:65536", "a.example:1+",
        "a.example:x", "a.example:1:2", ":1", "10.0.0.1:443", "10.1:443", "a..b:1", "-a.example:1", "a b:1",
        "a.example\t:1", "*.example:443",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(AllowedHost.read(text) == nil)
    }

    @Test func `a container has so many hosts at most`() {
        let hosts = (0...AllowedHost.limit).map { AllowedHost("h\($0).example") }
        #expect(AllowedHost.read(AllowedHost.list(hosts.dropLast())) == hosts.dropLast())
        #expect(AllowedHost.read(AllowedHost.list(hosts)) == nil)
    }
}
