import KubeModel
public import Manifest

/// Hides the values of secrets so that changes still show.
///
/// Equal values become equally many plus signs, different values different numbers of them, in all versions of an
/// object that are masked together. Argo CD's rule (`HideSecretData`).
public struct SecretMask: Sendable {
    private static let fields = ["data", "stringData"]
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    private var replacements: [Value: String] = [:]

    /// A mask for the versions of one secret.
    public init() {}

    /// Masks several versions of an object, which stay as they are where they are no secrets.
    public static func masked(_ versions: Value?...) -> [Value?] {
        var mask = SecretMask()
        return versions.map { version in version.map { mask.masked($0) } }
    }

    /// Masks one version.
    public mutating func masked(_ object: Value) -> Value {
        guard object.kind == "Secret", object.apiVersion == "v1" else { return object }
        var object = object
        for field in Self.fields {
            guard let pairs = object[field]?.objectValue else { continue }
            var hidden = Object()
            for pair in pairs { hidden[pair.key] = .string(replacement(for: pair.value)) }
            object[field] = .object(hidden)
        }
        if let text = object.metadata.annotations[Self.lastApplied] {
            let inner = (try? JSON.parse(text)).map { masked($0) }
            object.metadata.annotations[Self.lastApplied] = inner.map { JSON.string($0) } ?? "++++++++"
        }
        return object
    }

    private mutating func replacement(for value: Value) -> String {
        if let known = replacements[value] { return known }
        let text = String(repeating: "+", count: 8 + replacements.count)
        replacements[value] = text
        return text
    }
}

/// What must not be seen of an object in texts that others write about it, such as a server's refusal.
struct SecretWords {
    private let words: [String]

    /// The values of a secret, as they stand in it and decoded; nothing for other objects.
    init(_ object: Value) {
        guard object.kind == "Secret", object.apiVersion == "v1" else {
            words = []
            return
        }
        var words: Set<String> = []
        for field in ["data", "stringData"] {
            for pair in object[field]?.objectValue ?? [:] {
                let text = pair.value.stringValue ?? JSON.string(pair.value)
                words.insert(text)
                words.formUnion(Self.lines(text))
                if let bytes = try? Base64.decodeAsGo(text) {
                    let decoded = String(decoding: bytes, as: UTF8.self)
                    words.insert(decoded)
                    words.formUnion(Self.lines(decoded))
                }
            }
        }
        // The longest first, as one may be part of another. One or two letters stand in every text.
        self.words = words.filter { $0.count > 2 }.sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// The lines of a value, as a refusal may quote one of them.
    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(String.init)
    }

    /// A text without the values.
    func masked(_ text: String) -> String {
        words.reduce(text) { $0.replacing($1, with: "++++++++") }
    }
}
