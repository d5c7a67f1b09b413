import Manifest

/// A log's signed statement of its size and root: a note of C2SP's tlog-checkpoint.
///
///     rekor.example - 2605736670972794746
///     42
///     <base64 of the root>
///
///     — rekor.example <base64 of key hint and signature>
struct Checkpoint: Sendable, Hashable {
    struct Signature: Sendable, Hashable {
        var name: String
        /// Four bytes that tell which key it is.
        var hint: [UInt8]
        var signature: [UInt8]
    }

    let origin: String
    let size: Int64
    let root: [UInt8]
    let signatures: [Signature]
    /// What is signed: all lines before the empty one, with their line feeds.
    let signedText: [UInt8]

    /// Reads a note.
    ///
    /// - Throws: `SigstoreError` with code `malformed`.
    init(note: String) throws(SigstoreError) {
        func fault(_ reason: String) -> SigstoreError {
            SigstoreError(.malformed, "the log's checkpoint \(reason)")
        }
        let bytes = Array(note.utf8)
        let lineFeed = UInt8(ascii: "\n")
        guard bytes.count <= 1 << 20 else { throw fault("is larger than 1 MiB") }
        guard !bytes.contains(where: { $0 < 0x20 && $0 != lineFeed }) else {
            throw fault("has control characters")
        }
        guard bytes.last == lineFeed else { throw fault("does not end with a line feed") }
        let lines = bytes.dropLast().split(separator: lineFeed, omittingEmptySubsequences: false)
        guard let blank = lines.firstIndex(where: \.isEmpty) else { throw fault("has no signature") }
        let text = lines[..<blank]
        let signatureLines = lines[(blank + 1)...]
        guard text.count >= 3, !signatureLines.isEmpty, signatureLines.count <= 64 else {
            throw fault("has \(text.count) lines and \(signatureLines.count) signatures")
        }
        origin = String(decoding: text[0], as: UTF8.self)
        let sizeText = String(decoding: text[1], as: UTF8.self)
        guard let size = Int64(sizeText), size >= 0, String(size) == sizeText else {
            throw fault("has no tree size in its second line")
        }
        guard let root = Base64.decode(String(decoding: text[2], as: UTF8.self)), root.count == 32 else {
            throw fault("has no root hash in its third line")
        }
        self.size = size
        self.root = root
        var signatures: [Signature] = []
        let dash = Array("\u{2014} ".utf8)
        for line in signatureLines {
            guard line.starts(with: dash) else { throw fault("has a line among its signatures that is none") }
            let words = line.dropFirst(dash.count).split(
                separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard words.count == 2, !words[0].isEmpty,
                let value = Base64.decode(String(decoding: words[1], as: UTF8.self)), value.count > 4
            else { throw fault("has a signature that cannot be read") }
            signatures.append(
                Signature(
                    name: String(decoding: words[0], as: UTF8.self), hint: Array(value.prefix(4)),
                    signature: Array(value.dropFirst(4))))
        }
        self.signatures = signatures
        signedText = text.flatMap { $0 + [lineFeed] }
    }

    /// Whether the origin is that of Rekor 1: `host - <tree id>`.
    var isOfRekor1: Bool {
        guard let range = origin.lastRange(of: " - ") else { return false }
        let number = origin[range.upperBound...]
        return !number.isEmpty
            && number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Checks that a log has signed it.
    ///
    /// Signatures of others (witnesses) are skipped. One that claims to be the log's and is not makes the checkpoint
    /// invalid, even where another one fits.
    ///
    /// - Parameter mustNameHost: for logs of Rekor 2, whose origin is their host and nothing else.
    /// - Throws: `SigstoreError` with code `mismatch`, `untrusted` or `invalidSignature`.
    func check(signedBy log: TrustedRoot.Log, mustNameHost: Bool) throws(SigstoreError) {
        if mustNameHost {
            guard origin == log.host else {
                throw SigstoreError(
                    .mismatch, "the checkpoint is that of \"\(origin)\", but the log is \"\(log.host)\"")
            }
        } else {
            guard isOfRekor1 || origin == log.host else {
                throw SigstoreError(
                    .mismatch,
                    "the checkpoint's origin \"\(origin)\" is neither \"<host> - <tree>\" nor \"\(log.host)\""
                )
            }
        }
        let hint = Array((log.checkpointIdentifier ?? log.identifier).prefix(4))
        // Rekor 1 signs with the part of its origin before the tree's number.
        let name = isOfRekor1 ? origin.lastRange(of: " - ").map { String(origin[..<$0.lowerBound]) } : nil
        let own = signatures.filter { $0.hint == hint && $0.name == name ?? origin }
        guard !own.isEmpty else {
            throw SigstoreError(.untrusted, "the checkpoint is not signed by the log \(log.baseURL)")
        }
        for signature in own where !log.key.isValid(signature.signature, for: signedText) {
            throw SigstoreError(
                .invalidSignature, "the checkpoint's signature is not by the key of the log \(log.baseURL)")
        }
    }

    /// Writes a note that one key has signed.
    static func note(
        origin: String, name: String, size: Int64, root: [UInt8], key: PrivateKey
    ) throws(SigstoreError) -> String {
        let text = "\(origin)\n\(size)\n\(Base64.encode(root))\n"
        let signature = try key.signature(for: Array(text.utf8))
        return text + "\n\u{2014} \(name) \(Base64.encode(key.publicKey.fingerprint.prefix(4) + signature))\n"
    }
}

extension StringProtocol {
    fileprivate func lastRange(of text: String) -> Range<Index>? { ranges(of: text).last }
}
