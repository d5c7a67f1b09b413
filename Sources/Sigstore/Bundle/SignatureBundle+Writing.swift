public import Manifest

extension SignatureBundle {
    /// The bundle in JSON, as version 0.3 whatever it was read from.
    public var json: [UInt8] { JSON.write(value) }

    /// The bundle as a tree.
    public var value: Value {
        var material: Object = [:]
        switch signer {
        case .certificate(let bytes): material["certificate"] = ["rawBytes": .string(Base64.encode(bytes))]
        case .publicKey(let hint): material["publicKey"] = ["hint": .string(hint)]
        }
        material["tlogEntries"] = .array(logEntries.map(\.bundleValue))
        if !timestamps.isEmpty {
            let items = timestamps.map { bytes -> Value in ["signedTimestamp": .string(Base64.encode(bytes))]
            }
            material["timestampVerificationData"] = ["rfc3161Timestamps": .array(items)]
        }
        var bundle: Object = [
            "mediaType": .string(Self.mediaType), "verificationMaterial": .object(material),
        ]
        switch content {
        case .message(let digest, let signature):
            var message: Object = [:]
            if let digest {
                message["messageDigest"] = [
                    "algorithm": .string(digest.algorithm), "digest": .string(Base64.encode(digest.digest)),
                ]
            }
            message["signature"] = .string(Base64.encode(signature))
            bundle["messageSignature"] = .object(message)
        case .envelope(let envelope):
            bundle["dsseEnvelope"] = envelope.value
        }
        return .object(bundle)
    }
}

extension LogEntry {
    /// The entry as a TransparencyLogEntry of the bundle's format: 64-bit numbers are strings.
    var bundleValue: Value {
        var entry: Object = [
            "logIndex": .string(String(logIndex)), "logId": ["keyId": .string(Base64.encode(logID))],
            "kindVersion": ["kind": .string(kind), "version": .string(version)],
        ]
        if integratedTime != 0 { entry["integratedTime"] = .string(String(integratedTime)) }
        if let signedEntryTimestamp {
            entry["inclusionPromise"] = ["signedEntryTimestamp": .string(Base64.encode(signedEntryTimestamp))]
        }
        if let proof = inclusionProof {
            entry["inclusionProof"] = [
                "logIndex": .string(String(proof.logIndex)),
                "rootHash": .string(Base64.encode(proof.rootHash)),
                "treeSize": .string(String(proof.treeSize)),
                "hashes": .array(proof.hashes.map { .string(Base64.encode($0)) }),
                "checkpoint": ["envelope": .string(proof.checkpoint)],
            ]
        }
        entry["canonicalizedBody"] = .string(Base64.encode(body))
        return .object(entry)
    }
}
