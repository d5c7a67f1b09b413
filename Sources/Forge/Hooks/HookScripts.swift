import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The hooks on disk. They only ask the forge; where it does not answer, they refuse.
struct HookScripts {
    private let directory: String
    private let program: String
    private let socket: String

    init(_ configuration: EmbeddedForge.Configuration) {
        directory = configuration.hooks
        program = configuration.hookProgram
        socket = configuration.socket
    }

    /// Writes the hooks, each in one step, so that git never runs half of one.
    ///
    /// - Throws: ``ForgeError`` with code `invalid` where a path cannot be written into a script.
    func install() throws {
        for text in [program, socket] where text.contains("'") || text.contains(where: \.isNewline) {
            throw ForgeError(.invalid, "the path \(text) must hold no quotes, as hooks name it")
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (name, text) in [
            "pre-receive": ask("pre-receive"), "proc-receive": ask("proc-receive"),
            "reference-transaction": transaction,
        ] {
            let file = "\(directory)/\(name)"
            let temporary = "\(directory)/.\(name).new"
            try Data(text.utf8).write(to: URL(filePath: temporary))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: temporary)
            guard rename(temporary, file) == 0 else {
                throw ForgeError(.unavailable, "the hook \(file) cannot be written (error \(errno))")
            }
        }
    }

    private func ask(_ hook: String) -> String {
        """
        #!/bin/sh
        # Written by slipway at its start. What cannot be asked is refused.
        exec '\(program)' forge hook \(hook) --socket '\(socket)'

        """
    }

    /// Git calls this one for each state of every change; only the last moment before it counts, and only where
    /// the names that people use are concerned.
    private var transaction: String {
        """
        #!/bin/sh
        # Written by slipway at its start. What cannot be asked is refused.
        [ "$1" = prepared ] || exit 0
        updates=$(cat) || exit 1
        case "$updates" in
        *' refs/'*) ;;
        *) exit 0 ;;
        esac
        printf '%s\\n' "$updates" | '\(program)' forge hook reference-transaction --socket '\(socket)'

        """
    }
}
