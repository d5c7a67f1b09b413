public import AsyncHTTPClient
import NIOSSL

extension ClientConfiguration.TLSSettings {
    /// The settings in the form the TLS library takes them.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration`.
    func nioConfiguration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if skipsVerification { configuration.certificateVerification = .none }
        if let authority {
            configuration.trustRoots = .certificates(
                try Self.certificates(authority, of: "the server's certificate authority"))
        }
        if let identity {
            configuration.certificateChain = try Self.certificates(
                identity.certificates, of: "the client certificate"
            ).map { .certificate($0) }
            do {
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: identity.key, format: .pem))
            } catch {
                throw KubeClientError(.configuration, "the client key is no private key in PEM", cause: error)
            }
        }
        return configuration
    }

    fileprivate static func certificates(_ pem: [UInt8], of purpose: String) throws -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(pem)
            if !certificates.isEmpty { return certificates }
        } catch {
            throw KubeClientError(.configuration, "\(purpose) is no certificate in PEM", cause: error)
        }
        throw KubeClientError(.configuration, "\(purpose) holds no certificate")
    }
}

extension ClientConfiguration {
    /// A client for what is served beside the API, such as a forge: its certificates are of the API's authority or, behind
    /// a proxy, of one that the system trusts. It shows no credentials, and must be shut down.
    ///
    /// - Throws: ``KubeClientError`` with code `configuration`.
    public func companionClient() throws -> HTTPClient {
        var settings = tls
        settings.authority = nil
        settings.identity = nil
        var configuration = try settings.nioConfiguration()
        if let authority = tls.authority {
            configuration.additionalTrustRoots = [
                .certificates(
                    try TLSSettings.certificates(authority, of: "the server's certificate authority"))
            ]
        }
        return HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: configuration))
    }
}

extension ClientConfiguration.Impersonation {
    /// The header fields that ask to act as the user.
    var headers: [(name: String, value: String)] {
        var headers = [(name: "impersonate-user", value: user)]
        if let uid { headers.append(("impersonate-uid", uid)) }
        headers += groups.map { ("impersonate-group", $0) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            headers += values.map { ("impersonate-extra-" + PercentEncoding.encode(key), $0) }
        }
        return headers
    }
}
