import Manifest

/// Adds entries to a transparency log (Rekor's API, version 1).
struct TransparencyLogClient: Sendable {
    let url: String
    let exchange: HTTPExchange

    /// Adds an entry, or finds the equal one that is there.
    ///
    /// - Throws: `SigstoreError` with code `refused`, `unreachable` or `malformed`.
    func add(_ proposed: Value) async throws -> LogEntry {
        let response = try await exchange.sendRepeatedly(
            HTTPExchange.Request(
                "POST", url + "/api/v1/log/entries",
                headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
                body: JSON.write(proposed)))
        switch response.status {
        case 201: return try Self.entry(response, url)
        case 409:
            guard let location = response.header("Location"), location.hasPrefix("/") else {
                throw SigstoreError(
                    .malformed, "the log \(url) has the entry already, but does not say where")
            }
            let existing = try await exchange.sendRepeatedly(
                HTTPExchange.Request("GET", url + location, headers: [("Accept", "application/json")]))
            guard existing.status == 200 else {
                throw SigstoreError(
                    .refused, "the log \(url) answers \(existing.status) for an entry that it has")
            }
            return try Self.entry(existing, url)
        default:
            let reason =
                (try? JSON.parse(response.body))?["message"]?.stringValue ?? "status \(response.status)"
            throw SigstoreError(.refused, "the log \(url) refuses the entry: \(reason)")
        }
    }

    private static func entry(_ response: HTTPExchange.Response, _ url: String) throws(SigstoreError)
        -> LogEntry
    {
        let fault = SigstoreError(.malformed, "the log \(url) answers with something else than an entry")
        guard let object = (try? JSON.parse(response.body))?.objectValue, object.count == 1,
            let value = object.first?.value,
            let body = value["body"]?.stringValue.flatMap(Base64.decode), let content = try? JSON.parse(body),
            let logID = value["logID"]?.stringValue.flatMap({ Hex.decode($0) }),
            let index = value["logIndex"]?.integerValue, let time = value["integratedTime"]?.integerValue,
            let promise = value["verification", "signedEntryTimestamp"]?.stringValue.flatMap(Base64.decode),
            let proof = value["verification", "inclusionProof"],
            let root = proof["rootHash"]?.stringValue.flatMap({ Hex.decode($0) }),
            let place = proof["logIndex"]?.integerValue, let size = proof["treeSize"]?.integerValue,
            let checkpoint = proof["checkpoint"]?.stringValue
        else { throw fault }
        let hashes = (proof["hashes"]?.arrayValue ?? []).map { $0.stringValue.flatMap { Hex.decode($0) } }
        guard !hashes.contains(nil) else { throw fault }
        return LogEntry(
            logIndex: index, logID: logID, kind: content["kind"]?.stringValue ?? "",
            version: content["apiVersion"]?.stringValue ?? "", integratedTime: time,
            signedEntryTimestamp: promise,
            inclusionProof: LogEntry.InclusionProof(
                logIndex: place, rootHash: root, treeSize: size, hashes: hashes.compactMap { $0 },
                checkpoint: checkpoint),
            body: body)
    }
}
