import FoundationEssentials
import Manifest

/// The credentials in a `config.json` of docker or an `auth.json` of podman.
public struct DockerConfiguration: Sendable {
    /// What messages call the file.
    public let path: String
    private let entries: [String: DocumentFields]
    private let helpers: [String: String]
    private let store: String?

    /// Reads a configuration file's content.
    ///
    /// - Parameter path: what messages call the file.
    /// - Throws: ``OCIError`` with code `configuration`.
    public init(parsing bytes: [UInt8], path: String) throws(OCIError) {
        self.path = path
        do throws(OCIError) {
            let fields = try DocumentFields(parsing: bytes, as: path)
            var entries: [String: DocumentFields] = [:]
            if let auths = try fields.optionalFields("auths") {
                for key in auths.object.keys {
                    if let entry = try auths.optionalFields(key) { entries[Self.normal(key)] = entry }
                }
            }
            self.entries = entries
            var helpers: [String: String] = [:]
            for (key, helper) in try fields.stringMap("credHelpers") { helpers[Self.normal(key)] = helper }
            self.helpers = helpers
            store = try fields.optionalString("credsStore").flatMap { $0.isEmpty ? nil : $0 }
        } catch {
            throw OCIError(.configuration, "\(path) cannot be used", cause: error)
        }
    }

    /// Reads the files that `docker` and `podman` keep credentials in, as far as they exist.
    ///
    /// - Throws: ``OCIError`` with code `configuration`.
    public static func load(environment: [String: String]) throws(OCIError) -> [DockerConfiguration] {
        var paths: [String] = []
        if let path = environment["REGISTRY_AUTH_FILE"] { paths.append(path) }
        if let directory = environment["DOCKER_CONFIG"] {
            paths.append("\(directory)/config.json")
        } else if let home = environment["HOME"] {
            paths.append("\(home)/.docker/config.json")
        }
        if let directory = environment["XDG_RUNTIME_DIR"] {
            paths.append("\(directory)/containers/auth.json")
        }
        var found: [DockerConfiguration] = []
        for path in paths {
            let bytes: [UInt8]?
            do throws(SystemCallFailure) { bytes = try Disk.read(path, limit: 1 << 20) } catch {
                throw OCIError(.configuration, "\(path) cannot be read", cause: error)
            }
            if let bytes { found.append(try DockerConfiguration(parsing: bytes, path: path)) }
        }
        return found
    }

    /// The credential for a repository: that of the longest of its prefixes that has one.
    ///
    /// - Throws: ``OCIError`` with code `configuration` where the credential is with a helper program, which is not run.
    public func credential(for domain: String, repository: String) throws(OCIError) -> RegistryCredential? {
        for prefix in Self.prefixes(of: "\(domain)/\(repository)") {
            if let found = try credential(under: prefix, for: domain) { return found }
        }
        return nil
    }

    /// The credentials of several files for a repository, in the order in which they are worth a try: those of a
    /// longer prefix of its name first, among them those of an earlier file, as kubelet's keyring has them.
    ///
    /// - Throws: ``OCIError`` with code `configuration`.
    public static func candidates(
        _ files: [DockerConfiguration], for domain: String, repository: String
    ) throws(OCIError) -> [RegistryCandidate] {
        var candidates: [RegistryCandidate] = []
        for prefix in prefixes(of: "\(domain)/\(repository)") {
            for file in files {
                guard let credential = try file.credential(under: prefix, for: domain) else { continue }
                if candidates.contains(where: { $0.credential == credential }) { continue }
                candidates.append(RegistryCandidate(credential: credential, source: file.path))
            }
        }
        return candidates
    }

    /// A name and what is left of it without its last parts.
    private static func prefixes(of name: String) -> [String] {
        let parts = name.split(separator: "/")
        return (1...max(parts.count, 1)).reversed().map { parts.prefix($0).joined(separator: "/") }
    }

    private func credential(under prefix: String, for domain: String) throws(OCIError) -> RegistryCredential?
    {
        let key = Self.normal(prefix)
        if let helper = helpers[key] { throw refusal(of: helper, for: domain) }
        guard let entry = entries[key] else { return nil }
        if let credential = try credential(entry, key: key) { return credential }
        // Docker leaves an empty entry where the secret is with its helper.
        if let store { throw refusal(of: store, for: domain) }
        return nil
    }

    private func refusal(of helper: String, for domain: String) -> OCIError {
        OCIError(
            .configuration,
            "\(path) keeps the credential for \(domain) with the helper program docker-credential-\(helper), and "
                + "helpers are not run; put it into 'auths', for example with a file of your own named by "
                + "REGISTRY_AUTH_FILE")
    }

    private func credential(_ entry: DocumentFields, key: String) throws(OCIError) -> RegistryCredential? {
        do throws(OCIError) {
            if let token = try entry.optionalString("identitytoken"), !token.isEmpty {
                return .refreshToken(token)
            }
            if let token = try entry.optionalString("registrytoken"), !token.isEmpty {
                return .bearerToken(token)
            }
            if let auth = try entry.optionalString("auth"), !auth.isEmpty {
                guard let data = Base64.decode(auth),
                    let colon = data.firstIndex(of: UInt8(ascii: ":"))
                else {
                    throw OCIError(.configuration, "auths[\"\(key)\"].auth is not base64 of USER:PASSWORD")
                }
                let password = data[data.index(after: colon)...]
                return .password(
                    user: String(decoding: data[..<colon], as: UTF8.self),
                    // Old versions of docker pad the password with zeros.
                    password: String(decoding: password.prefix { $0 != 0 }, as: UTF8.self))
            }
            guard let user = try entry.optionalString("username"),
                let password = try entry.optionalString("password")
            else { return nil }
            return .password(user: user, password: password)
        } catch {
            throw OCIError(.configuration, "\(path) cannot be used", cause: error)
        }
    }

    /// A key without what docker puts around the registry's name: `https://index.docker.io/v1/` is `docker.io`.
    private static func normal(_ key: String) -> String {
        var text = Substring(key)
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            text = text.dropFirst(scheme.count)
        }
        while text.hasSuffix("/") { text = text.dropLast() }
        for version in ["/v1", "/v2"] where text.hasSuffix(version) { text = text.dropLast(3) }
        for host in ["index.docker.io", "registry-1.docker.io"] where text == host { return "docker.io" }
        return String(text)
    }
}
