import KubeClient
import KubeModel
import Manifest

// The example of Documentation/Controllers.md; what stands between the marks is shown there word for word.

// example
/// Keeps a ConfigMap `<name>-greeting` beside every ConfigMap that is labelled `greet`.
struct Greeter: Reconciler {
    let client: KubeClient
    let people: WatchCache
    let recorder: EventRecorder

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        // The present state, never the event: the object may have changed again, or be gone.
        guard let person = people[key]?.value else { return .done }
        guard let name = person["data", "name"]?.stringValue, !name.isEmpty else {
            throw TerminalError("ConfigMap \(key) has no data.name; add one")
        }
        var greeting: Value = [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string("\(key.name)-greeting"), "namespace": .string(key.namespace),
            ],
            "data": ["text": .string("Hello, \(name)!")],
        ]
        // The greeting goes with the person, and its changes lead back to the person's key.
        greeting.metadata.ownerReferences = [OwnerReference(controller: person)]
        try await client.apply(
            .configMaps, greeting, namespace: key.namespace, fieldManager: "greeter", force: true)
        recorder.note(.normal, "Greeted", "said hello to \(name)", regarding: .init(person))
        return .done
    }
}

/// Greets until the task is cancelled, or another process leads.
func runGreeter(_ client: KubeClient, identity: String) async throws {
    let people = WatchCache(
        client, .configMaps, namespace: nil, selection: Selection(labels: "greet"), mode: .full)
    let greetings = WatchCache(client, .configMaps, namespace: nil, mode: .metadata)
    let recorder = EventRecorder(client, component: "greeter", instance: identity)
    let controller = Controller(
        "greeter", Greeter(client: client, people: people, recorder: recorder),
        sources: [
            .objects(of: people),
            .owners(of: greetings, kind: GroupKind(kind: "ConfigMap")),
        ],
        concurrency: 4)
    let elector = LeaderElector(client, lease: "greeter", namespace: "default", identity: identity)
    try await elector.run {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await people.run() }
            group.addTask { await greetings.run() }
            group.addTask { await recorder.run() }
            group.addTask { await controller.run() }
        }
    }
}
// end of example
