import Foundation
import TestSupport
import Testing

@Suite struct YAMLEditCommandTests {
    private let slipway: SlipwayProcess

    init() throws {
        slipway = try SlipwayProcess()
        try slipway.write("# web\nspec:\n  replicas: 3 # three\n  tag: \"1.0\"\n", to: "a.yaml")
        try slipway.write("spec:\n  replicas: 1\n", to: "b.yaml")
    }

    @Test func `set prints the changed text and leaves the file`() async throws {
        let outcome = try await slipway.run("yaml", "set", "a.yaml", ".spec.replicas", "5")
        #expect(outcome.code == 0)
        #expect(outcome.output == "# web\nspec:\n  replicas: 5 # three\n  tag: \"1.0\"\n")
        #expect(try slipway.read("a.yaml").contains("replicas: 3"))
    }

    @Test func `set changes several files in place`() async throws {
        let outcome = try await slipway.run(
            "yaml", "set", "-i", "a.yaml", "b.yaml", "spec.replicas", "--", "-1")
        #expect(outcome.code == 0)
        #expect(outcome.output.isEmpty)
        #expect(try slipway.read("a.yaml") == "# web\nspec:\n  replicas: -1 # three\n  tag: \"1.0\"\n")
        #expect(try slipway.read("b.yaml") == "spec:\n  replicas: -1\n")
    }

    @Test func `nothing is written unless every file can be edited`() async throws {
        let outcome = try await slipway.run(
            "yaml", "set", "-i", "b.yaml", "a.yaml", "c.yaml", "spec.replicas", "5")
        #expect(outcome.code == 1)
        #expect(outcome.error == "Error: c.yaml cannot be read: No such file or directory\n")
        #expect(try slipway.read("b.yaml") == "spec:\n  replicas: 1\n")
        #expect(try await slipway.run("yaml", "set", "-i", "b.yaml", "a.yaml", "spec.tag", "x").code == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: slipway.directory.path)
        #expect(files.sorted() == ["a.yaml", "b.yaml"])
    }

    @Test func `a file keeps its mode and a link its target`() async throws {
        let files = FileManager.default
        let real = slipway.directory.appending(path: "a.yaml").path
        try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: real)
        try files.createSymbolicLink(
            atPath: slipway.directory.appending(path: "link.yaml").path, withDestinationPath: "a.yaml")
        #expect(try await slipway.run("yaml", "set", "-i", "link.yaml", "spec.replicas", "4").code == 0)
        #expect(try slipway.read("a.yaml").contains("replicas: 4"))
        #expect(try files.attributesOfItem(atPath: real)[.posixPermissions] as? Int == 0o640)
        let link = slipway.directory.appending(path: "link.yaml").path
        #expect(try files.destinationOfSymbolicLink(atPath: link) == "a.yaml")
    }

    @Test func `check prints the bytes that would change`() async throws {
        let outcome = try await slipway.run("yaml", "set", "--check", "a.yaml", "spec.tag", "2.0")
        #expect(outcome.code == 0)
        #expect(outcome.output == "a.yaml:4:8: bytes 41..<46: \"\\\"1.0\\\"\" -> \"\\\"2.0\\\"\"\n")
        #expect(try slipway.read("a.yaml").contains("1.0"))
        #expect(try await slipway.run("yaml", "set", "--check", "a.yaml", "spec.tag", "1.0").output.isEmpty)
    }

    @Test(arguments: [
        (["spec.tag", "5"], "tag: \"5\""), (["spec.replicas", "yes", "--string"], "replicas: \"yes\""),
        (["spec.replicas", "true"], "replicas: true"),
        (["spec.replicas", "{a: [b]}"], "replicas: # three\n    a:\n    - b\n"),
        (["spec.tag", "5", "--type", "number"], "tag: 5\n"),
    ])
    func `the type of a value follows the place unless given`(arguments: [String], text: String) async throws
    {
        let command = ["yaml", "set", "a.yaml"] + arguments
        let outcome = try await slipway.run(command)
        #expect(outcome.code == 0)
        #expect(outcome.output.contains(text))
    }

    @Test(
        arguments: [
            (["set", "a.yaml", "spec.replcias", "1"], 1), (["set", "a.yaml", "spec..x", "1"], 2),
            (["set", "a.yaml", "spec.replicas", "[", "--type", "yaml"], 2),
            (["set", "a.yaml", "spec.replicas", "x", "--type", "bool"], 2),
            (["set", "a.yaml", "spec.replicas", "1", "-d", "2"], 1),
            (["insert", "a.yaml", "spec.tag", "1"], 2),
            (["set", "a.yaml", "spec.replicas"], 64), (["remove", "a.yaml"], 64),
            (["set", "a.yaml", "b.yaml", "spec.replicas", "1"], 64),
            (["remove", "-i", "--check", "a.yaml", "x"], 64),
            (["remove", "-i", "-", "x"], 64), (["remove", "-i", "a.yaml", "a.yaml", "x"], 64),
        ] as [([String], Int32)])
    func `exit codes tell scripts what went wrong`(arguments: [String], code: Int32) async throws {
        let before = try slipway.read("a.yaml")
        let outcome = try await slipway.run(["yaml"] + arguments)
        #expect(outcome.code == code)
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.hasPrefix("Error: "))
        #expect(try slipway.read("a.yaml") == before)
    }

    @Test func `a mistyped key is answered with its place and the one meant`() async throws {
        let outcome = try await slipway.run("yaml", "set", "a.yaml", "spec.replcias", "1")
        #expect(outcome.error == "Error: a.yaml:3:3: .spec has no key 'replcias'; did you mean 'replicas'?\n")
    }

    @Test func `insert and remove take standard input`() async throws {
        let inserted = try await slipway.run(
            "yaml", "insert", "-", "images[+]", "{name: web}", input: "images:\n- name: a\n")
        #expect(inserted.output == "images:\n- name: a\n- name: web\n")
        let removed = try await slipway.run("yaml", "remove", "-", "images[name=a]", input: inserted.output)
        #expect(removed.output == "images:\n- name: web\n")
    }

    @Test func `insert goes where it is told and makes parents on request`() async throws {
        let before = try await slipway.run("yaml", "insert", "b.yaml", "spec.a", "x", "--before", "replicas")
        #expect(before.output == "spec:\n  a: x\n  replicas: 1\n")
        #expect(try await slipway.run("yaml", "insert", "b.yaml", "m.l.t", "x").code == 1)
        let parents = try await slipway.run("yaml", "insert", "b.yaml", "m.l.t", "x", "-p")
        #expect(parents.output == "spec:\n  replicas: 1\nm:\n  l:\n    t: x\n")
    }

    @Test func `the document has to be said where there are several`() async throws {
        try slipway.write("a: 1\n---\na: 2\n", to: "two.yaml")
        let refused = try await slipway.run("yaml", "set", "two.yaml", "a", "3")
        #expect(refused.code == 2)
        #expect(refused.error == "Error: two.yaml has 2 documents; say which with --document 0 to 1\n")
        #expect(
            try await slipway.run("yaml", "set", "two.yaml", "a", "3", "-d", "1").output
                == "a: 1\n---\na: 3\n")
    }

    @Test func `shared values are kept on request`() async throws {
        try slipway.write("a: &x 1\nb: *x\n", to: "shared.yaml")
        #expect(try await slipway.run("yaml", "set", "shared.yaml", "a", "2").output == "a: &x 2\nb: *x\n")
        #expect(try await slipway.run("yaml", "set", "shared.yaml", "a", "2", "--keep-shared").code == 2)
    }
}
