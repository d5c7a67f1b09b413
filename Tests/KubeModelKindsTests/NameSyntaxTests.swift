import KubeModel
import Testing

/// Names, labels and keys are accepted and refused as upstream does, in the same words.
@Suite struct NameSyntaxTests {
    static let label = """
        a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and \
        end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
        """
    static let subdomain = """
        a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
        start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
        """
    static let label1035 = """
        a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
        character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
        validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
        """
    static let qualified = """
        must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
        character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
        '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
        """
    static let long = String(repeating: "a", count: 64)

    @Test(
        arguments: [
            ("web", []), ("0", []), ("a-b-0", []), (String(repeating: "a", count: 63), []), ("", [label]),
            ("-a", [label]), ("a-", [label]), ("A", [label]), ("a_b", [label]),
            ("a.b", ["must not contain dots"]),
            (long, ["must be no more than 63 characters"]), ("ä", [label]),
            (long + "-", ["must be no more than 63 characters", label]),
        ] as [(String, [String])])
    func `labels are checked`(_ name: String, _ faults: [String]) {
        #expect(NameSyntax.dns1123Label(name) == faults)
        #expect(NameRule.dns1123Label.faults(of: name) == faults)
    }

    @Test(
        arguments: [
            ("web.example.com", []), ("a.b-c.0", []), ("a..b", [subdomain]), (".a", [subdomain]),
            ("a.", [subdomain]),
            ("Bad_Name", [subdomain]), ("", [subdomain]), (String(repeating: "a", count: 253), []),
            (String(repeating: "a", count: 254), ["must be no more than 253 characters"]),
        ] as [(String, [String])])
    func `domain names are checked`(_ name: String, _ faults: [String]) {
        #expect(NameSyntax.dns1123Subdomain(name) == faults)
    }

    @Test(
        arguments: [("web", []), ("a0-b", []), ("0a", [label1035]), ("a.b", [label1035])]
            as [(String, [String])])
    func `service names start with a letter`(_ name: String, _ faults: [String]) {
        #expect(NameSyntax.dns1035Label(name) == faults)
    }

    @Test(
        arguments: [
            ("app", []), ("app.kubernetes.io/Name_1", []), ("bad key!", ["name part " + qualified]),
            ("", ["name part must be non-empty", "name part " + qualified]),
            ("/x", ["prefix part must be non-empty"]), ("EX.com/x", ["prefix part " + subdomain]),
            (long, ["name part must be no more than 63 characters"]),
            (
                "a/b/c",
                [
                    "a valid label key \(qualified) with an optional DNS subdomain prefix and '/' "
                        + "(e.g. 'example.com/MyName')"
                ]
            ),
        ] as [(String, [String])])
    func `label keys are checked`(_ key: String, _ faults: [String]) {
        #expect(NameSyntax.qualifiedName(key) == faults)
    }

    @Test(arguments: ["", "a", "A.b_c-1"]) func `good label values pass`(_ value: String) {
        #expect(NameSyntax.labelValue(value).isEmpty)
    }

    @Test func `a bad label value is explained`() {
        #expect(
            NameSyntax.labelValue("a b") == [
                """
                a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
                must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', \
                regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
                """
            ])
    }

    @Test func `a name in a path has no slash and is no dot`() {
        #expect(NameSyntax.pathSegment("system:admin").isEmpty)
        #expect(NameSyntax.pathSegment("..") == ["may not be '..'"])
        #expect(NameSyntax.pathSegment("a/b%") == ["may not contain '/'", "may not contain '%'"])
    }

    @Test func `a prefix may end with a dash`() {
        #expect(NameRule.dns1123Subdomain.faults(of: "web-", isPrefix: true).isEmpty)
        #expect(!NameRule.dns1123Subdomain.faults(of: "web-").isEmpty)
        #expect(!NameRule.dns1123Subdomain.faults(of: "-", isPrefix: true).isEmpty)
    }
}
