import CBuildInformation
import Manifest

/// What this program was built from.
struct BuildInformation: Sendable {
    /// The version of Slipway.
    let version: String
    /// The commit it was built from, nil where the build was not told.
    let commit: String?
    /// The compiler's version.
    let swiftVersion: String
    /// Operating system and architecture in the words of container images.
    let platform: String

    static let current = BuildInformation(
        version: "0.1.0", commit: givenCommit, swiftVersion: compiler, platform: "\(system)/\(architecture)")

    /// `slipway 0.1.0 (0123abc) linux/amd64, Swift 6.3`.
    var text: String {
        let commit = commit.map { " (\($0))" } ?? ""
        return "slipway \(version)\(commit) \(platform), Swift \(swiftVersion)"
    }

    /// The same for machines; `commit` is absent where it is not known.
    var value: Value {
        var object: Object = ["version": .string(version)]
        if let commit { object["commit"] = .string(commit) }
        object["swiftVersion"] = .string(swiftVersion)
        object["platform"] = .string(platform)
        return .object(object)
    }

    private static var givenCommit: String? {
        let commit = String(cString: slipway_commit())
        return commit.isEmpty ? nil : commit
    }

    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or later"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }

    private static var system: String {
        #if os(Linux)
        "linux"
        #else
        "darwin"
        #endif
    }

    private static var architecture: String {
        #if arch(x86_64)
        "amd64"
        #else
        "arm64"
        #endif
    }
}
