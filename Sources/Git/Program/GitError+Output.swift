import Subprocess

// What the program's words mean. Git has few exit codes; with LC_ALL=C its words are stable.

extension GitError {
    /// The failure of a run, told from what it wrote to standard error.
    init(failure messages: String, status: TerminationStatus, of invocation: GitInvocation) {
        let words = messages.split(separator: "\n").last.map(String.init) ?? ""
        let text = Self.withoutCredentials(words)
        if case .signaled(let signal) = status {
            self.init(.failed, "git \(invocation.command) was ended by signal \(signal) \(text)")
            return
        }
        let code = Self.code(of: messages)
        let repository = invocation.arguments.first { $0.hasPrefix("--git-dir=") }?.dropFirst(10) ?? ""
        let place = repository.isEmpty ? "" : " on \(repository)"
        self.init(code, "git \(invocation.command)\(place) failed: \(text)\(code.advice)")
    }

    private static func code(of messages: String) -> Code {
        let signs: [(String, Code)] = [
            ("cannot lock ref", .refMoved), ("reference already exists", .refMoved),
            ("but expected", .refMoved),
            ("Authentication failed", .authentication), ("could not read Username", .authentication),
            ("could not read Password", .authentication), ("terminal prompts disabled", .authentication),
            ("error: 401", .authentication), ("error: 403", .authentication),
            ("Permission denied (publickey", .authentication),
            ("Could not resolve host", .unreachable), ("Failed to connect", .unreachable),
            ("Connection refused", .unreachable), ("Connection timed out", .unreachable),
            ("Could not connect", .unreachable), ("Operation too slow", .unreachable),
            ("not allowed", .refused), ("pre-receive hook declined", .refused), ("hook declined", .refused),
            ("[rejected]", .refused), ("[remote rejected]", .refused),
            ("aborted by hook", .refused), ("transport '", .refused),
            ("not a git repository", .notFound), ("does not appear to be a git repository", .notFound),
            ("Not a valid object name", .notFound), ("not a tree object", .notFound),
            ("unknown revision", .notFound), ("bad revision", .notFound), ("bad object", .notFound),
            ("not found", .notFound), ("couldn't find remote ref", .notFound),
        ]
        return signs.first { messages.contains($0.0) }?.1 ?? .failed
    }

    /// Addresses can carry a user and a password, which no log may see.
    static func withoutCredentials(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let mark = rest.firstRange(of: "://") {
            result += rest[..<mark.upperBound]
            rest = rest[mark.upperBound...]
            let end = rest.firstIndex { $0 == "/" || $0.isWhitespace || $0 == "'" } ?? rest.endIndex
            if let at = rest[..<end].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        }
        return result + rest
    }
}

extension GitError.Code {
    fileprivate var advice: String {
        switch self {
        case .authentication: "; check the credentials of the remote"
        case .refMoved: "; read the reference again and repeat"
        default: ""
        }
    }
}
