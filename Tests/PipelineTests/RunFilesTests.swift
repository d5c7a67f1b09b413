import Foundation
import TestSupport
import Testing

@testable import Pipeline

struct RunFilesTests {
    /// A step can make links to any place of the machine, and the server reads with its own rights.
    @Test func `links lead nowhere out of the directory that is looked at`() async throws {
        try await withTemporaryDirectory { directory in
            let (work, outside) = ("\(directory)/work", "\(directory)/outside")
            for folder in ["\(work)/own", "\(outside)/keys"] { try FileWork.makeDirectory(folder) }
            try FileWork.write([1], to: "\(outside)/keys/a.xml")
            try FileWork.write([2], to: "\(work)/own/a.xml")
            for (name, target) in [
                ("x", outside), ("y", "\(outside)/keys"), ("own/b.xml", "\(outside)/keys/a.xml"),
                ("z", "own"),
            ] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(work)/\(name)", withDestinationPath: target)
            }
            func files(_ pattern: String) -> [String] { FileWork.files(matching: Glob(pattern), in: work) }
            #expect(files("x/keys/*.xml").isEmpty && files("y/*.xml").isEmpty && files("y/a.xml").isEmpty)
            #expect(files("own/*.xml") == ["own/a.xml"] && files("**/*.xml") == ["own/a.xml"])
            #expect(FileWork.artifacts(at: "x/keys", in: work).isEmpty)
            #expect(try FileWork.read("own/a.xml", within: work) == [2])
            #expect(try FileWork.read("z/a.xml", within: work) == [2])
            #expect(try FileWork.read("none", within: work) == nil)
            for path in ["x/keys/a.xml", "y/a.xml", "own/b.xml", "../outside/keys/a.xml"] {
                let error = #expect(throws: PipelineError.self, "\(path)") {
                    try FileWork.read(path, within: work)
                }
                #expect(error?.message.contains("leads out of") == true)
            }
        }
    }
}
