public import Manifest

/// The file by which kubectl and every other client find a server and show who they are.
public struct Kubeconfig: Sendable {
    /// Where the server is reached: `https://127.0.0.1:6443`.
    public let server: String
    /// The PEM of the authority to trust, nil for plain HTTP.
    public let authority: String?
    /// Who the client is: a bearer token of the server.
    public let token: String
    /// Where clients look that are told no namespace; nil for `default`.
    public let namespace: String?

    /// A file for one server and one user, which are both called `slipway` in it.
    public init(server: String, authority: String?, token: String, namespace: String? = nil) {
        self.server = server
        self.authority = authority
        self.token = token
        self.namespace = namespace
    }

    /// The file's contents.
    ///
    /// With plain HTTP the token stands in the server's URL too: kubectl sends the credentials of a user entry
    /// over TLS only, but those of the URL always.
    public var value: Value {
        var cluster: Object = ["server": .string(authority == nil ? serverWithToken : server)]
        if let authority {
            cluster["certificate-authority-data"] = .string(Base64.encode(Array(authority.utf8)))
        }
        var context: Object = ["cluster": "slipway", "user": "slipway"]
        if let namespace { context["namespace"] = .string(namespace) }
        return [
            "apiVersion": "v1", "kind": "Config",
            "clusters": [["name": "slipway", "cluster": .object(cluster)]],
            "users": [["name": "slipway", "user": ["token": .string(token)]]],
            "contexts": [["name": "slipway", "context": .object(context)]],
            "current-context": "slipway",
        ]
    }

    private var serverWithToken: String {
        let scheme = "http://"
        guard server.hasPrefix(scheme) else { return server }
        return "\(scheme)slipway:\(token.urlPassword)@\(server.dropFirst(scheme.count))"
    }

    /// Writes the file, for its owner's eyes only.
    ///
    /// - Throws: ``ServerError`` with `storage` where it cannot be written.
    public func write(to path: String) throws {
        try PrivateFile.write(YAML.write(value), to: path)
    }
}

extension String {
    /// The text as the password of a URL, everything but letters, digits and a few signs escaped.
    fileprivate var urlPassword: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
