import Foundation

/// The programs of built-in steps on this machine, and the folder of rules that comes with the project.
public struct ToolPaths: Sendable {
    public var semgrep: String?
    public var trivy: String?
    public var grype: String?
    /// Directories that containers must see for these programs to work.
    public var directories: [String] = []
    /// The folder of Semgrep rules that `default` means.
    public var rules: String?
    /// Directories of advisories in OSV format that `osv` looks into.
    public var advisories: [String] = []

    /// Where steps of the image `host` look for programs: where this process does, as they run on the same machine.
    public var hostSearchPath: String?

    /// No tools.
    public init() {}

    /// Looks for the tools: the environment that `Scripts/setup` makes, then the path.
    ///
    /// - Parameter environment: `SLIPWAY_TOOLS` names the environment, `$HOME/.cache/slipway/tools` without it;
    ///   `SLIPWAY_ADVISORIES` names directories of advisories, separated by colons.
    public static func find(environment: [String: String]) -> ToolPaths {
        var result = ToolPaths()
        let home = environment["HOME"] ?? "/root"
        let tools = environment["SLIPWAY_TOOLS"] ?? "\(home)/.cache/slipway/tools"
        let path = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(
            String.init)
        func program(_ name: String) -> String? {
            let folders = ["\(tools)/semgrep/bin", "\(tools)/bin"] + path
            return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
        result.semgrep = program("semgrep")
        result.trivy = program("trivy")
        result.grype = program("grype")
        // Toolchains often lie in a folder of their own, such as /opt/swift/usr/bin. What is in somebody's home is hidden
        // from containers.
        var folders = path.filter { $0.hasPrefix("/") && !$0.hasPrefix("\(home)/") }
        for folder in ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        where !folders.contains(folder) {
            folders.append(folder)
        }
        result.hostSearchPath = folders.joined(separator: ":")
        if FileManager.default.fileExists(atPath: tools) { result.directories.append(tools) }
        result.advisories = (environment["SLIPWAY_ADVISORIES"] ?? "").split(separator: ":").map(String.init)
        return result
    }
}
