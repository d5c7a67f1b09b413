import KubeModel
import Manifest
import TestSupport
import Testing

@testable import KubeServer

@Suite struct ProtobufBodyTests {
    /// Writes an object as Go clients do: the magic bytes, then `runtime.Unknown`.
    private func encoded(_ apiVersion: String, _ kind: String, _ write: (inout ProtobufWriter) -> Void)
        -> [UInt8]
    {
        var writer = ProtobufWriter()
        writer.message(1) { type in
            type.text(1, apiVersion)
            type.text(2, kind)
        }
        writer.message(2, write)
        return ProtobufObject.magic + writer.bytes
    }

    @Test func `fields, maps, lists and embedded structs are read`() throws {
        let body = encoded("v1", "Pod") { pod in
            pod.message(1) { metadata in
                metadata.text(1, "web")
                metadata.message(8) { _ in }
                metadata.message(11) { label in
                    label.text(1, "app")
                    label.text(2, "web")
                }
            }
            pod.message(2) { spec in
                spec.message(1) { volume in
                    volume.text(1, "data")
                    volume.message(2) { source in source.message(2) { _ in } }
                }
                spec.message(2) { container in
                    container.text(1, "c")
                    container.text(2, "nginx")
                    container.message(8) { resources in
                        resources.message(1) { limit in
                            limit.text(1, "cpu")
                            limit.message(2) { $0.text(1, "100m") }
                        }
                    }
                }
                spec.flag(11, true)
            }
        }
        let expected: Value = [
            "kind": "Pod", "apiVersion": "v1",
            "metadata": ["name": "web", "creationTimestamp": .null, "labels": ["app": "web"]],
            "spec": [
                "volumes": [["name": "data", "emptyDir": [:]]],
                "containers": [["name": "c", "image": "nginx", "resources": ["limits": ["cpu": "100m"]]]],
                "hostNetwork": true,
            ],
        ]
        #expect(try ProtobufObject.read(body) == expected)
    }

    @Test func `bytes become Base64`() throws {
        let body = encoded("v1", "Secret") { secret in
            secret.message(2) { entry in
                entry.text(1, "p")
                entry.text(2, "q")
            }
        }
        #expect(try ProtobufObject.read(body)["data"] == ["p": "cQ=="])
    }

    @Test func `what is malformed is refused`() {
        let whole = encoded("v1", "ConfigMap") { $0.message(1) { $0.text(1, "name-of-some-length") } }
        for length in 0..<whole.count {
            _ = try? ProtobufObject.read(Array(whole[..<length]))
        }
        #expect(throws: ProtobufReader.Malformed.self) { try ProtobufObject.read([]) }
        #expect(throws: ProtobufReader.Malformed.self) { try ProtobufObject.read(Array(whole.dropLast())) }
        #expect(throws: ProtobufReader.Malformed.self) {
            try ProtobufObject.read(encoded("v9", "Nothing") { _ in })
        }
    }

    @Test func `random bytes are refused or read, never fatal`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var body = encoded("apps/v1", "Deployment") { deployment in
                for _ in 0..<3 { deployment.text(Int(random.next() % 4), String(random.next())) }
            }
            for _ in 0..<3 {
                body[Int(random.next() % UInt64(body.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? ProtobufObject.read(body)
        }
    }
}
