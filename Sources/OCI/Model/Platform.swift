public import Manifest

/// The operating system and processor an image is for, in the words of Go's `GOOS` and `GOARCH`.
public struct Platform: Sendable, Hashable, CustomStringConvertible {
    /// In Go's words: `linux`.
    public var os: String
    /// In Go's words: `amd64`, `arm64`.
    public var architecture: String
    /// The processor's variant, such as `v8`.
    public var variant: String?
    /// For Windows, which demands that versions agree.
    public var osVersion: String?
    /// For Windows.
    public var osFeatures: [String]

    /// Go's names: `linux`, `arm64`, `v8`.
    public init(
        os: String, architecture: String, variant: String? = nil, osVersion: String? = nil,
        osFeatures: [String] = []
    ) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
        self.osVersion = osVersion
        self.osFeatures = osFeatures
    }

    /// Reads `OS/ARCHITECTURE[/VARIANT]`.
    ///
    /// - Throws: ``OCIError`` with code `invalidReference`.
    public init(parsing text: String) throws(OCIError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw OCIError(.invalidReference, "'\(text)' is no platform; write linux/amd64 or linux/arm64/v8")
        }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// The platform this program was compiled for.
    public static var current: Platform {
        #if arch(x86_64)
        Platform(os: "linux", architecture: "amd64")
        #elseif arch(arm64)
        Platform(os: "linux", architecture: "arm64")
        #else
        Platform(os: "linux", architecture: "unknown")
        #endif
    }

    /// Whether an image for `other` runs here: equal system and processor, and the same variant where both have one.
    ///
    /// `arm64` and `arm64/v8` are the same.
    public func accepts(_ other: Platform) -> Bool {
        guard os == other.os, architecture == other.architecture else { return false }
        guard let mine = normalVariant, let its = other.normalVariant else { return true }
        return mine == its
    }

    private var normalVariant: String? { architecture == "arm64" && variant == "v8" ? nil : variant }

    /// `OS/ARCHITECTURE[/VARIANT]`, which reads back as itself.
    public var description: String { "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") }
}

extension Platform {
    init(_ fields: DocumentFields) throws(OCIError) {
        self.init(
            os: try fields.string("os"), architecture: try fields.string("architecture"),
            variant: try fields.optionalString("variant"), osVersion: try fields.optionalString("os.version"),
            osFeatures: try fields.strings("os.features"))
    }

    /// The platform as a descriptor holds it.
    public var value: Value {
        var object = Object()
        object["architecture"] = .string(architecture)
        object["os"] = .string(os)
        if let osVersion { object["os.version"] = .string(osVersion) }
        if !osFeatures.isEmpty { object["os.features"] = .array(osFeatures.map { .string($0) }) }
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }
}
