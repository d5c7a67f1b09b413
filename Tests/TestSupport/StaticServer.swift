import Foundation
import Testing

/// A real HTTP server, linked statically, whose versions differ by what their environment says; and images made of
/// nothing else.
public enum StaticServer {
    /// The server's source, which benchmarks compile too.
    private static let source = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Server/server.c").path

    /// The compiler of the machine, nil where there is none.
    public static let compiler: String? = ["cc", "gcc", "clang"].lazy.compactMap(Program.path).first

    /// Makes the server the only file of an image of a cluster's directory (`FROM scratch`).
    public static func addImage(_ name: String, to directory: String) async throws {
        let place = "\(directory)/images/\(name.replacing(":", with: "_"))"
        try FileManager.default.createDirectory(atPath: "\(place)/rootfs", withIntermediateDirectories: true)
        let compiler = try #require(compiler)
        let outcome = try await Program.run(
            compiler, ["-static", "-O1", "-pthread", "-o", "\(place)/rootfs/server", source], in: place,
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
        #expect(outcome.code == 0, "\(outcome.error)")
        try Data(#"{"config": {"Entrypoint": ["/server"]}}"#.utf8).write(
            to: URL(filePath: "\(place)/config.json"))
    }
}
