import Forge
import Foundation
import KubeServer
import Logging
import Sigstore

/// Where a forge keeps its things in a data directory.
struct ForgeFiles {
    let directory: String

    /// What the forge is made of; keys and directories that are missing are made.
    func configuration(gateKeys: [String], logger: Logger) throws -> EmbeddedForge.Configuration {
        for folder in ["git", "run", "keys"] { try PrivateFile.makeDirectory("\(directory)/\(folder)") }
        var gates: [PublicKey] = []
        for path in gateKeys {
            guard let bytes = FileManager.default.contents(atPath: KubeServeSetup.absolute(path)) else {
                throw ValidationFailure("the key \(path) cannot be read")
            }
            do {
                gates.append(try PublicKey(pemRepresentation: String(decoding: bytes, as: UTF8.self)))
            } catch {
                throw ValidationFailure("the key \(path) is no public key: \(error)")
            }
        }
        var configuration = EmbeddedForge.Configuration(
            repositories: "\(directory)/git", hooks: "\(directory)/run/hooks",
            socket: "\(directory)/run/forge.sock",
            hookProgram: try Self.ownPath(), keys: ForgeKeys(queue: try queueKey(), gates: gates))
        configuration.logger = logger
        return configuration
    }

    /// The merge queue's key, which stays the same for the life of the directory.
    private func queueKey() throws -> PrivateKey {
        let path = "\(directory)/keys/merge-queue.pem"
        if let bytes = try PrivateFile.read(path) {
            return try PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
        }
        let key = PrivateKey.p256()
        try PrivateFile.write(Array(key.pemRepresentation.utf8), to: path)
        return key
    }

    /// This program's own file, which hooks run.
    private static func ownPath() throws -> String {
        guard let path = Bundle.main.executablePath, path.hasPrefix("/") else {
            throw ValidationFailure("the path of this program cannot be found out, which hooks need")
        }
        return path
    }
}
