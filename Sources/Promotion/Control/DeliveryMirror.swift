import Git
import KubeClient
import KubeModel
import Logging
import Manifest
import Synchronization

/// Makes Delivery objects of the delivery files at the head of the config branch.
///
/// A file that cannot be read leaves the object's spec as it was; what is wrong, and where, stands in its condition
/// `Valid`, or in an event of the config repository where no object can be called as the service. The object of a file
/// that is gone goes too.
final class DeliveryMirror: Sendable {
    private struct State: Sendable {
        var head: ObjectID?
        /// The blobs of the files as they were last taken over, by service.
        var blobs: [String: ObjectID] = [:]
    }

    /// The annotation that names the file an object is made from.
    static let fileAnnotation = "slipway.dev/delivery-file"
    static let fieldManager = "slipway-promotion"

    private let client: KubeClient
    private let branch: any ConfigBranch
    private let settings: PromotionSettings
    private let caches: PromotionCaches
    private let recorder: EventRecorder
    private let logger: Logger
    private let state = Mutex(State())

    init(
        client: KubeClient, branch: any ConfigBranch, settings: PromotionSettings, caches: PromotionCaches,
        recorder: EventRecorder, logger: Logger
    ) {
        self.client = client
        self.branch = branch
        self.settings = settings
        self.caches = caches
        self.recorder = recorder
        self.logger = logger
    }

    /// Takes over what has changed since the last time.
    ///
    /// - Returns: the services that a change of the branch could matter to; nil where it has not moved.
    func refresh() async throws -> Set<String>? {
        guard let head = try await branch.head() else { return nil }
        let before = state.withLock { $0 }
        guard before.head != head else { return nil }
        let files = try await branch.repository.files(at: head, under: DeliveryConventions.folder)
        var blobs: [String: ObjectID] = [:]
        for file in files {
            let parts = file.path.split(separator: "/")
            guard parts.count == 3, parts[2] == DeliveryConventions.fileName, file.mode != .symlink else {
                continue
            }
            blobs[String(parts[1])] = file.id
        }
        for (service, blob) in blobs.sorted(by: { $0.key < $1.key })
        where before.blobs[service] != blob || before.head == nil {
            try await take(service, blob, head)
        }
        try await removeOthers(than: Set(blobs.keys))
        let touched = try await touched(from: before.head, to: head)
        state.withLock { state in
            state.head = head
            state.blobs = blobs
        }
        return touched ?? Set(blobs.keys)
    }

    /// The services whose folders differ; nil where that is all of them.
    private func touched(from old: ObjectID?, to head: ObjectID) async throws -> Set<String>? {
        guard let old, try await branch.repository.resolve("\(old)^{commit}") != nil else { return nil }
        var services: Set<String> = []
        for change in try await branch.repository.changes(from: old, to: head) {
            let parts = change.path.split(separator: "/")
            if parts.count > 1, parts[0] == DeliveryConventions.folder { services.insert(String(parts[1])) }
        }
        return services
    }

    private func take(_ service: String, _ blob: ObjectID, _ head: ObjectID) async throws {
        let path = "\(DeliveryConventions.folder)/\(service)/\(DeliveryConventions.fileName)"
        let file: DeliveryFile
        do throws(PromotionError) {
            let bytes: [UInt8]
            do {
                bytes = try await branch.repository.blob(blob)
            } catch {
                throw PromotionError(.unavailable, "\(path) cannot be read: \(error)")
            }
            file = try DeliveryFile(bytes, path: path)
        } catch {
            try await tell(service, path, fault: error.message, head)
            return
        }
        let fault = try await apply(service, path, file.spec)
        try await tell(service, path, fault: fault, head)
    }

    /// - Returns: why the API refuses it.
    private func apply(_ service: String, _ path: String, _ spec: DeliverySpec) async throws -> String? {
        let object: Value = [
            "apiVersion": "slipway.dev/v1alpha1", "kind": "Delivery",
            "metadata": [
                "name": .string(service), "namespace": .string(settings.namespace),
                "annotations": [Self.fileAnnotation: .string("\(branch.name) \(path)")],
            ],
            "spec": try ValueEncoder().encode(spec),
        ]
        do {
            try await client.apply(
                .deliveries, object, namespace: settings.namespace, fieldManager: Self.fieldManager,
                force: true)
        } catch let error as APIError where error.isFailure(.invalid) || error.isFailure(.badRequest) {
            logger.error("a delivery is refused", metadata: ["service": "\(service)", "error": "\(error)"])
            return "\(path): the API refuses it: \(error)"
        }
        return nil
    }

    /// Says on the object whether its file is good; makes one without environments where there is none.
    private func tell(_ service: String, _ path: String, fault: String?, _ head: ObjectID) async throws {
        for attempt in 1... {
            do {
                var object = try await client.get(.deliveries, service, namespace: settings.namespace)
                var conditions = object.conditions
                let condition =
                    fault.map {
                        Condition(
                            type: "Valid", status: .isFalse, reason: "FileInvalid",
                            message: String($0.prefix(8000)))
                    }
                    ?? Condition(type: "Valid", status: .isTrue, reason: "Read", message: "read from \(path)")
                let isChanged = conditions.set(
                    condition, generation: object.metadata.generation, now: client.timeline.date)
                guard isChanged || object["status", "configCommit"] == nil else { return }
                object.conditions = conditions
                object["status", "configCommit"] = .string(head.hex)
                try await client.update(
                    .deliveries, object, namespace: settings.namespace, subresource: "status")
                return
            } catch let error as APIError where error.isNotFound && attempt == 1 {
                guard let fault else { return }
                if try await apply(service, path, DeliverySpec(environments: [])) != nil {
                    try await tellRepository(fault)
                    return
                }
            } catch let error as APIError where error.isConflict && attempt < 10 {
                continue
            } catch let error as APIError where error.isNotFound {
                return
            }
        }
    }

    /// Says what is wrong with a file that can have no object of its own.
    private func tellRepository(_ fault: String) async throws {
        do {
            let repository = try await client.get(
                .repositories, settings.repository, namespace: settings.namespace)
            recorder.note(.warning, "DeliveryInvalid", fault, regarding: .init(repository))
        } catch let error as APIError where error.isNotFound {
            // The log has it.
        }
    }

    /// Deletes the objects of files that are gone; those that somebody made by hand stay.
    private func removeOthers(than services: Set<String>) async throws {
        for object in caches.deliveries.objects.compactMap(\.value) {
            let file = object.metadata.annotations[Self.fileAnnotation]
            guard let file, file.hasPrefix("\(branch.name) "), !services.contains(object.metadata.name) else {
                continue
            }
            do {
                try await client.delete(.deliveries, object.metadata.name, namespace: settings.namespace)
            } catch let error as APIError where error.isNotFound {
                continue
            }
        }
    }
}
