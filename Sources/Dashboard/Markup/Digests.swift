import Crypto

/// Short digests, by which equal texts are known.
enum Digests {
    static func short(_ text: String) -> String {
        Base64Text.urlSafe(Array(SHA256.hash(data: Array(text.utf8)).prefix(12)))
    }
}
