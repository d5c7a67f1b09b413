import KubeClient
import KubeModel
import Logging
import Manifest

/// What all pods of a node share.
struct NodeContext: Sendable {
    let client: KubeClient
    let engine: any ContainerEngine
    let images: any ImageProvider
    let handlers: HandlerRunner
    let recorder: EventRecorder
    let tokens: ServiceAccountTokenFiles
    /// The services that pods are told of, as they are now.
    let services: @Sendable () -> [Value]
    let facts: NodeFacts
    let place: PodMachine.Place
    /// Whether containers have files of their own.
    let isolatesFiles: Bool
    let settings: PodMachine.Settings
    let queue: BlockingQueue
    /// Returns when nobody sends a pod anything any more, or the time is over.
    let drain: @Sendable (Value, Duration) async -> Void
    /// Adds to a sandbox what the cluster knows and the manifest does not say: by which names services are found.
    let completeSandbox: @Sendable (inout PodSandboxSpec, Value) -> Void
    /// Whether somebody listens on the machine for the `hostPort`s of pods with addresses of their own.
    let opensHostPorts: Bool
    /// The names of services for the hosts files of pods of a namespace, where no server answers for them.
    let hosts: @Sendable (_ namespace: String) -> [HostAlias]
    let logger: Logger

    var timeline: Timeline { client.timeline }

    var moment: PodMachine.Moment { .init(elapsed: timeline.now, date: timeline.date) }
}
