import Glibc
import Manifest
public import OCI

/// The images that need no registry: `host`, which is the machine's own root file system, and directories of
/// root file systems that somebody has put on the machine.
///
/// A directory of images has one entry an image, named as the image with `/` and `:` written as `_`:
///
///     images/shop_web_1.0/rootfs/      what the container sees as `/`
///     images/shop_web_1.0/config.json  optional: the `config` of an OCI image
public struct HostImages: ImageProvider {
    /// The reference that means the machine's own root, read-only.
    public static let host = "host"

    private let directory: String?
    /// Who is asked for all else; nil where nobody can be.
    private let next: (any ImageProvider)?

    /// Images of the machine, then of a directory, then of another provider.
    public init(directory: String? = nil, next: (any ImageProvider)? = nil) {
        self.directory = directory
        self.next = next
    }

    /// Whether a reference means the machine itself.
    public static func isHost(_ reference: String) -> Bool {
        reference == host || reference == "\(host):latest"
    }

    /// As ``ImageProvider/local(_:)``.
    public func local(_ reference: String) async throws -> PodImage? {
        if Self.isHost(reference) { return PodImage(name: Self.host, id: Self.host, root: .host) }
        if let image = try unpacked(reference) { return image }
        return try await next?.local(reference)
    }

    /// As ``ImageProvider/pull(_:credentials:)``.
    public func pull(_ reference: String, credentials: [DockerConfiguration]) async throws -> PodImage {
        try await pull(reference, credentials: credentials) { _ in }
    }

    /// As ``ImageProvider/pull(_:credentials:progress:)``; for an image of the machine nothing is told, as nothing comes.
    public func pull(
        _ reference: String, credentials: [DockerConfiguration],
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> PodImage {
        let isHere = try Self.isHost(reference) || next == nil || unpacked(reference) != nil
        if isHere, let image = try await local(reference) { return image }
        if let next { return try await next.pull(reference, credentials: credentials, progress: progress) }
        throw ImageError(
            .unavailable,
            "image \"\(reference)\" is not on this machine and no registry is configured: use the image \"host\" or"
                + " put its files into the image directory")
    }

    private func unpacked(_ reference: String) throws(ImageError) -> PodImage? {
        try Self.check(reference)
        guard let directory else { return nil }
        let place = "\(directory)/\(String(reference.map { "/:@".contains($0) ? "_" : $0 }))"
        guard Disk.isDirectory("\(place)/rootfs") else { return nil }
        var configuration = ImageDefaults()
        if let text = Disk.text("\(place)/config.json"), let value = try? JSON.parse(text) {
            configuration = ImageDefaults(value)
        }
        return PodImage(
            name: reference, id: reference, root: .layers(["\(place)/rootfs"]), defaults: configuration)
    }

    /// Refuses what is no reference before it becomes part of a path.
    private static func check(_ reference: String) throws(ImageError) {
        let isPlain = reference.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "._-/:@+[]".utf8.contains(byte)
        }
        let repository = reference.split(separator: "/").last?.split(separator: ":").first ?? ""
        let isLower = !repository.utf8.contains { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }
        guard isPlain, isLower, !reference.isEmpty, !reference.hasPrefix("/"), !reference.contains("..")
        else {
            throw ImageError(
                .invalidName,
                "Failed to apply default image tag \"\(reference)\": couldn't parse image name \"\(reference)\":"
                    + " invalid reference format")
        }
    }
}

extension ImageDefaults {
    /// Reads the `config` of an OCI image, or an image configuration that has one.
    init(_ value: Value) {
        let config = value["config"] ?? value
        func texts(_ field: String) -> [String] {
            config[field]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        entrypoint = texts("Entrypoint")
        command = texts("Cmd")
        environment = texts("Env")
        workingDirectory = config["WorkingDir"]?.stringValue ?? ""
        user = config["User"]?.stringValue ?? ""
        stopSignal = config["StopSignal"]?.stringValue ?? ""
    }

    /// The number of the signal that asks a container to end.
    var stopSignalNumber: Int32 {
        if let number = Int32(stopSignal), (1...64).contains(number) { return number }
        let name = stopSignal.uppercased()
        let numbers: [String: Int32] = [
            "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "KILL": SIGKILL, "TERM": SIGTERM, "USR1": SIGUSR1,
            "USR2": SIGUSR2, "WINCH": SIGWINCH, "ABRT": SIGABRT, "ALRM": SIGALRM, "CONT": SIGCONT,
            "STOP": SIGSTOP,
        ]
        return numbers[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name] ?? SIGTERM
    }
}
