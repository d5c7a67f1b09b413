import Manifest

/// Reads a configuration file, telling every fault with its line.
struct SettingsReader {
    private let file: String
    private(set) var faults: [String] = []

    init(file: String) { self.file = file }

    mutating func report(_ node: YAMLNode, _ message: String) {
        let position = node.position
        faults.append("\(file):\(position.line):\(position.column): \(message)")
    }

    /// The entries of a mapping whose keys are all known.
    mutating func entries(_ node: YAMLNode, _ place: String, _ known: [String]) -> [String: YAMLNode] {
        let node = node.target
        if node.isEmpty || (node.kind == .scalar && node.scalarText.isEmpty) { return [:] }
        guard node.kind == .mapping else {
            report(node, "\(place) must be a mapping of settings")
            return [:]
        }
        var found: [String: YAMLNode] = [:]
        for (key, value) in node.entries {
            let name = key.target.scalarText
            guard known.contains(name) else {
                let like = known.min { Self.distance($0, name) < Self.distance($1, name) }
                let hint = like.flatMap { Self.distance($0, name) <= 2 ? "; did you mean \($0)?" : nil }
                report(
                    key,
                    "there is no setting \(name) in \(place)"
                        + (hint ?? "; known are \(known.joined(separator: ", "))"))
                continue
            }
            if found[name] != nil { report(key, "\(name) is said twice") }
            found[name] = value.target
        }
        return found
    }

    /// A text that is not empty.
    mutating func text(_ node: YAMLNode?, _ name: String, into target: inout String) {
        guard let node else { return }
        guard node.kind == .scalar, !node.scalarText.isEmpty else {
            return report(node, "\(name) must be a text")
        }
        target = node.scalarText
    }

    mutating func endpoint(_ node: YAMLNode?, _ name: String, into target: inout Endpoint) {
        guard let node else { return }
        guard node.kind == .scalar, let endpoint = Endpoint(node.scalarText) else {
            return report(node, "\(name) must be an address with a port, such as 127.0.0.1:8080")
        }
        target = endpoint
    }

    mutating func flag(_ node: YAMLNode?, _ name: String, into target: inout Bool) {
        guard let node else { return }
        guard node.kind == .scalar, node.style == .plain, let flag = Bool(node.scalarText) else {
            return report(node, "\(name) must be true or false")
        }
        target = flag
    }

    mutating func number(_ node: YAMLNode?, _ name: String, _ range: ClosedRange<Int>, into target: inout Int)
    {
        guard let node else { return }
        guard node.kind == .scalar, let number = Int(node.scalarText), range.contains(number) else {
            return report(
                node, "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        target = number
    }

    /// How many letters lie between two words (Levenshtein).
    private static func distance(_ one: String, _ other: String) -> Int {
        let (left, right) = (Array(one), Array(other))
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var corner = row[0]
            row[0] = index + 1
            for place in right.indices {
                let change = corner + (letter == right[place] ? 0 : 1)
                corner = row[place + 1]
                row[place + 1] = min(change, corner + 1, row[place] + 1)
            }
        }
        return row[right.count]
    }
}
