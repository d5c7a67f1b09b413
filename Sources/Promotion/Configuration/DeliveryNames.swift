import KubeModel
import Manifest

/// What the names of a delivery must keep to: namespaces, Applications and labels are called by them.
enum DeliveryNames {
    /// The most letters that the name of a namespace, or a label, can have.
    static let limit = 63
    /// What a name that does not keep to it is told.
    static let rule =
        "must be lower-case letters, digits and dashes, at most \(limit), with a letter or digit at both ends"

    /// Whether a text can name a namespace: a label as RFC 1123 has them.
    static func isLabel(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= limit else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }
        return isLetter(first) && isLetter(last) && bytes.allSatisfy { isLetter($0) || $0 == 0x2d }
    }

    /// What is wrong with the name of a service, which is that of its folder.
    static func faults(of service: String) -> [DeliveryRules.Fault] {
        guard !isLabel(service) else { return [] }
        let name: [YAMLPath.Step] = [.key("metadata"), .key("name")]
        guard !service.isEmpty else {
            return [.init(path: name, message: "is required: the service's name, as its folder is called")]
        }
        let advice = label(like: service).map { ", to \"\($0)\" for example" } ?? ""
        return [
            .init(path: name, message: "\"\(service)\" \(rule); rename the service's folder\(advice)")
        ]
    }

    /// What is wrong with what an environment is called together with its service, where both names are good.
    static func faults(
        of environment: DeliverySpec.Environment, _ conventions: DeliveryConventions,
        _ path: [YAMLPath.Step]
    ) -> [DeliveryRules.Fault] {
        guard isLabel(conventions.service), isLabel(environment.name) else { return [] }
        var missing: [String] = []
        if environment.namespace == nil { missing.append("namespace") }
        if environment.application == nil { missing.append("application") }
        let name = "\(conventions.service)-\(environment.name)"
        let count = name.utf8.count
        guard !missing.isEmpty, count > limit else { return [] }
        let fields = missing.map { "`\($0)`" }.joined(separator: " and ")
        return [
            .init(
                path: path + [.key("name")],
                message:
                    "\"\(name)\" has \(count) letters, where the environment's namespace and Application can have "
                    + "\(limit); shorten the name of the service or of the environment, or give it \(fields)")
        ]
    }

    /// A name that could be taken instead; nil where nothing is left of it.
    private static func label(like text: String) -> String? {
        var words: [String] = [""]
        for byte in text.lowercased().utf8.prefix(limit) {
            let letter = Character(Unicode.Scalar(byte))
            if isLabel(String(letter)) {
                words[words.count - 1].append(letter)
            } else if words.last?.isEmpty == false {
                words.append("")
            }
        }
        let name = words.filter { !$0.isEmpty }.joined(separator: "-")
        return isLabel(name) ? name : nil
    }
}
