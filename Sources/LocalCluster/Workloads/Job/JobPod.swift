import KubeClient
import KubeModel
import Manifest

/// The pods of jobs.
enum JobPod {
    /// A pod of a job; one of an Indexed job knows its index by annotation, label, host name and variable.
    static func object(for job: Value, index: Int?) -> Value {
        var pod = PodTemplateInstance.pod(of: job)
        if !pod.metadata.finalizers.contains(PodSnapshot.trackingFinalizer) {
            pod.metadata.finalizers.append(PodSnapshot.trackingFinalizer)
        }
        guard let index else { return pod }
        let name = "\(job.metadata.name)-\(index)"
        pod.metadata.generateName = PodTemplateInstance.prefix(for: name)
        pod.metadata.annotations[PodSnapshot.indexAnnotation] = String(index)
        pod.metadata.labels[PodSnapshot.indexAnnotation] = String(index)
        pod["spec", "hostname"] = .string(name)
        for list in ["initContainers", "containers"] {
            guard var containers = pod["spec"]?[list]?.arrayValue else { continue }
            for place in containers.indices { addIndex(to: &containers[place]) }
            pod["spec", list] = .array(containers)
        }
        return pod
    }

    private static let variable = "JOB_COMPLETION_INDEX"

    private static func addIndex(to container: inout Value) {
        var variables = container["env"]?.arrayValue ?? []
        guard !variables.contains(where: { $0["name"]?.stringValue == variable }) else { return }
        variables.append([
            "name": .string(variable),
            "valueFrom": [
                "fieldRef": [
                    "apiVersion": "v1",
                    "fieldPath": .string("metadata.annotations['\(PodSnapshot.indexAnnotation)']"),
                ]
            ],
        ])
        container["env"] = .array(variables)
    }

    /// Takes the tracking finalizer off a pod.
    static func release(_ pod: Value, client: KubeClient) async throws {
        let metadata = pod.metadata
        guard metadata.finalizers.contains(PodSnapshot.trackingFinalizer) else { return }
        let rest = metadata.finalizers.filter { $0 != PodSnapshot.trackingFinalizer }
        let change: Value = [
            "metadata": [
                "uid": .string(metadata.uid), "resourceVersion": .string(metadata.resourceVersion),
                "finalizers": rest.isEmpty ? .null : .array(rest.map(Value.string)),
            ]
        ]
        do {
            try await client.patch(.pods, metadata.name, namespace: metadata.namespace, .merge(change))
        } catch let error as APIError where error.isNotFound {
            return
        }
    }
}
