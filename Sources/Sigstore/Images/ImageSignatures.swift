import Manifest
public import OCI

/// The signatures and statements that lie beside an image in its registry, in both layouts.
///
/// A registry that cannot be read is an error and never "unsigned": whoever decides over an image must be able to
/// tell the two apart.
public struct ImageSignatures: Sendable {
    let client: RegistryClient

    /// More referrers than an image has by rights; beyond it reading stops.
    public static let maximumReferrers = 256
    /// More signatures than the tag of an image ever holds.
    static let maximumLayers = 1000

    /// Reads and writes with a client.
    public init(_ client: RegistryClient) { self.client = client }

    /// Everything that says it is a signature of a manifest.
    ///
    /// What cannot be read is among it with its reason. A referrer's own media type says nothing (registries list
    /// several), so each is opened and its layer decides.
    ///
    /// - Parameter reference: the repository.
    /// - Throws: `OCIError` where the registry does not answer as it should; `SigstoreError` with code `tooLarge`.
    public func all(of digest: Digest, in reference: Reference) async throws -> [StoredSignature] {
        try await bundles(of: digest, in: reference) + legacy(of: digest, in: reference)
    }

    private func bundles(of digest: Digest, in reference: Reference) async throws -> [StoredSignature] {
        let referrers = try await client.referrers(of: digest, in: reference)
        guard referrers.count <= Self.maximumReferrers else {
            throw SigstoreError(
                .tooLarge,
                "\(digest) has \(referrers.count) referrers, more than \(Self.maximumReferrers) are read")
        }
        var found: [StoredSignature] = []
        for referrer in referrers {
            let document = try await client.manifest(reference.with(referrer.digest))
            guard case .image(let manifest) = document.content, let layer = manifest.layers.first,
                layer.mediaType.rawValue.hasPrefix(SignatureBundle.mediaTypePrefix)
            else { continue }
            let name = referrer.digest.description
            guard manifest.subject?.digest == digest, manifest.layers.count == 1 else {
                let reason = SigstoreError(.malformed, "it has another subject, or several layers")
                found.append(StoredSignature(name: name, content: .unreadable(reason)))
                continue
            }
            let bytes = try await client.blob(
                layer.digest, in: reference, limit: SignatureBundle.maximumBytes)
            do throws(SigstoreError) {
                found.append(StoredSignature(name: name, content: .bundle(try SignatureBundle(json: bytes))))
            } catch {
                found.append(StoredSignature(name: name, content: .unreadable(error)))
            }
        }
        return found
    }

    /// The tag of the layout of cosign 1 and 2, `sha256-….sig`.
    public static func legacyTag(of digest: Digest) -> String {
        "\(digest.algorithm.rawValue)-\(digest.hex).sig"
    }

    private func legacy(of digest: Digest, in reference: Reference) async throws -> [StoredSignature] {
        let tag = try reference.with(tag: Self.legacyTag(of: digest))
        guard let document = try await client.manifestIfPresent(tag) else { return [] }
        let manifest = try document.image()
        guard manifest.layers.count <= Self.maximumLayers else {
            throw SigstoreError(
                .tooLarge,
                "\(tag) has \(manifest.layers.count) signatures, more than \(Self.maximumLayers) are read")
        }
        var found: [StoredSignature] = []
        for (index, layer) in manifest.layers.enumerated() {
            let name = "\(Self.legacyTag(of: digest)) layer \(index + 1)"
            guard layer.mediaType.rawValue == LegacySignature.mediaType else {
                let reason = SigstoreError(.unsupported, "the layer is a \(layer.mediaType), not a signature")
                found.append(StoredSignature(name: name, content: .unreadable(reason)))
                continue
            }
            let payload = try await client.blob(layer.digest, in: reference, limit: 1 << 20)
            do throws(SigstoreError) {
                let signature = try LegacySignature(payload: payload, annotations: layer.annotations)
                found.append(StoredSignature(name: name, content: .legacy(signature)))
            } catch {
                found.append(StoredSignature(name: name, content: .unreadable(error)))
            }
        }
        return found
    }
}
