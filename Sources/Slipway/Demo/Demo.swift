import AsyncHTTPClient
import Foundation
import KubeClient
import KubeServer
import LocalCluster
import Synchronization

/// The way of four commits through a fresh installation, driven as developers would, with real git.
///
/// It starts `slipway up` and starts it again where it ends, makes a service's repository and the config repository,
/// and pushes: two good versions, one that errs, one with an injection. What does not happen as it should ends it.
public final class Demo: Sendable {
    /// How a demonstration is given.
    public struct Configuration: Sendable {
        /// Where everything of it is kept.
        public var directory: String
        /// The program, by its absolute path.
        public var program: String
        /// The git program, by its absolute path.
        public var git: String
        /// The directory with `orders`, `config` and `versions`.
        public var examples: String
        /// The variables of every program that is started.
        public var environment: [String: String]
        /// Orders a second.
        public var rate = 200
        /// Whether the system is left running until the task is cancelled.
        public var keeps = false
        /// When `slipway up` is killed, since the beginning: it has to go on where it was.
        public var kills: [Duration] = []
        /// The last act, from 1.
        public var lastAct = 4

        /// A demonstration of all acts.
        public init(
            directory: String, program: String, git: String, examples: String, environment: [String: String]
        ) {
            self.directory = directory
            self.program = program
            self.git = git
            self.examples = examples
            self.environment = environment
        }
    }

    let configuration: Configuration
    let shell: DemoShell
    /// What happened so far.
    public let timeline: DemoTimeline
    private let deaths = Mutex(Deaths())

    /// How often `slipway up` was killed.
    private struct Deaths {
        /// When it was last found killed.
        var last: Duration?
        var found = 0
        /// How often the demonstration itself has killed it.
        var own = 0
    }

    private enum Part {
        case acts
        case kills
        /// `slipway up`, after it was told to end.
        case up(DemoShell.Ending)
    }

    /// - Parameter write: prints text as it comes.
    public init(_ configuration: Configuration, write: @escaping @Sendable (String) -> Void) {
        self.configuration = configuration
        shell = DemoShell(environment: configuration.environment)
        timeline = DemoTimeline(write: write)
    }

    var data: DataDirectory { DataDirectory("\(configuration.directory)/data") }
    var log: String { "\(configuration.directory)/up.log" }

    /// Gives the demonstration.
    ///
    /// - Throws: ``DemoFailure`` at the first step that does not do what it should, and where `slipway up` does not end
    ///   in order when it is told to; `CancellationError` where it was ended before the last step.
    public func run() async throws {
        let users = try prepare()
        let failure = await withTaskGroup(of: Result<Part, any Error>.self) { group -> (any Error)? in
            func add(_ part: @escaping @Sendable () async throws -> Part) {
                group.addTask {
                    do { return .success(try await part()) } catch { return .failure(error) }
                }
            }
            add { .up(try await self.supervise()) }
            add {
                try await self.kill()
                return .kills
            }
            add {
                try await self.give(users)
                return .acts
            }
            var isGiven = false
            var failure: (any Error)?
            while let result = await group.next() {
                switch result {
                case .success(.kills): continue
                case .success(.acts):
                    isGiven = true
                    group.cancelAll()
                case .success(.up(let ending)):
                    if failure == nil || failure is CancellationError {
                        failure = fault(ending, isGiven) ?? failure
                    }
                case .failure(let error):
                    // What was cancelled because all is done is no failure, and what fails of being told to end neither.
                    if failure == nil, !(isGiven && error is CancellationError) {
                        failure = Task.isCancelled ? CancellationError() : error
                    }
                    group.cancelAll()
                }
            }
            return failure
        }
        if let failure { throw failure }
    }

    /// What was not in order with the end of `slipway up`, which was told to end.
    private func fault(_ ending: DemoShell.Ending, _ isGiven: Bool) -> DemoFailure? {
        switch ending {
        case .exited(0): return nil
        // Told before it listened to signals.
        case .signaled(SIGTERM) where !isGiven: return nil
        // Killed by the demonstration itself, just before.
        case .signaled(SIGKILL) where deaths.withLock({ $0.own > $0.found }): return nil
        default:
            return DemoFailure(
                "slipway up did not end in order when it was told to: it ended \(ending)\(said)")
        }
    }

    /// The last of what `slipway up` has said.
    private var said: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return ":\n\(text.suffix(2000))"
    }

    /// Whether `slipway up` was killed in between, so that users were without answers for a while.
    var wasKilled: Bool { deaths.withLock { $0.last != nil } }

    /// Runs `slipway up`, again and again where it is killed, until the task is cancelled. All other ends of it are
    /// failures.
    ///
    /// - Returns: how it ended when it was told to.
    private func supervise() async throws -> DemoShell.Ending {
        let arguments = ["up", "--data", data.path]
        while true {
            let ending = try await shell.supervise(configuration.program, arguments, log: log)
            if Task.isCancelled { return ending }
            guard ending == .signaled(SIGKILL) else {
                throw DemoFailure("slipway up has ended \(ending)\(said)")
            }
            deaths.withLock { deaths in
                deaths.last = timeline.elapsed
                deaths.found += 1
            }
            let moment = DemoTimeline.seconds(timeline.elapsed).drop { $0 == " " }
            timeline.say("slipway up was killed after \(moment) and is started again")
        }
    }

    /// Kills `slipway up` at the times that are asked for, or as soon after them as it runs.
    private func kill() async throws {
        for moment in configuration.kills.sorted() {
            let wait = moment - timeline.elapsed
            if wait > .zero { try await Task.sleep(for: wait) }
            while true {
                if let process = ClusterProcess.running(directory: data.path) {
                    deaths.withLock { $0.own += 1 }
                    _ = Foundation.kill(process.processID, SIGKILL)
                    break
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Does something again where it failed while `slipway up` was away: killed during it, or shortly before.
    @discardableResult
    func patiently<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        while true {
            let before = timeline.elapsed
            do {
                return try await body()
            } catch {
                // So long until it is known that it was killed.
                try await Task.sleep(for: .milliseconds(500))
                guard let death = deaths.withLock(\.last), death > before - .seconds(60) else {
                    throw error
                }
            }
        }
    }

    private func give(_ users: DemoUsers) async throws {
        let server = try await started()
        try await users.withStage(server: server.api, web: server.web, demo: self) { stage in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await stage.traffic.run()
                    return false
                }
                group.addTask {
                    try await stage.witness.run()
                    return false
                }
                group.addTask {
                    try await self.perform(on: stage)
                    return true
                }
                defer { group.cancelAll() }
                while let isOver = try await group.next() { if isOver { return } }
            }
        }
    }

    private func perform(on stage: DemoStage) async throws {
        try await stage.setUp()
        let acts = [stage.actOne, stage.actTwo, stage.actThree, stage.actFour]
        for act in acts.prefix(configuration.lastAct) { try await act() }
        if configuration.lastAct == acts.count { try await stage.checkEnd() }
        timeline.complete()
        guard configuration.keeps else { return }
        timeline.say("Slipway is left running; look at \(stage.web) and end it with Ctrl-C.")
        timeline.say("Log in with the token in \(data.token); export KUBECONFIG='\(data.kubeconfig)'")
        let forever = AsyncStream<Never> { _ in }
        for await _ in forever {}
    }

    /// The addresses of the installation, once it says that it is ready.
    private func started() async throws -> (api: String, web: String) {
        let (log, clock) = (log, ContinuousClock())
        let before = timeline.elapsed
        timeline.begin("A fresh installation")
        let deadline = clock.now + .seconds(120)
        while clock.now < deadline {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if text.contains("Ready after"), let api = Self.detail("api", text),
                let web = Self.detail("web", text)
            {
                timeline.note("slipway up is ready", since: before, "\(web), \(data.path)")
                return (api, web)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw DemoFailure("slipway up was not ready within 120 s; see \(log)")
    }

    private static func detail(_ part: String, _ text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("  \(part) ") {
            return line.split(separator: " ").last.map(String.init)
        }
        return nil
    }

    /// Makes the directory, the configuration and the users.
    private func prepare() throws -> DemoUsers {
        let users = DemoUsers(directory: configuration.directory)
        do {
            try PrivateFile.makeDirectory(configuration.directory)
            let files = FileManager.default
            guard try files.contentsOfDirectory(atPath: configuration.directory).isEmpty else {
                throw DemoFailure("\(configuration.directory) is not empty; give another --directory")
            }
            try data.prepare()
            let any = ["web", "api", "registry", "traffic", "metrics", "prometheus"].map {
                "  \($0): 127.0.0.1:0\n"
            }
            let bridge = "slip\(getpid() % 10_000_000)"
            let subnet = "10.\(100 + Int(getpid()) / 256 % 50).\(Int(getpid()) % 256).0/24"
            let text = "listen:\n\(any.joined())cluster:\n  bridge: \(bridge)\n  podSubnet: \(subnet)\n"
            try PrivateFile.write(Array(text.utf8), to: "\(data.path)/config.yaml")
            try users.write(to: "\(data.keys)/users.csv")
        } catch let error as ServerError {
            throw DemoFailure(error.message)
        } catch let error as SlipwayError {
            throw DemoFailure(error.description)
        }
        return users
    }
}
