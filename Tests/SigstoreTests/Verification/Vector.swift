import FoundationEssentials
import Manifest
import Sigstore
import Testing

/// A recorded signature with the verdict that it must get.
struct Vector: Sendable, CustomTestStringConvertible {
    let folder: String
    let description: Value

    var testDescription: String { folder.split(separator: "/").suffix(2).joined(separator: "/") }
    var isAccepted: Bool { description["expected"]?.stringValue == "accept" }

    static var root: String {
        String(
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
                separator: "/"))
            + "/Vectors"
    }

    /// Every folder of a kind that holds a description.
    static func all(_ kind: String, description name: String = "vector.json") -> [Vector] {
        let folder = "\(root)/\(kind)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { item in
            guard let bytes = try? Data(contentsOf: URL(filePath: "\(folder)/\(item)/\(name)")),
                let value = try? JSON.parse([UInt8](bytes))
            else { return nil }
            return Vector(folder: "\(folder)/\(item)", description: value)
        }
    }

    func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    func trustedRoot() throws -> TrustedRoot { try TrustedRoot(json: file("trusted_root.json")) }

    /// Who must have signed; regular expressions search, as the verifiers that were asked do.
    func policy() throws -> IdentityPolicy {
        func pattern(_ key: String) throws -> IdentityPolicy.Pattern {
            if let expression = description["\(key)_regexp"]?.stringValue {
                return try .searching(expression)
            }
            return .exact(try #require(description[key]?.stringValue))
        }
        return IdentityPolicy(identity: try pattern("identity"), issuer: try pattern("issuer"))
    }
}
