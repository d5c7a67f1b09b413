import Foundation
import KubeServer

/// The secrets of an installation besides those of its merge gate, made at the first start and kept for the life of its directory.
struct InstallationKeys: Sendable {
    /// The administrator's token.
    let token: String
    /// What the secret of webhooks of other forges is, until somebody sets it at the forge.
    let webhooks: String

    /// - Throws: ``SlipwayError`` with code `storage`.
    init(_ directory: DataDirectory) throws(SlipwayError) {
        do {
            token = try Self.secret(directory.token)
            webhooks = try Self.secret("\(directory.keys)/webhooks")
        } catch {
            throw SlipwayError(.storage, "the keys in \(directory.keys) cannot be used", cause: error)
        }
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
    /// The users of an installation: the administrator, and those of the file of users. Only the file that is looked for
    /// by default may be missing.
    ///
    /// - Throws: ``SlipwayError`` with code `settings`.
    func users(_ settings: Settings, token: String) throws(SlipwayError) -> StaticTokens {
        let file = resolve(settings.users)
        var users = StaticTokens()
        let bytes: [UInt8]?
        do {
            bytes = try PrivateFile.read(file)
            if let bytes { users = try StaticTokens(csv: String(decoding: bytes, as: UTF8.self)) }
        } catch {
            throw SlipwayError(.settings, "the users of \(file) cannot be read", cause: error)
        }
        guard bytes != nil || settings.users == Settings().users else {
            throw SlipwayError(
                .settings,
                "there is no file of users \(file); make it, or remove the setting users, which names it")
        }
        users.add(token, User(name: "admin", groups: [User.mastersGroup]))
        return users
    }
}
