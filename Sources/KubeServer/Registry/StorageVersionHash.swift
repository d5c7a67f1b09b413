import Crypto
import KubeModel
import Manifest

/// The hash by which discovery shows which kind objects are kept as.
enum StorageVersionHash {
    /// The first eight bytes of the SHA-256 of `group/version/kind`, in Base64.
    static func hash(of kind: GroupVersionKind) -> String {
        let digest = SHA256.hash(data: Array("\(kind.group)/\(kind.version)/\(kind.kind)".utf8))
        return Base64.encode(Array(digest).prefix(8))
    }
}
