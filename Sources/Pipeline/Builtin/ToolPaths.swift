import Foundation

/// The programs of built-in steps on this machine, and the folder of rules that comes with the project.
public struct ToolPaths: Sendable {
    /// The absolute path; nil where it is not installed.
    public var semgrep: String?
    /// The absolute path; nil where it is not installed.
    public var trivy: String?
    /// The absolute path; nil where it is not installed.
    public var grype: String?
    /// Directories that containers must see for these programs to work.
    public var directories: [String] = []
    /// The folder of Semgrep rules that `default` means.
    public var rules: String?
    /// Where steps of the image `host` find programs (`PATH`); nil for the runtime's own idea.
    public var path: String?
    /// Directories of advisories in OSV format that `osv` looks into.
    public var advisories: [String] = []

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
        result.path = environment["PATH"]
        result.semgrep = program("semgrep")
        result.trivy = program("trivy")
        result.grype = program("grype")
        if FileManager.default.fileExists(atPath: tools) { result.directories.append(tools) }
        result.advisories = (environment["SLIPWAY_ADVISORIES"] ?? "").split(separator: ":").map(String.init)
        return result
    }
}
