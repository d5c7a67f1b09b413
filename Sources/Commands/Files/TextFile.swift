import CSandbox
import Foundation

/// A file that a command reads whole and may replace; `-` stands for standard input.
struct TextFile: Sendable {
    /// The path as the user wrote it.
    let name: String

    /// Whether this is standard input, which cannot be replaced.
    var isStandardInput: Bool { name == "-" }

    /// What messages call the file.
    var displayName: String { isStandardInput ? "standard input" : name }

    /// - Throws: `CommandFailure` with outcome `notFound` for a missing file, `refused` for one that cannot be read.
    func read() throws(CommandFailure) -> [UInt8] {
        if isStandardInput { return try StandardStreams.readInput() }
        let descriptor = open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(
                errno == ENOENT ? .notFound : .refused,
                "\(name) cannot be read: \(StandardStreams.systemMessage())")
        }
        defer { close(descriptor) }
        return try StandardStreams.readAll(descriptor, name: name)
    }
}

/// New contents beside a file, ready to take its place in one step.
///
/// Readers see the old or the new contents, never a part. The file keeps its mode and, where the system allows
/// it, its owner; of a symbolic link the target is replaced.
struct StagedFile {
    private let target: String
    private let temporary: String

    /// Writes the contents next to the file.
    ///
    /// - Throws: `CommandFailure` with outcome `refused`; nothing is left behind then.
    init(_ file: TextFile, contents: [UInt8]) throws(CommandFailure) {
        func failure() -> CommandFailure {
            CommandFailure(.refused, "\(file.name) cannot be replaced: \(StandardStreams.systemMessage())")
        }
        guard let resolved = realpath(file.name, nil) else { throw failure() }
        defer { free(resolved) }
        target = String(cString: resolved)

        var template = Array("\(target).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure() }
        temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        do throws(CommandFailure) {
            defer { close(descriptor) }
            var status = csandbox_file_status()
            guard csandbox_status_of_path(target, true, &status) == 0,
                fchmod(descriptor, status.mode & 0o7777) == 0
            else { throw failure() }
            // Only the superuser may give files away; the mode matters more, so it is set again afterwards.
            if fchown(descriptor, status.user, status.group) == 0 {
                _ = fchmod(descriptor, status.mode & 0o7777)
            }
            try StandardStreams.writeAll(contents, to: descriptor, name: file.name)
            guard fsync(descriptor) == 0 else { throw failure() }
        } catch {
            discard()
            throw error
        }
    }

    /// Puts the new contents in the place of the file.
    ///
    /// - Throws: `CommandFailure` with outcome `refused`.
    func commit() throws(CommandFailure) {
        guard rename(temporary, target) == 0 else {
            let message = StandardStreams.systemMessage()
            discard()
            throw CommandFailure(.refused, "\(target) cannot be replaced: \(message)")
        }
    }

    /// Removes the new contents.
    func discard() { unlink(temporary) }
}
