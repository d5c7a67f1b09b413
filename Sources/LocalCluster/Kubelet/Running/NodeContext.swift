import KubeClient
import KubeModel
import Logging
import Manifest

/// How pods find services by name.
struct PodNames: Sendable {
    /// Lines for the resolv.conf of pods of a namespace; nil where nobody answers for the cluster's names.
    var resolver: @Sendable (_ namespace: String) -> ResolverConfiguration? = { _ in nil }
    /// Lines for their hosts file, where there is no resolver.
    var hosts: @Sendable (_ namespace: String) -> [HostAlias] = { _ in [] }
}

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
    let names: PodNames
    /// Returns when nobody sends a pod anything any more, or the time is over.
    let drain: @Sendable (Value, Duration) async -> Void
    let logger: Logger

    var timeline: Timeline { client.timeline }

    var moment: PodMachine.Moment { .init(elapsed: timeline.now, date: timeline.date) }
}
