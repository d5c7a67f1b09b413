import AsyncHTTPClient
import KubeClient
import KubeModel
import Manifest
import NIOCore
import NIOHTTP1

extension DemoStage {
    func rollout(_ environment: String) async throws -> Value? {
        try await admin.object(Rollout.resource, Self.service, in: Self.namespace(environment))
    }

    /// The image that a rollout is to run.
    static func image(of rollout: Value) -> String {
        rollout["spec", "template", "spec", "containers"]?[0]?["image"]?.stringValue ?? ""
    }

    /// Waits until all that an environment's rollout wants runs, and runs a digest, as the pods tell.
    ///
    /// - Returns: how many pods, for people.
    func running(_ digest: String, in environment: String) async throws -> String {
        try await admin.wait("\(environment) on \(digest)", .seconds(120)) { seen in
            let (images, isWhole) = try await running(in: environment)
            seen = "\(isWhole ? "" : "not all of ")\(images.joined(separator: ", "))"
            guard isWhole, Set(images).count == 1, images[0].hasSuffix("@\(digest)") else { return nil }
            return images.count == 1 ? "1 pod" : "\(images.count) pods"
        }
    }

    /// The images of the pods that the stable version of an environment has ready, and whether these are all that are
    /// wanted, and no other version is on its way.
    func running(in environment: String) async throws -> (images: [String], isWhole: Bool) {
        guard let rollout = try await rollout(environment),
            let hash = rollout["status", "stableRS"]?.stringValue
        else { return ([], false) }
        let images = try await admin.objects(.pods, in: Self.namespace(environment)).filter { pod in
            pod.metadata.labels["rollouts-pod-template-hash"] == hash && !pod.metadata.isDeleting
                && (pod["status", "conditions"]?.arrayValue ?? []).contains {
                    $0["type"]?.stringValue == "Ready" && $0["status"]?.stringValue == "True"
                }
        }.map { $0["status", "containerStatuses"]?[0]?["imageID"]?.stringValue ?? "" }
        let isSettled =
            rollout["status", "phase"]?.stringValue == "Healthy"
            && rollout["status", "currentPodHash"]?.stringValue == hash
        let wanted = Int(rollout["spec", "replicas"]?.integerValue ?? 1)
        return (images, isSettled && images.count == wanted)
    }

    /// Waits until production's users are answered by a version alone: twenty times in a row.
    ///
    /// - Returns: what they are answered, for people.
    func answering(_ version: Version) async throws -> String {
        try await admin.wait("\(version.name)'s answers", .seconds(60)) { seen in
            for _ in 0..<20 {
                var request = HTTPClientRequest(url: "http://\(listen.traffic.local)/version")
                request.headers.add(name: "host", value: Self.host("production"))
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
                let body = String(buffer: try await response.body.collect(upTo: 1 << 16))
                seen = "\(response.status.code) \(body)"
                guard response.status == .ok,
                    body.split(whereSeparator: \.isWhitespace).last == version.commit[...]
                else { return nil as String? }
            }
            return "20 of 20 answers by \(version.name), \(version.commit.prefix(12))"
        }
    }
}
