import Glibc

/// A program of the machine that is run to its end, always by its path and with arguments as they are.
struct HostCommand: Sendable {
    /// What a program did that was expected to succeed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let path: String

    /// A program found on the system's usual path, nil where the machine lacks it.
    init?(named name: String) {
        let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        let paths = directories.map { directory in "\(directory)/\(name)" }
        guard let path = paths.first(where: { access($0, X_OK) == 0 }) else { return nil }
        self.path = path
    }

    /// Runs the program and returns what it wrote.
    ///
    /// - Parameters:
    ///   - input: what the program reads, at most what a pipe holds (64 KiB).
    ///   - namespaces: files of namespaces to run in.
    /// - Throws: ``Failure`` with the first lines it wrote where it ends otherwise than with 0 or takes too
    ///   long, ``SystemCallFailure`` where it does not start, `CancellationError`.
    @discardableResult
    func run(
        _ arguments: [String], input: String = "", namespaces: [String] = [],
        timeout: Duration = .seconds(30)
    ) async throws -> String {
        let inputPipe = try OutputCollector.Pipe()
        try inputPipe.writing.write(Array(input.utf8))
        let (child, collector) = try start(arguments, input: inputPipe.reading, namespaces: namespaces)
        _ = consume inputPipe
        guard await child.handle.ended(within: timeout, clock: .continuous) else {
            child.signalGroup(SIGKILL)
            try child.reapWhenEnded()
            try Task.checkCancellation()
            throw Failure(description: "\(words(arguments)) took longer than \(timeout)")
        }
        let code = await child.waitForExit() ?? -1
        let output = String(decoding: collector.finish(), as: UTF8.self)
        if code == 0 { return output }
        throw Failure(description: "\(words(arguments)) ended with \(code): \(output)")
    }

    private func start(
        _ arguments: [String], input: OpenFile, namespaces: [String]
    ) throws(SystemCallFailure) -> (ChildProcess, OutputCollector) {
        let output = try OutputCollector.Pipe()
        var program = Program(path, arguments, descriptors: [input, output.writing, output.writing])
        for namespace in namespaces { program.namespaces.append(try OpenFile(namespace, O_RDONLY)) }
        return (try ChildProcess.start(program), try OutputCollector(output.reading, limit: 64 << 10))
    }

    private func words(_ arguments: [String]) -> String {
        ([path] + arguments.prefix(6)).joined(separator: " ")
    }
}
