import Glibc
import KubeModel
import Manifest

/// The files in which containers leave a last message (`terminationMessagePath`).
struct TerminationMessages: Sendable {
    /// Where the pod's own files lie.
    let directory: String
    let pod: Value
    /// Whether containers have files of their own, without which none can be mounted.
    let canMount: Bool
    let engine: any ContainerEngine
    let queue: BlockingQueue

    /// As kubelet: of the file 4096 bytes, of the log 2048 bytes or 80 lines.
    private static let limit = 4096
    private static let logLimit = 2048
    private static let logLines = 80

    private func path(_ container: String, _ attempt: Int) -> String {
        "\(directory)/messages/\(container).\(attempt)"
    }

    /// Makes the file of a run; nil where none can be mounted.
    func mount(for container: Value, attempt: Int) async throws -> ContainerMount? {
        let target = container.text("terminationMessagePath")
        guard canMount, !target.isEmpty else { return nil }
        let place = path(container.text("name"), attempt)
        try await queue.run { [directory] () throws(SystemCallFailure) in
            try Disk.makeDirectory("\(directory)/messages", mode: 0o711)
            try Disk.overwrite([], to: place, mode: 0o666)
        }
        return ContainerMount(.path(place), at: target)
    }

    /// What a run that has ended left as its message.
    func message(of name: String, attempt: Int, code: Int32) async -> String {
        guard let container = try? ContainerAssembly.container(name, of: pod) else { return "" }
        let place = path(name, attempt)
        let bytes = await queue.run { () -> [UInt8] in
            // A link that the container made in its place is not followed.
            guard let file = try? OpenFile(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return [] }
            return (try? file.read(upTo: Self.limit)) ?? []
        }
        if !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        guard code != 0, container.text("terminationMessagePolicy") == "FallbackToLogsOnError" else {
            return ""
        }
        var options = ContainerLogOptions()
        options.tailLines = Self.logLines
        let id = ContainerID(pod: pod.metadata.uid, name: name, attempt: attempt)
        guard let log = try? await engine.logs(id, options: options) else { return "" }
        var text: [UInt8] = []
        do {
            for try await piece in log { text = Array((text + piece).suffix(Self.logLimit)) }
        } catch { return "" }
        return String(decoding: text, as: UTF8.self)
    }

    /// Removes the file of a run.
    func forget(_ name: String, attempt: Int) async {
        let place = path(name, attempt)
        _ = try? await queue.run { () throws(SystemCallFailure) in try Disk.remove(place) }
    }
}
