/// One run of the git program.
public struct GitInvocation: Sendable {
    /// The arguments after the program's name.
    public var arguments: [String]
    /// Variables besides the fixed ones, or in their place.
    public var environment: [String: String] = [:]
    /// Settings that outrank every file, such as `("http.sslVerify", "true")`; never seen on a command line.
    public var settings: [(String, String)] = []
    /// How long the run may take; nil for the program's own limit.
    public var timeout: Duration?
    /// The largest output, after which the run is ended as `tooLarge`.
    public var outputLimit = 64 << 20
    /// Exit codes that are answers and not failures.
    public var answers: Set<Int32> = [0]

    /// A run outside of any repository.
    public init(_ arguments: [String]) { self.arguments = arguments }

    /// A run on a repository.
    init(_ arguments: [String], on repository: String) {
        self.arguments = ["--git-dir=\(repository)"] + arguments
    }

    /// The command, for messages: `merge-tree`.
    var command: String { arguments.first { !$0.hasPrefix("-") } ?? "" }
}

/// What a run that ended as expected has led to.
public struct GitOutput: Sendable {
    /// The exit code, one of ``GitInvocation/answers``.
    public var code: Int32
    /// What it wrote to standard output.
    public var bytes: [UInt8]
    /// The end of what it wrote to standard error.
    public var messages: String

    /// Standard output as text, malformed UTF-8 repaired.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
