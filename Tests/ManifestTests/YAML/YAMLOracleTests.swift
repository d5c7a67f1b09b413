import Foundation
import TestSupport
import Testing

/// Generated manifests in many layouts, read by us, by PyYAML on libyaml, and a sample of them by kubectl.
@Suite struct YAMLOracleTests {
    static let hasKubectl = Program.path("kubectl") != nil

    @Test(
        .enabled(if: PyYAML.isInstalled, "python3 with PyYAML on libyaml is not installed; run Scripts/setup")
    )
    func `ten thousand manifests mean the same to PyYAML and kubectl`() async throws {
        let seed = UInt32.random(in: 0...UInt32.max)
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let reader = try #require(Program.built("FuzzManifest"))
        let outcome = try await Program.run(
            "/usr/bin/env",
            [
                "python3", tests.appending(path: "Oracle/yaml_oracle.py").path, "--reader",
                "\(reader) --serve",
                "--documents", "10000", "--seed", "\(seed)", "--kubectl", Self.hasKubectl ? "50" : "0",
            ])
        #expect(outcome.code == 0, "seed \(seed): \(outcome.output)\(outcome.error)")
    }
}
