import KubeClient
import KubeModel
import Manifest
import OCI

/// Finds the image of a container as its pull policy says.
struct ImageFetch: Sendable {
    let provider: any ImageProvider
    let client: KubeClient
    let timeline: Timeline
    /// Why images other than the machine itself cannot be run here; nil where they can.
    var refusal: String?

    /// - Throws: ``ImageFailure``.
    func image(
        for container: ContainerPlan, of pod: Value, began: @Sendable () -> Void,
        warn: @Sendable (_ reason: String, _ message: String) -> Void,
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> (image: PodImage, message: String) {
        let reference = container.image
        do {
            let present = try await provider.local(reference)
            // Before anything is fetched that nobody can use.
            if let refusal, !HostImages.isHost(reference) {
                throw ImageFailure(
                    reason: ImageFailure.unusable, message: "image \"\(reference)\" cannot be run: \(refusal)"
                )
            }
            if let present, container.pullPolicy != .always || HostImages.isHost(reference) {
                return (present, "Container image \"\(reference)\" already present on machine")
            }
            if container.pullPolicy == .never {
                throw ImageFailure(
                    reason: "ErrImageNeverPull",
                    message: "Container image \"\(reference)\" is not present with pull policy of Never")
            }
            began()
            let start = timeline.now
            let (secrets, unusable) = await secrets(of: pod)
            if !unusable.isEmpty {
                warn(
                    "FailedToRetrieveImagePullSecret",
                    "Unable to retrieve some image pull secrets (\(unusable.joined(separator: ", ")));"
                        + " attempting to pull the image may not succeed.")
            }
            let image = try await provider.pull(reference, credentials: secrets, progress: progress)
            let took = GoDuration.text(.milliseconds(max(1, (timeline.now - start).milliseconds)))
            var message =
                "Successfully pulled image \"\(reference)\" in \(took) (\(took) including waiting)."
            if let size = image.size { message += " Image size: \(size) bytes." }
            return (image, message)
        } catch let error as ImageFailure {
            throw error
        } catch let error as ImageError {
            let isName = error.code == .invalidName
            throw ImageFailure(reason: isName ? "InvalidImageName" : "ErrImagePull", message: error.message)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ImageFailure(reason: "ErrImagePull", message: "\(error)")
        }
    }

    /// What the pod's pull secrets and those of its service account hold, and the names of those that hold nothing:
    /// which is no failure yet, since the image may be public.
    private func secrets(of pod: Value) async -> (usable: [DockerConfiguration], unusable: [String]) {
        let namespace = pod.metadata.namespace
        var names = (pod["spec"] ?? .emptyObject).list("imagePullSecrets").map { $0.text("name") }
        let account = pod["spec", "serviceAccountName"]?.stringValue ?? "default"
        if names.isEmpty, !account.isEmpty,
            let object = try? await client.get(.serviceAccounts, account, namespace: namespace)
        {
            names = object.list("imagePullSecrets").map { $0.text("name") }
        }
        var usable: [DockerConfiguration] = []
        var unusable: [String] = []
        for name in names where !name.isEmpty {
            let secret = try? await client.get(.secrets, name, namespace: namespace)
            if let configuration = secret.flatMap(DockerConfiguration.inSecret) {
                usable.append(configuration)
            } else {
                unusable.append(name)
            }
        }
        return (usable, unusable)
    }
}

extension DockerConfiguration {
    /// What a secret of type `kubernetes.io/dockerconfigjson` or `kubernetes.io/dockercfg` holds; nil for another, and
    /// for one that cannot be read.
    static func inSecret(_ secret: Value) -> DockerConfiguration? {
        func bytes(_ key: String) -> [UInt8]? {
            secret["data", key]?.stringValue.flatMap(EncodedBytes.decode)
        }
        let document: [UInt8]
        if let new = bytes(".dockerconfigjson") {
            document = new
        } else if let old = bytes(".dockercfg"), let registries = try? JSON.parse(old) {
            // The older form is what the newer one has in `auths`.
            document = JSON.write(["auths": registries])
        } else {
            return nil
        }
        return try? DockerConfiguration(
            parsing: document, path: "secret \(secret.metadata.namespace)/\(secret.metadata.name)")
    }
}

/// Bytes as secrets hold them (base64, RFC 4648).
enum EncodedBytes {
    /// The bytes of a text, nil where it is none.
    static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in text.utf8 {
            let sextet: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): sextet = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): sextet = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): sextet = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): sextet = 62
            case UInt8(ascii: "/"): sextet = 63
            case UInt8(ascii: "="), 0x0A, 0x0D: continue
            default: return nil
            }
            buffer = buffer << 6 | UInt32(sextet)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            output.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            buffer &= (1 << UInt32(bits)) - 1
        }
        return output
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
