import KubeServer
public import Sigstore

/// The keys behind what lands, made at the first start and kept for the life of their directory, for the owner alone.
public struct MergeGateKeys: Sendable {
    /// Signs records of what has landed.
    public let queue: PrivateKey
    /// Signs verdicts of runs.
    public let gates: PrivateKey
    /// Signs the identities of runs, in PEM.
    public let runs: String

    /// Reads the keys below a directory, `merge-queue.pem`, `gates.pem` and `run-tokens.pem`, and makes what is missing.
    ///
    /// - Throws: where a file cannot be read or written, or is no key.
    public init(directory: String) throws {
        try PrivateFile.makeDirectory(directory)
        queue = try Self.key("\(directory)/merge-queue.pem")
        gates = try Self.key("\(directory)/gates.pem")
        runs = try Self.key("\(directory)/run-tokens.pem").pemRepresentation
    }

    private static func key(_ path: String) throws -> PrivateKey {
        if let bytes = try PrivateFile.read(path) {
            return try PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
        }
        let key = PrivateKey.p256()
        try PrivateFile.write(Array(key.pemRepresentation.utf8), to: path)
        return key
    }
}
