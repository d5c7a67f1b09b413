import TestSupport
import Testing

@Suite struct YAMLReadCommandTests {
    private let slipway: SlipwayProcess

    init() throws {
        slipway = try SlipwayProcess()
        try slipway.write("base: &b\n  image: web:1\n  ports: [80, 443]\none: *b\n", to: "a.yaml")
        try slipway.write("kind: A\nm: 1.50\n---\nkind: B\n", to: "two.yaml")
    }

    @Test(arguments: [
        (["a.yaml", "base.image"], "web:1\n"), (["a.yaml", ".one.ports"], "- 80\n- 443\n"),
        (["a.yaml", "/one/ports/1"], "443\n"), (["a.yaml", "one.image", "-o", "json"], "\"web:1\"\n"),
        (["a.yaml", "one.image", "-o", "yaml"], "web:1\n"), (["two.yaml", "kind"], "A\nB\n"),
        (["two.yaml", "m"], "1.50\n"), (["two.yaml", "kind", "-d", "1"], "B\n"),
        (["two.yaml", "."], "kind: A\nm: 1.50\n---\nkind: B\n"),
        (["two.yaml", ".", "-o", "json"], "{\"kind\":\"A\",\"m\":1.50}\n{\"kind\":\"B\"}\n"),
    ])
    func `get prints a value`(arguments: [String], output: String) async throws {
        let outcome = try await slipway.run(["yaml", "get"] + arguments)
        #expect(outcome.code == 0)
        #expect(outcome.output == output)
    }

    @Test func `get prints what is there and tells what is missing`() async throws {
        let outcome = try await slipway.run("yaml", "get", "a.yaml", "two.yaml", "base.image")
        #expect(outcome.code == 1)
        #expect(outcome.output == "web:1\n")
        #expect(outcome.error == "Error: two.yaml:1:1: . has no key 'base'; it has 'kind', 'm'\n")
        let far = try await slipway.run("yaml", "get", "two.yaml", "x", "-d", "7")
        #expect(far.code == 1)
        #expect(far.error == "Error: two.yaml: the text has 2 documents; there is no document 7\n")
    }

    @Test func `a text that is no YAML is refused with its place`() async throws {
        let outcome = try await slipway.run("yaml", "get", "-", "a", input: "a: [1\n")
        #expect(outcome.code == 2)
        #expect(outcome.error.hasPrefix("Error: standard input:"))
    }

    @Test func `to-json and from-json are each other's reverse`() async throws {
        let json = try await slipway.run("yaml", "to-json", "two.yaml")
        #expect(json.output == "{\"kind\":\"A\",\"m\":1.50}\n{\"kind\":\"B\"}\n")
        let yaml = try await slipway.run("yaml", "from-json", input: json.output)
        #expect(yaml.output == "kind: A\nm: 1.50\n---\nkind: B\n")
    }

    @Test func `from-json lays lists and keys out on request`() async throws {
        let json = "{\"b\": [1], \"a\": {\"x\": null}}"
        let yaml = try await slipway.run("yaml", "from-json", "--sort-keys", "--indent-lists", input: json)
        #expect(yaml.output == "a:\n  x: null\nb:\n  - 1\n")
        let broken = try await slipway.run("yaml", "from-json", input: "{\n")
        #expect(broken.code == 2)
        #expect(broken.error.hasPrefix("Error: standard input:"))
    }

    @Test func `version says what is running`() async throws {
        #expect(try await slipway.run("version").output.hasPrefix("slipway "))
        let json = try await slipway.run("version", "--output", "json").output
        for key in ["version", "swiftVersion", "platform"] { #expect(json.contains("\"\(key)\":\"")) }
    }
}
