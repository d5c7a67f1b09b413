import Foundation
import TestSupport
import Testing

@Suite struct KustomizeBuildTests {
    private let slipway: SlipwayProcess

    private static let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: a}\nspec: {type: x}\n"
    private static let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: b}\n"
    private static let builtService =
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: p-web\n  namespace: a\nspec:\n  type: x\n"
    private static let builtMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-m\n  namespace: b\n"

    init() throws {
        slipway = try SlipwayProcess()
        try slipway.write("namePrefix: p-\nresources: [s.yaml, m.yaml]\n", to: "kustomization.yaml")
        try slipway.write(Self.service, to: "s.yaml")
        try slipway.write(Self.map, to: "m.yaml")
    }

    @Test(arguments: [[], ["."], ["--enable-helm"], ["--reorder", "legacy", "./"]])
    func `manifests are printed`(arguments: [String]) async throws {
        let outcome = try await slipway.run(["kustomize", "build"] + arguments)
        #expect(outcome.code == 0)
        #expect(outcome.output == "\(Self.builtMap)---\n\(Self.builtService)")
        #expect(outcome.error.isEmpty)
    }

    @Test func `the order of the files can be kept`() async throws {
        let outcome = try await slipway.run("kustomize", "build", "--reorder", "none")
        #expect(outcome.output == "\(Self.builtService)---\n\(Self.builtMap)")
    }

    @Test func `manifests go to a file or, one by one, into a directory`() async throws {
        #expect(try await slipway.run("kustomize", "build", "-o", "all.yaml").output.isEmpty)
        #expect(try slipway.read("all.yaml") == "\(Self.builtMap)---\n\(Self.builtService)")
        let directory = slipway.directory.appending(path: "out")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        #expect(try await slipway.run("kustomize", "build", "--output", "out").code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(names == ["a_v1_service_p-web.yaml", "b_v1_configmap_p-m.yaml"])
        #expect(try slipway.read("out/a_v1_service_p-web.yaml") == Self.builtService)
    }

    @Test func `an error is on standard error alone`() async throws {
        try slipway.write("commonLabels: {a: b}\nresources: [none.yaml]\n", to: "kustomization.yaml")
        let outcome = try await slipway.run("kustomize", "build")
        #expect(outcome.code == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.hasPrefix("# Warning: 'commonLabels' is deprecated."))
        #expect(outcome.error.contains("\nError: accumulating resources: "))
    }

    @Test(arguments: [
        (["--enable-alpha-plugins"], "Error: --enable-alpha-plugins is refused"),
        (["--load-restrictor", "some"], "Error: illegal flag value --load-restrictor some"),
        (["--reorder", "some"], "Error: illegal flag value --reorder some"),
        (["a", "b"], "Error: specify one path to kustomization.yaml"),
    ])
    func `flags that cannot be honoured are refused`(arguments: [String], message: String) async throws {
        let outcome = try await slipway.run(["kustomize", "build"] + arguments)
        #expect(outcome.code == 1)
        #expect(outcome.error.hasPrefix(message))
    }

    @Test func `files outside are read where it is allowed`() async throws {
        try FileManager.default.createDirectory(
            at: slipway.directory.appending(path: "k"), withIntermediateDirectories: true)
        try slipway.write("resources: [../s.yaml]\n", to: "k/kustomization.yaml")
        #expect(try await slipway.run("kustomize", "build", "k").code == 1)
        let allowed = try await slipway.run(
            "kustomize", "build", "--load-restrictor", "LoadRestrictionsNone", "k")
        #expect(allowed.code == 0)
    }

    @Test func `links are followed within the directory and not out of it`() async throws {
        let files = FileManager.default
        let link = slipway.directory.appending(path: "l.yaml").path
        try files.createSymbolicLink(atPath: link, withDestinationPath: "s.yaml")
        try slipway.write("resources: [l.yaml]\n", to: "kustomization.yaml")
        #expect(try await slipway.run("kustomize", "build").code == 0)
        try files.removeItem(atPath: link)
        try files.createSymbolicLink(atPath: link, withDestinationPath: "/etc/hostname")
        let outcome = try await slipway.run("kustomize", "build")
        #expect(outcome.code == 1)
        #expect(outcome.error.contains("is not in or below"))
    }
}
