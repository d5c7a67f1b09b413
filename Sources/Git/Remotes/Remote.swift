import Manifest

/// A repository elsewhere, and how to get at it.
public struct Remote: Sendable, Hashable {
    /// What proves who is asking.
    public enum Credentials: Sendable, Hashable {
        /// A user and a password or token, for HTTP.
        case basic(user: String, password: String)
        /// A token, for HTTP.
        case bearer(String)
        /// The path of a private key and of the file of hosts that are known, for SSH.
        case sshKey(path: String, knownHosts: String)
    }

    /// `https://…`, `http://…`, `ssh://…`, `git@host:path`, or an absolute path where those are allowed.
    public var url: String
    /// What the remote is told of who asks; never part of a command line.
    public var credentials: Credentials?
    /// A file of certificates (PEM) to trust besides none other; nil for the machine's.
    public var authorities: String?
    /// Whether the server's certificate is believed unseen.
    public var isInsecure = false
    /// Whether repositories on this machine's disks may be read, and hosts without TLS.
    public var allowsLocal = false

    /// Names a remote by its address.
    public init(url: String, credentials: Credentials? = nil) {
        self.url = url
        self.credentials = credentials
    }

    /// How the URL is reached.
    enum Transport: String {
        case http, https, ssh, file
    }

    /// - Throws: ``GitError`` with code `invalidName` for a URL that git would take for an option or a program.
    func transport() throws(GitError) -> Transport {
        let text = url.lowercased()
        guard !url.hasPrefix("-"), !url.contains("::"), !url.contains(where: { $0.isNewline || $0 == "\0" })
        else {
            throw GitError(.invalidName, "\"\(GitError.withoutCredentials(url))\" is no URL of a repository")
        }
        if text.hasPrefix("https://") { return .https }
        if text.hasPrefix("http://") { return .http }
        if text.hasPrefix("ssh://") { return .ssh }
        if text.hasPrefix("/") || text.hasPrefix("file://") { return .file }
        if !text.contains("://"), let at = url.firstIndex(of: "@"), url[at...].contains(":") { return .ssh }
        throw GitError(
            .invalidName,
            "\"\(GitError.withoutCredentials(url))\" is no URL of a repository; use https://, ssh:// or user@host:path"
        )
    }

    /// Readies a run to reach the remote: allowed transports, credentials, certificates.
    ///
    /// - Throws: ``GitError`` with code `invalidName`, `refused`.
    func prepare(_ invocation: inout GitInvocation) throws(GitError) {
        let transport = try transport()
        if transport == .file, !allowsLocal {
            throw GitError(.refused, "repositories on this machine's disk may not be read here; use a URL")
        }
        invocation.environment["GIT_ALLOW_PROTOCOL"] = transport.rawValue
        invocation.settings += [
            ("http.followRedirects", "initial"), ("http.lowSpeedLimit", "1000"), ("http.lowSpeedTime", "30"),
            ("transfer.credentialsInUrl", "allow"),
        ]
        if let authorities { invocation.settings.append(("http.sslCAInfo", authorities)) }
        if isInsecure { invocation.settings.append(("http.sslVerify", "false")) }
        switch credentials {
        case .basic(let user, let password):
            let pair = Base64.encode(Array("\(user):\(password)".utf8))
            invocation.settings.append((headerKey, "Authorization: Basic \(pair)"))
        case .bearer(let token):
            invocation.settings.append((headerKey, "Authorization: Bearer \(token)"))
        case .sshKey(let path, let knownHosts):
            for text in [path, knownHosts] where text.contains("'") || text.contains(where: \.isNewline) {
                throw GitError(
                    .invalidName, "the paths of an SSH key and its known hosts must hold no quotes")
            }
            invocation.environment["GIT_SSH_COMMAND"] =
                "ssh -i '\(path)' -o IdentitiesOnly=yes -o UserKnownHostsFile='\(knownHosts)' "
                + "-o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectTimeout=20"
            invocation.environment["GIT_SSH_VARIANT"] = "ssh"
        case nil:
            invocation.environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes"
        }
    }

    /// The header goes to this host alone, also where it redirects.
    private var headerKey: String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? Substring(url)
        let host = rest.prefix { $0 != "/" }
        let scheme = url.prefix { $0 != ":" }
        return "http.\(scheme)://\(host.split(separator: "@").last ?? host)/.extraHeader"
    }
}
