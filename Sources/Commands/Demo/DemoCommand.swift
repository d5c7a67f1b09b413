import ArgumentParser
import Foundation
import Git
import Manifest
import ServiceLifecycle
import Slipway
import UnixSignals

/// `slipway demo`: takes four commits through a fresh installation.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Take four commits from git push to a production canary, and one back.",
        discussion: """
            Starts `slipway up` in a directory of its own, makes a service's repository and its configuration, and pushes \
            with git as a developer would: a good version, another one as a canary that the judge promotes, one that errs \
            and is rolled back, one with an injection that does not come through. Prints what happened, how long it \
            took and what proves it. Ends with 1 where any step did not do what it should, with 2 where it was ended \
            before the last one or could not begin. Needs root.
            """)

    @Option(
        help: ArgumentHelp("The directory with orders, config and versions.", valueName: "dir"))
    var examples = "Examples"

    @Option(
        help: ArgumentHelp("An empty directory for everything; a temporary one by default.", valueName: "dir")
    )
    var directory: String?

    @Option(help: ArgumentHelp("Orders a second, sent to production.", valueName: "count"))
    var rate = 200

    @Option(help: ArgumentHelp("Write the timeline to this file, as JSON.", valueName: "file"))
    var timeline: String?

    @Option(
        help: ArgumentHelp(
            "Kill slipway up after so many seconds; it has to go on where it was. May be repeated.",
            valueName: "seconds"))
    var kill: [Double] = []

    @Option(help: ArgumentHelp("The last act, 1 to 4.", valueName: "act"))
    var until = 4

    @Flag(help: "Leave the system running at the end, until Ctrl-C.")
    var keep = false

    func validate() throws {
        if !(1...4).contains(until) { throw ValidationError("--until must be 1 to 4") }
        if !(1...5000).contains(rate) { throw ValidationError("--rate must be 1 to 5000") }
        if kill.contains(where: { $0 <= 0 }) { throw ValidationError("--kill must be more than 0") }
    }

    func run() async throws {
        try await reporting {
            guard geteuid() == 0 else {
                throw CommandFailure(.refused, "the demonstration needs root, for pods and their network")
            }
            let examples = URL(filePath: examples).standardizedFileURL.path
            guard FileManager.default.fileExists(atPath: "\(examples)/orders/Package.swift") else {
                throw CommandFailure(.notFound, "\(self.examples) holds no example orders; give --examples")
            }
            let (program, git) = (try Self.ownPath(), try GitRepositories.program().path)
            let directory = try place()
            var configuration = Demo.Configuration(
                directory: directory, program: program, git: git, examples: examples,
                environment: ProcessInfo.processInfo.environment)
            configuration.rate = rate
            configuration.keeps = keep
            configuration.kills = kill.map { .milliseconds(Int($0 * 1000)) }
            configuration.lastAct = until
            let demo = Demo(configuration) { text in
                print(text, terminator: "")
                fflush(nil)
            }
            do {
                try await Self.untilSignal { try await demo.run() }
            } catch is CancellationError {
                // Told to end, as what is kept running always is.
            } catch {
                try write(demo)
                throw CommandFailure(
                    .notFound, "\(error)\nEverything is in \(directory); up.log tells more.")
            }
            try write(demo)
            let isTemporary = self.directory == nil && !keep
            if isTemporary { try? FileManager.default.removeItem(atPath: directory) }
            if keep || !demo.timeline.isComplete {
                print("Slipway has ended\(isTemporary ? "" : "; everything is in \(directory)").")
            }
            if !demo.timeline.isComplete {
                throw CommandFailure(.refused, "the demonstration was ended before its last step")
            }
        }
    }

    private func write(_ demo: Demo) throws {
        guard let timeline else { return }
        try Data(JSON.write(demo.timeline.value, options: .pretty)).write(to: URL(filePath: timeline))
    }

    private func place() throws -> String {
        if let directory { return URL(filePath: directory).standardizedFileURL.path }
        // Not under TMPDIR, which may be long: the path of a socket in there has 107 bytes at most.
        var template = Array("/tmp/slipway-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure(.refused, "no directory can be made in /tmp; give --directory")
        }
        return template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func ownPath() throws -> String {
        guard let path = Bundle.main.executablePath, path.hasPrefix("/") else {
            throw CommandFailure(.refused, "the path of this program cannot be found out")
        }
        return path
    }

    /// Runs a body to its end; SIGINT, SIGTERM and SIGHUP cancel it.
    ///
    /// - Throws: what the body throws, also after a signal: `CancellationError` where it has ended in order.
    private static func untilSignal(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: trapped)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                for await _ in signals { break }
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == false, !Task.isCancelled else { return }
            print("\nEnding slipway up and everything that it runs ...")
            fflush(nil)
            group.cancelAll()
            _ = try await group.next()
        }
    }

    /// The signals that end it; not the end of the terminal where it is not to be heard, as with nohup.
    private static var trapped: [UnixSignal] {
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        let isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
        return [.sigint, .sigterm] + (isIgnored ? [] : [.sighup])
    }
}
