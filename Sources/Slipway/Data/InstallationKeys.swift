import Foundation
import KubeServer
import Sigstore

/// The keys of an installation, made at the first start and kept for the life of its directory.
struct InstallationKeys: Sendable {
    /// The administrator's token.
    let token: String
    /// The merge queue's key, with which it records what has landed.
    let queue: PrivateKey
    /// The pipeline's key, with which verdicts are signed.
    let gates: PrivateKey
    /// The key of the identities of runs, in PEM.
    let runs: String
    /// What the secret of webhooks of other forges is, until somebody sets it at the forge.
    let webhooks: String

    /// - Throws: ``SlipwayError`` with code `storage`.
    init(_ directory: DataDirectory) throws(SlipwayError) {
        do {
            token = try Self.secret(directory.token)
            queue = try Self.key("\(directory.keys)/merge-queue.pem")
            gates = try Self.key("\(directory.keys)/gates.pem")
            runs = try Self.key("\(directory.keys)/run-tokens.pem").pemRepresentation
            webhooks = try Self.secret("\(directory.keys)/webhooks")
        } catch {
            throw SlipwayError(.storage, "the keys in \(directory.keys) cannot be used", cause: error)
        }
    }

    private static func key(_ path: String) throws -> PrivateKey {
        if let bytes = try PrivateFile.read(path) {
            return try PrivateKey(pemRepresentation: String(decoding: bytes, as: UTF8.self))
        }
        let key = PrivateKey.p256()
        try PrivateFile.write(Array(key.pemRepresentation.utf8), to: path)
        return key
    }

    private static func secret(_ path: String) throws -> String {
        if let bytes = try PrivateFile.read(path) {
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if !text.isEmpty { return text }
        }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        var random = SystemRandomNumberGenerator()
        let text = String((0..<40).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] })
        try PrivateFile.write(Array("\(text)\n".utf8), to: path)
        return text
    }
}

extension DataDirectory {
    /// The users of an installation: the administrator, and those of the file of users.
    ///
    /// - Throws: ``SlipwayError`` with code `settings`.
    func users(_ settings: Settings, token: String) throws(SlipwayError) -> StaticTokens {
        let file = resolve(settings.users)
        var users = StaticTokens()
        do {
            if let bytes = try PrivateFile.read(file) {
                users = try StaticTokens(csv: String(decoding: bytes, as: UTF8.self))
            }
        } catch {
            throw SlipwayError(.settings, "the users of \(file) cannot be read", cause: error)
        }
        users.add(token, User(name: "admin", groups: [User.mastersGroup]))
        return users
    }
}
