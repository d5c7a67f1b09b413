import Glibc
import KubeClient
public import KubeModel

/// Pods on this machine: real processes in the best sandboxes it offers.
///
///     let sandboxes = try await PodSandboxes.open(configuration)
///     for pod in sandboxes.recovered { … }
///     let status = try await sandboxes.createPod(pod)
///     let run = try await sandboxes.start(container)
///     let exit = try await sandboxes.wait(container.id)
///
/// The run directory says what exists; this object holds only what can be read from it again. Containers live on
/// without it, and the next that is opened on the same directory goes on with them.
public final class PodSandboxes: ContainerEngine {
    /// A runtime that could not be used, and why.
    public struct Refusal: Sendable, CustomStringConvertible {
        /// The runtime's name, as in the configuration.
        public let runtime: String
        /// What the trial said.
        public let reason: String

        /// The runtime and the reason in one line.
        public var description: String { "\(runtime): \(reason)" }
    }

    let host: SandboxHost
    let runtime: any SandboxRuntime

    /// The pods that were found when this was opened.
    public let recovered: [RecoveredPod]
    /// The runtimes that are preferred to the one in use and do not work here.
    public let refusals: [Refusal]

    /// What new pods' status will name.
    public var runtimeName: String { runtime.name }
    /// Whether containers get file systems of their own.
    var isolatesFiles: Bool { runtime.isolatesFiles }

    /// The machine's address on the bridge; nil where there is none.
    public var gateway: String? { host.network.map { $0.subnet.gateway.description } }

    /// Why pods with addresses of their own do not reach other machines; nil where they do, or have none.
    public var egressFailure: String? { host.egress?.failure }

    /// Whether new pods get addresses of their own.
    public var connectsPods: Bool { host.network != nil }

    private init(
        _ host: SandboxHost, runtime: any SandboxRuntime, recovered: [RecoveredPod] = [],
        refusals: [Refusal] = []
    ) {
        self.host = host
        self.runtime = runtime
        self.recovered = recovered
        self.refusals = refusals
    }

    /// Opens a run directory: goes on with the pods in it, and finds the runtime for new ones by trying.
    ///
    /// - Throws: ``SandboxError`` with code `storage` or `network` where the machine does not allow what is
    ///   configured, `unavailable` where no runtime works.
    public static func open(
        _ configuration: SandboxConfiguration, now: @escaping @Sendable () -> Timestamp = systemTime
    ) async throws -> PodSandboxes {
        let host = try await SandboxHost(configuration, now: now)
        let recovered = try await Recovery(host: host).run()
        var refusals: [Refusal] = []
        for name in configuration.runtimes {
            guard let runtime = host.runtime(named: name) else {
                refusals.append(Refusal(runtime: name, reason: "not installed, or in need of root"))
                continue
            }
            do {
                try await PodSandboxes(host, runtime: runtime).runTrial()
                return PodSandboxes(host, runtime: runtime, recovered: recovered, refusals: refusals)
            } catch let error as SandboxError {
                refusals.append(Refusal(runtime: name, reason: error.description))
            }
        }
        if host.run.podUIDs().isEmpty { try await host.remove() }
        throw SandboxError(
            .unavailable,
            "no container can be run on this machine: install runc or bubblewrap. "
                + refusals.map(\.description).joined(separator: "; "))
    }

    /// How uids of pods begin that are only made to find out.
    static let trial = "trial-"

    /// Runs a container to its end, the way all others will run.
    private func runTrial() async throws {
        var pod = PodSandboxSpec(uid: Self.trial + runtime.name, namespace: "", name: "trial")
        pod.usesHostNetwork = true
        let container = ContainerSpec(
            id: ContainerID(pod: pod.uid, name: "trial"), root: .host, arguments: ["true"])
        try await removePod(pod.uid)
        do {
            _ = try await createPod(pod)
            _ = try await start(container)
            let exit = try await wait(container.id)
            if exit.code != 0 { throw SandboxError(.unavailable, "`true` ended with \(exit.code)") }
        } catch {
            try? await removePod(pod.uid)
            throw error
        }
        try await removePod(pod.uid)
    }

    /// The time of the machine's clock.
    public static func systemTime() -> Timestamp { Timeline.continuous.date }
}
