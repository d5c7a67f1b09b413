import Foundation
import Kustomize
import Manifest
import TestSupport
import Testing

/// Layouts that kubectl builds too: both print the same bytes, or both refuse.
///
/// `KUSTOMIZE_SEED` looks at other random layouts than those that every run looks at.
@Suite struct OracleTests {
    @Test(
        .enabled(if: Kubectl.isRecent, "needs a kubectl of 1.35 or later on the path: see Scripts/setup"),
        arguments: Layout.all)
    func `a layout builds as kubectl builds it`(layout: Layout) async throws {
        try await compare(layout)
    }

    @Test(
        .enabled(if: Kubectl.isRecent, "needs a kubectl of 1.35 or later on the path: see Scripts/setup"),
        arguments: 0..<48)
    func `a random layout builds as kubectl builds it`(number: Int) async throws {
        let first = ProcessInfo.processInfo.environment["KUSTOMIZE_SEED"].flatMap { UInt64($0) } ?? 58_000_000
        let seed = first + UInt64(number)
        print("seed of layout \(number): \(seed)")
        var generator = LayoutGenerator(seed: seed)
        try await compare(generator.layout())
    }

    private func compare(_ layout: Layout) async throws {
        try await withTemporaryDirectory { directory in
            try layout.write(to: directory)
            let expected = try Kubectl.build("\(directory)/root")
            var built: String?
            do throws(KustomizeError) {
                let result = try Kustomization.run(tree: layout.tree, path: "root")
                built = String(decoding: result.yaml, as: UTF8.self)
            } catch {
                if expected != nil { Issue.record("\(layout.name): \(error)") }
            }
            #expect(built == expected, "\(layout.name)")
        }
    }
}
