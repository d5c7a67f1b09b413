import KubeModel
import Manifest
import Testing

struct ObjectMetadataTests {
    let pod: Value = [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": [
            "name": "web-0", "namespace": "shop", "uid": "u-1", "labels": ["app": "web"],
            "ownerReferences": [
                [
                    "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "u-0",
                    "controller": true,
                ],
                ["apiVersion": "v1", "kind": "Broken", "name": "x"],
            ],
            "managedFields": [["manager": "kubectl"]], "creationTimestamp": "2026-01-31T08:05:00Z",
        ],
        "spec": ["nodeName": "a"],
    ]

    @Test func `fields are read by their Go meaning`() {
        let metadata = pod.metadata
        #expect(pod.apiVersion == "v1")
        #expect(pod.kind == "Pod")
        #expect(metadata.name == "web-0")
        #expect(metadata.generateName == "")
        #expect(metadata.generation == 0)
        #expect(metadata.labels["app"] == "web")
        #expect(metadata.annotations.isEmpty)
        #expect(metadata.finalizers.isEmpty)
        #expect(metadata.creationTimestamp?.rfc3339 == "2026-01-31T08:05:00Z")
        #expect(metadata.deletionTimestamp == nil)
        #expect(!metadata.isDeleting)
        #expect(metadata.ownerReferences.map(\.name) == ["web"])
        #expect(metadata.controller?.uid == "u-0")
    }

    @Test func `a change touches nothing but its field`() {
        var changed = pod
        changed.metadata.labels["tier"] = "front"
        changed.metadata.resourceVersion = "7"
        changed.metadata.finalizers = ["example.com/guard"]
        var expected = pod
        expected["metadata", "labels", "tier"] = "front"
        expected["metadata", "resourceVersion"] = "7"
        expected["metadata", "finalizers"] = ["example.com/guard"]
        #expect(changed == expected)
    }

    @Test func `a new field takes the place Kubernetes prints it at`() {
        var changed = pod
        changed.metadata.resourceVersion = "7"
        changed.metadata.annotations["a"] = "b"
        changed.metadata.deletionGracePeriodSeconds = 0
        #expect(
            changed.metadata.fields.map(\.key) == [
                "name", "namespace", "uid", "resourceVersion", "deletionGracePeriodSeconds", "labels",
                "annotations", "ownerReferences", "managedFields", "creationTimestamp",
            ])
    }

    @Test func `what is emptied is removed`() {
        var changed = pod
        changed.metadata.labels["app"] = nil
        changed.metadata.uid = ""
        changed.metadata.ownerReferences = []
        changed.metadata.creationTimestamp = nil
        #expect(changed.metadata.fields.map(\.key) == ["name", "namespace", "managedFields"])
    }

    @Test func `metadata is made only when something is set in it`() {
        var object: Value = ["kind": "X"]
        object.metadata.labels["a"] = nil
        object.metadata.name = ""
        #expect(object == ["kind": "X"])
        object.metadata.name = "x"
        #expect(object == ["kind": "X", "metadata": ["name": "x"]])
    }

    @Test func `an owner is named as controller with all that identifies it`() {
        let reference = OwnerReference(controller: pod)
        #expect(
            reference.value == [
                "apiVersion": "v1", "kind": "Pod", "name": "web-0", "uid": "u-1", "controller": true,
                "blockOwnerDeletion": true,
            ])
        #expect(OwnerReference(reference.value) == reference)
    }

    @Test func `values that are no texts are passed over and kept`() {
        var labels = StringMap(["a": "1", "b": 2, "c": "3"])
        #expect(labels.map(\.name) == ["a", "c"])
        #expect(labels["b"] == nil)
        labels.merge(["c": "4", "d": "5"])
        #expect(labels.value == ["a": "1", "b": 2, "c": "4", "d": "5"])
    }
}
