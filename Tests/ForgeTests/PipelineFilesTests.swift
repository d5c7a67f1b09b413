import Forge
import Testing

struct PipelineFilesTests {
    struct Case: Sendable {
        var files: [String]
        var changed: [String]
        var lane: String
        var services: [String]
    }

    private static let two = ["a/.slipway/pipeline.yaml", "b/.slipway/pipeline.yaml", "README"]
    private static let nested = [
        ".slipway/pipeline.yaml", "a/.slipway/pipeline.yaml", "a/b/.slipway/pipeline.yaml",
    ]

    @Test(arguments: [
        Case(files: two, changed: ["a/x", "a/y/z"], lane: "a", services: ["a"]),
        Case(files: two, changed: ["a/x", "b/x"], lane: "", services: ["a", "b"]),
        Case(files: two, changed: ["README"], lane: "", services: ["a", "b"]),
        Case(files: two, changed: ["ab/x"], lane: "", services: ["a", "b"]),
        Case(files: two, changed: ["a/x", "README"], lane: "", services: ["a", "b"]),
        Case(files: nested, changed: ["x"], lane: "", services: [""]),
        Case(files: nested, changed: ["a/b/x"], lane: "a/b", services: ["a/b"]),
        Case(files: nested, changed: ["a/x", "y"], lane: "", services: ["", "a"]),
        Case(files: [], changed: ["x"], lane: "", services: []),
        Case(files: two, changed: [], lane: "", services: ["a", "b"]),
    ])
    func `a change belongs to the one service it touches, else to the repository`(_ example: Case) {
        let scope = PipelineFiles(paths: example.files).scope(of: example.changed)
        #expect(scope.lane == example.lane && scope.services == example.services)
    }

    @Test func `only other services' changes leave a service alone`() {
        let files = PipelineFiles(paths: Self.nested + ["c/.slipway/pipeline.yaml"])
        #expect(files.isUnaffected("a", by: ["c/x"]))
        #expect(!files.isUnaffected("a", by: ["a/b/x"]))
        #expect(!files.isUnaffected("a", by: ["c/x", "README"]))
        #expect(!files.isUnaffected("", by: ["c/x"]))
    }
}
