import Foundation
import KubeServer
import Logging
import Sigstore
import Slipway

/// Where a forge keeps its things in a data directory.
struct ForgeFiles {
    let directory: String

    /// What the forge is made of; keys and directories that are missing are made.
    func settings(gateKeys: [String], logger: Logger) throws -> MergeGate.Configuration {
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
        var configuration = MergeGate.Configuration(
            directory: directory, hookProgram: try Self.ownPath(),
            environment: ProcessInfo.processInfo.environment)
        configuration.gateKeys = gates
        configuration.logger = logger
        return configuration
    }

    /// This program's own file, which hooks run.
    private static func ownPath() throws -> String {
        guard let path = Bundle.main.executablePath, path.hasPrefix("/") else {
            throw ValidationFailure("the path of this program cannot be found out, which hooks need")
        }
        return path
    }
}
