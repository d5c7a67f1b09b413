import FoundationEssentials

extension SignatureVerifier {
    /// Checks every log entry and collects the times of those with a promise.
    ///
    /// Rekor 2 gives no times, and an entry of Rekor 1 without its promise proves none.
    func checkLog(_ proofs: Proofs) throws(SigstoreError) -> (detail: String, value: [Date]) {
        guard !proofs.entries.isEmpty else {
            throw SigstoreError(.missing, "the signature has no log entry; sign with a transparency log")
        }
        var times: [Date] = []
        var details: [String] = []
        for entry in proofs.entries {
            let logs = trustedRoot.transparencyLogs.filter { $0.identifier == entry.logID }
            guard let first = logs.first else {
                throw SigstoreError(
                    .untrusted,
                    "the log \(Hex.encode(entry.logID.prefix(8)))… of entry \(entry.logIndex) is not in the trusted root"
                )
            }
            // A key can be listed several times with other spans; the span of the entry's time is the one that counts.
            let time = Date(timeIntervalSince1970: Double(entry.integratedTime))
            let log = logs.first { $0.validity.contains(time) } ?? first
            if proofs.requiresInclusion || entry.inclusionProof != nil || entry.isOfRekor2 {
                try entry.checkInclusion(in: log)
            }
            if let promise = entry.signedEntryTimestamp, !promise.isEmpty {
                times.append(try entry.checkPromise(of: log))
            } else if entry.inclusionProof == nil {
                throw SigstoreError(
                    .missing,
                    "log entry \(entry.logIndex) has neither inclusion proof nor signed entry timestamp")
            }
            details.append("entry \(entry.logIndex) of \(log.baseURL)")
        }
        return (details.joined(separator: ", "), times)
    }

    /// Adds the times of RFC 3161 timestamps; all that are there must be good.
    func checkTimes(
        _ logTimes: [Date], _ proofs: Proofs, _ signature: [UInt8]
    ) throws(SigstoreError) -> (detail: String, value: [Date]) {
        var times = logTimes
        for bytes in proofs.timestamps {
            let token = try TimestampToken(derEncoded: bytes)
            times.append(try token.check(signature: signature, by: trustedRoot.timestampAuthorities))
        }
        guard !times.isEmpty else {
            throw SigstoreError(
                .missing,
                "nothing vouches for the time of signing: neither a signed entry timestamp nor an RFC 3161 timestamp"
            )
        }
        // Logs without times must have been in use at the times that are known.
        for entry in proofs.entries where entry.signedEntryTimestamp == nil {
            let spans = trustedRoot.transparencyLogs.filter { $0.identifier == entry.logID }.map(\.validity)
            for time in times where !spans.contains(where: { $0.contains(time) }) {
                throw SigstoreError(
                    .outsideValidity,
                    "the key of the log of entry \(entry.logIndex) is not trusted at \(RFC3339.write(time))")
            }
        }
        return (times.map(RFC3339.write).joined(separator: ", "), times)
    }
}
