/// The places of git's smart HTTP protocol (gitprotocol-http).
struct GitHTTPRoute: Equatable {
    enum Action: Equatable {
        /// `GET …/info/refs?service=…`
        case advertise
        /// `POST …/git-upload-pack` or `…/git-receive-pack`
        case exchange
    }

    var repository: String
    var service: GitService
    var action: Action

    /// Reads a target; nil for what belongs to somebody else, or to the old protocol that serves bare files.
    init?(method: String, path: String, query: String) {
        let suffix: String
        switch method {
        case "GET" where path.hasSuffix("/info/refs"):
            let wanted = query.split(separator: "&").first { $0.hasPrefix("service=") }?.dropFirst(8)
            guard let service = wanted.flatMap({ GitService(rawValue: String($0)) }) else { return nil }
            suffix = "/info/refs"
            self.service = service
            action = .advertise
        case "POST":
            guard
                let service = [GitService.uploadPack, .receivePack].first(where: {
                    path.hasSuffix("/\($0.rawValue)")
                })
            else { return nil }
            suffix = "/\(service.rawValue)"
            self.service = service
            action = .exchange
        default:
            return nil
        }
        guard var name = Self.decoded(path.dropLast(suffix.count)) else { return nil }
        while name.hasPrefix("/") { name.removeFirst() }
        if name.hasSuffix(".git") { name.removeLast(4) }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, !name.contains("\0"), parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") })
        else {
            return nil
        }
        repository = name
    }

    /// Nil where an escape is cut off or the result is no UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let digits = String(rest.prefix(2)), let value = UInt8(digits, radix: 16)
            else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
