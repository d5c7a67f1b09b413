import FoundationEssentials

/// The tokens that have been exchanged for a certificate, for as long as they could be shown again.
///
/// Each is noted on disk before its certificate is made, so that a restart does not let one in twice. A line of the file
/// is the moment in seconds until which a token counts and the digest of its issuer and name.
actor UsedTokens {
    /// More live tokens than a day of runs makes; beyond it nothing is accepted until some have expired.
    static let limit = 100_000

    private let path: String
    private let capacity: Int
    private let queue = FileQueue(label: "slipway.sigstore.tokens")
    private var expiries: [String: Int64] = [:]
    /// How many lines the file has.
    private var lines = 0

    /// Reads what was used before; what has expired since is left out.
    ///
    /// - Throws: `SigstoreError` with code `storage` or `tooLarge`.
    init(path: String, capacity: Int = UsedTokens.limit, now: Date) async throws(SigstoreError) {
        self.path = path
        self.capacity = capacity
        let bytes = try await queue.run { () throws(SigstoreError) in
            try PrivateFiles.read(path, limit: 64 << 20)
        }
        let time = Int64(now.timeIntervalSince1970)
        // The last line may have been cut off by a crash; its certificate was never made then.
        for line in String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, words[1].utf8.count == 64, let expiry = Int64(words[0]), expiry >= time
            else {
                continue
            }
            expiries[String(words[1])] = expiry
        }
        try await rewrite()
    }

    /// Takes note that a token is used now.
    ///
    /// - Parameters:
    ///   - name: the token's `jti`.
    ///   - expiry: when it stops counting, leeway included.
    /// - Throws: `SigstoreError` with code `refused` where it was used before, `unreachable` where there is no room,
    ///   `storage`.
    func use(_ name: String, of issuer: String, until expiry: Date, now: Date) async throws(SigstoreError) {
        let digest = Hex.encode(sha256(Array("\(issuer)\n\(name)".utf8)))
        guard expiries[digest] == nil else {
            throw SigstoreError(
                .refused, "the identity token was used before; ask its issuer for one of its own")
        }
        let time = Int64(now.timeIntervalSince1970)
        if expiries.count >= capacity { expiries = expiries.filter { $0.value >= time } }
        guard expiries.count < capacity else {
            throw SigstoreError(.unreachable, "too many identity tokens are in use; try again later")
        }
        let moment = Int64(expiry.timeIntervalSince1970.rounded(.up))
        // Whoever asks while this is being written finds it used.
        expiries[digest] = moment
        if lines > 2 * expiries.count + 1000 { return try await rewrite() }
        lines += 1
        let path = path
        try await queue.run { () throws(SigstoreError) in
            try PrivateFiles.append(Array("\(moment) \(digest)\n".utf8), to: path)
        }
    }

    private func rewrite() async throws(SigstoreError) {
        let text = expiries.map { "\($0.value) \($0.key)\n" }.joined()
        lines = expiries.count
        let path = path
        try await queue.run { () throws(SigstoreError) in
            try PrivateFiles.replace(path, with: Array(text.utf8))
        }
    }
}
