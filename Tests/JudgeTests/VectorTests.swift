import FoundationEssentials
import Judge
import Manifest
import Testing

/// Every vector of every file beside this one.
private let vectors: [Vector] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
    do {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".json")
        }
        return try files.sorted().flatMap { file in
            let document = try JSON.parse(Array(try Data(contentsOf: folder.appending(path: file))))
            return try Fields(document).list("vectors").map(Vector.init)
        }
    } catch {
        Issue.record("\(folder.path): \(error)")
        return []
    }
}()

@Suite struct VectorTests {
    @Test(arguments: vectors) func `a vector comes out as recorded`(_ vector: Vector) throws {
        let compute = try #require(computations[vector.kind], "unknown kind \(vector.kind)")
        let answers = try compute(vector.input)
        for name in vector.expected.names {
            let expected = try #require(vector.expected[name])
            let answer = try #require(answers[name], "no answer for \(name)")
            #expect(answer.matches(expected, within: vector.tolerance), "\(name): \(answer), not \(expected)")
        }
    }

    @Test func `there are vectors`() {
        #expect(vectors.count >= 83)
    }
}
