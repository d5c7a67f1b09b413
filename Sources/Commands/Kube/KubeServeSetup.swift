import Foundation
import KubeServer

/// What a server needs before it starts: directories, token, certificate.
struct KubeServeSetup: Sendable {
    /// What the command line asks for.
    struct Options: Sendable {
        var data: String?
        var listen: ListenAddress
        var token: String?
        var kubeconfig: String?
        var usesTLS = false
    }

    var configuration: APIServer.Configuration
    let certificate: ServerCertificate?
    let kubeconfigPath: String
    private let listen: ListenAddress
    /// The administrator's token.
    let token: String

    init(_ command: Options) throws {
        listen = command.listen
        let directory = command.data.map(Self.absolute)
        var keys: String?
        if let directory {
            try PrivateFile.makeDirectory(directory)
            keys = "\(directory)/keys"
            try PrivateFile.makeDirectory("\(directory)/keys")
        }
        kubeconfigPath = Self.absolute(
            command.kubeconfig ?? directory.map { "\($0)/kubeconfig" } ?? "slipway.kubeconfig")
        token = try Self.token(given: command.token, keys: keys)
        if command.usesTLS {
            let names = Array(Set(["localhost", "127.0.0.1", "::1", listen.clientHost])).sorted()
            let now = ServerClock.system.now()
            certificate =
                try keys.map { try ServerCertificate(directory: $0, names: names, now: now) }
                ?? ServerCertificate(names: names, now: now)
        } else {
            certificate = nil
        }
        var configuration = APIServer.Configuration(
            store: directory.map { .file(path: "\($0)/cluster.db") } ?? .memory)
        configuration.tokens.add(token, User(name: "slipway-admin", groups: [User.mastersGroup]))
        configuration.address = listen.description
        if let keys { configuration.serviceAccountKey = try ServiceAccountKey(directory: keys) }
        self.configuration = configuration
    }

    /// Writes the kubeconfig, once the port is known.
    func writeKubeconfig(port: Int) throws {
        let host = ListenAddress(host: listen.clientHost, port: port).description
        let server = certificate == nil ? "http://\(host)" : "https://\(host)"
        try Kubeconfig(server: server, authority: certificate?.authority, token: token).write(
            to: kubeconfigPath)
    }

    /// An error that ended the server, as a sentence that says what to do.
    func describe(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("Address already in use") || text.contains("EADDRINUSE") {
            return "\(listen) is in use by another program; choose another address with --listen"
        }
        if text.contains("Permission denied") || text.contains("EACCES") {
            return "this user may not listen on \(listen); choose a port above 1023 with --listen"
        }
        return "cannot serve on \(listen): \(text)"
    }

    private static func token(given: String?, keys: String?) throws -> String {
        let path = keys.map { "\($0)/token" }
        if let given { return given }
        if let path, let bytes = try PrivateFile.read(path) {
            let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if !token.isEmpty { return token }
        }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let token = String((0..<40).map { _ in alphabet[Int.random(in: alphabet.indices)] })
        if let path { try PrivateFile.write(Array("\(token)\n".utf8), to: path) }
        return token
    }

    static func absolute(_ path: String) -> String {
        let expanded = path.hasPrefix("~/") ? NSHomeDirectory() + path.dropFirst() : path
        if expanded.hasPrefix("/") { return expanded }
        return FileManager.default.currentDirectoryPath + "/" + expanded
    }
}
