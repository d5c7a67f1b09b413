import FoundationEssentials

extension SignatureVerifier {
    /// Finds the authority that issued a certificate, and checks chain and usage at every time.
    func checkChain(
        _ certificate: SigningCertificate, at times: [Date]
    ) throws(SigstoreError) -> (detail: String, value: CertificateAuthority) {
        try certificate.checkUsage()
        for time in times where !certificate.validity.contains(time) {
            throw SigstoreError(
                .outsideValidity,
                "the signing certificate is valid from \(certificate.validity.text), but it was used at "
                    + RFC3339.write(time))
        }
        var last: SigstoreError?
        candidates: for authority in trustedRoot.certificateAuthorities {
            do throws(SigstoreError) {
                for time in times { try authority.check(certificate, at: time) }
                return ("issued by \(authority.uri)", authority)
            } catch {
                // The reason of an authority that did issue it tells more than that of one that did not.
                if last == nil || last?.code == .untrusted { last = error }
            }
        }
        throw last ?? SigstoreError(.untrusted, "the trusted root has no certificate authority")
    }

    /// Checks that a trusted CT log has promised to show the certificate.
    func checkTransparency(
        of certificate: SigningCertificate, issuedBy authority: CertificateAuthority
    ) throws(SigstoreError) -> String {
        guard let value = certificate.structure.value(of: CertificateStructure.signedCertificateTimestamps)
        else {
            throw SigstoreError(.missing, "the certificate has no signed certificate timestamp")
        }
        let timestamps = try SignedCertificateTimestamp.list(in: value)
        let signed = certificate.structure.withoutTimestamps
        var last = SigstoreError(.missing, "the certificate's list of signed certificate timestamps is empty")
        for timestamp in timestamps {
            let logs = trustedRoot.certificateLogs.filter { $0.identifier == timestamp.logID }
            guard !logs.isEmpty else {
                last = SigstoreError(
                    .untrusted,
                    "the certificate log \(Hex.encode(timestamp.logID.prefix(8)))… is not in the trusted root"
                )
                continue
            }
            guard let log = logs.first(where: { $0.validity.contains(timestamp.date) }) else {
                last = SigstoreError(
                    .outsideValidity,
                    "the key of the certificate log \(logs[0].baseURL) is not trusted at \(RFC3339.write(timestamp.date))"
                )
                continue
            }
            let message = SignedCertificateTimestamp.signedBytes(
                milliseconds: timestamp.milliseconds, issuerKeyHash: authority.issuerKeyHash,
                certificate: signed,
                extensions: timestamp.extensions)
            guard log.key.isValid(timestamp.signature, for: message) else {
                last = SigstoreError(
                    .invalidSignature,
                    "the signed certificate timestamp of \(log.baseURL) does not fit the certificate and its issuer"
                )
                continue
            }
            return "shown by \(log.baseURL) at \(RFC3339.write(timestamp.date))"
        }
        throw last
    }
}
