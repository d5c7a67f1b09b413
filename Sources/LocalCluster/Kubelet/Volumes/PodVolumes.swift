import Glibc
import KubeModel
import Manifest

/// The volumes of one pod on this machine: made before its containers, gone with it.
struct PodVolumes: Sendable {
    let pod: Value
    /// Where the pod's own files lie.
    let directory: String
    let payload: VolumePayload
    let engine: any ContainerEngine
    let queue: BlockingQueue

    /// The pod's volumes that are kept in memory, which come with its sandbox.
    static func memoryVolumes(of pod: Value) -> [MemoryVolume] {
        (pod["spec"] ?? .emptyObject).list("volumes").compactMap { volume in
            guard isInMemory(volume) else { return nil }
            let limit = volume["emptyDir", "sizeLimit"].flatMap { try? Quantity(reading: $0) }
            return MemoryVolume(volume.text("name"), sizeLimit: limit.map { Int($0.value) })
        }
    }

    /// Only root can mount a file system; others get directories.
    private static func isInMemory(_ volume: Value) -> Bool {
        let medium = volume["emptyDir", "medium"]?.stringValue ?? ""
        return geteuid() == 0 && (medium == "Memory" || medium.hasPrefix("HugePages"))
    }

    /// Makes all volumes.
    ///
    /// - Throws: ``PodFailure`` that names the volume.
    func prepare() async throws(PodFailure) {
        for volume in (pod["spec"] ?? .emptyObject).list("volumes") {
            do {
                try await prepare(volume)
            } catch {
                throw PodFailure(
                    reason: "FailedMount",
                    message: "MountVolume.SetUp failed for volume \"\(volume.text("name"))\" : \(error)")
            }
        }
    }

    /// Writes what has changed of the objects that volumes show; what fails stays as it is.
    func refresh() async {
        for volume in (pod["spec"] ?? .emptyObject).list("volumes") {
            guard let files = try? await payload.files(of: volume) else { continue }
            let target = AtomicDirectory(path: path(of: volume.text("name")), group: fileGroup)
            _ = try? await queue.run { () throws(SystemCallFailure) in try target.write(files) }
        }
    }

    /// Whether anything that its volumes show can change.
    var canChange: Bool {
        (pod["spec"] ?? .emptyObject).list("volumes").contains { volume in
            VolumePayload.kinds.contains { volume.present($0) != nil }
        }
    }

    private var fileGroup: UInt32? {
        pod["spec", "securityContext", "fsGroup"]?.integerValue.map { UInt32(clamping: $0) }
    }

    private func path(of volume: String) -> String { "\(directory)/volumes/\(volume)" }

    private func prepare(_ volume: Value) async throws {
        let name = volume.text("name")
        if volume.present("emptyDir") != nil {
            if Self.isInMemory(volume) {
                return try await own(try engine.memoryVolume(name, ofPod: pod.metadata.uid))
            }
            let place = path(of: name)
            try await queue.run { () throws(SystemCallFailure) in
                if Disk.exists(place) { return }
                try Disk.makeDirectory(place, mode: 0o755)
                if chmod(place, 0o777) < 0 { throw SystemCallFailure("chmod", place) }
            }
            return try await own(place)
        }
        if let source = volume.present("hostPath") {
            let (place, type) = (source.text("path"), source.text("type"))
            return try await queue.run { try HostPath.prepare(place, type: type) }
        }
        if let files = try await payload.files(of: volume) {
            let target = AtomicDirectory(path: path(of: name), group: fileGroup)
            return try await queue.run { () throws(SystemCallFailure) in try target.write(files) }
        }
        let kind = volume.objectValue?.first { $0.key != "name" && !$0.value.isNull }?.key ?? "nothing"
        throw ConfigurationFault(
            "volumes of kind \(kind) are not supported by this node: use emptyDir, hostPath, configMap, secret,"
                + " projected or downwardAPI")
    }

    /// Gives an empty volume to the pod's group (`fsGroup`).
    private func own(_ place: String) async throws {
        guard let group = fileGroup, geteuid() == 0 else { return }
        try await queue.run { () throws(SystemCallFailure) in
            if chown(place, uid_t.max, group) < 0 { throw SystemCallFailure("chown", place) }
            if chmod(place, 0o2777) < 0 { throw SystemCallFailure("chmod", place) }
        }
    }

    // MARK: Mounts

    /// What a container mounts of them.
    ///
    /// - Parameter variables: the container's environment, for `subPathExpr`.
    /// - Throws: ``ConfigurationFault``.
    func mounts(of container: Value, variables: [String: String]) async throws -> [ContainerMount] {
        var mounts: [ContainerMount] = []
        let volumes = (pod["spec"] ?? .emptyObject).list("volumes")
        for mount in container.list("volumeMounts") {
            let name = mount.text("name")
            guard let volume = volumes.first(where: { $0.text("name") == name }) else {
                throw ConfigurationFault("volume \"\(name)\" not found")
            }
            var place = try source(of: volume)
            var part = mount.text("subPath")
            if !mount.text("subPathExpr").isEmpty {
                part = VariableExpansion.expand(mount.text("subPathExpr"), variables)
            }
            if !part.isEmpty {
                let (whole, wanted) = (place, part)
                place = try await queue.run { try SubPath.resolve(wanted, in: whole) }
            }
            let isWritten = VolumePayload.kinds.contains { volume.present($0) != nil }
            mounts.append(
                ContainerMount(
                    .path(place), at: mount.text("mountPath"),
                    isReadOnly: isWritten || mount["readOnly"]?.boolValue == true))
        }
        return mounts
    }

    private func source(of volume: Value) throws -> String {
        if let path = volume["hostPath", "path"]?.stringValue { return path }
        if Self.isInMemory(volume) {
            return try engine.memoryVolume(volume.text("name"), ofPod: pod.metadata.uid)
        }
        return path(of: volume.text("name"))
    }
}
