public import KubeModel
import Manifest

/// Reads `services/<service>/delivery.yaml`: strictly, with the place of every fault.
public struct DeliveryFile: Sendable {
    /// The service's name.
    public let name: String
    /// What the file says.
    public let spec: DeliverySpec

    /// A fault, as `services/orders/delivery.yaml:12:7: message`.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// The faults of the file, a line each.
        public let description: String
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the file's path, by which messages call it.
    ///   - folder: the name of the folder that it lies in, which is the service's; nil for the last one of the path. Of a
    ///     file without a folder the service is called as the file says.
    /// - Throws: ``PromotionError`` with code `invalid`, all faults in one message, a line each.
    public init(_ bytes: [UInt8], path: String, folder: String? = nil) throws(PromotionError) {
        let stream: YAMLStream
        do throws(ManifestError) {
            stream = try YAMLStream(bytes, file: path, limits: .init(depth: 32, bytes: 1 << 20))
        } catch {
            throw PromotionError(.invalid, error.description)
        }
        guard stream.documents.count == 1, let document = stream.documents.first else {
            throw PromotionError(
                .invalid, "\(path): holds \(stream.documents.count) documents; it must be one Delivery")
        }
        let value: Value
        do throws(ManifestError) {
            value = try document.value()
        } catch {
            throw PromotionError(.invalid, error.description)
        }
        let folder = folder ?? path.split(separator: "/").dropLast().last.map(String.init)
        let service = folder ?? value["metadata", "name"]?.stringValue ?? ""
        var check = DeliveryCheck(file: path, document: document)
        check.frame(value, service: service)
        if check.faults.isEmpty { check.shape(value["spec"] ?? .emptyObject) }
        guard check.faults.isEmpty else { throw check.error }
        let spec: DeliverySpec
        do throws(ManifestError) {
            spec = try ValueDecoder().decode(DeliverySpec.self, from: value["spec"] ?? .emptyObject)
        } catch {
            throw PromotionError(.invalid, "\(path): \(error.message)")
        }
        for fault in DeliveryRules.faults(of: spec, service: service) {
            check.add(fault.message, at: fault.path)
        }
        guard check.faults.isEmpty else { throw check.error }
        name = service
        self.spec = spec
    }
}

/// Collects the faults of a delivery file with their places.
private struct DeliveryCheck {
    let file: String
    let document: YAMLDocument
    private(set) var faults: [(line: Int, text: String)] = []

    init(file: String, document: YAMLDocument) {
        self.file = file
        self.document = document
    }

    var error: PromotionError {
        let lines = faults.sorted { ($0.line, $0.text) < ($1.line, $1.text) }.map(\.text)
        return PromotionError(.invalid, lines.joined(separator: "\n"))
    }

    /// Notes a fault at the node of a path or, where there is none, at the nearest one above it.
    mutating func add(_ message: String, at path: [YAMLPath.Step]) {
        var steps = path
        var node = document.root
        while true {
            if let found = try? document.node(at: YAMLPath(steps: steps)) {
                node = found
                break
            }
            if steps.isEmpty { break }
            steps.removeLast()
        }
        let place = node.position
        let name = YAMLPath(steps: path).description
        let lead = path.isEmpty ? "" : "\(name.hasPrefix(".") ? String(name.dropFirst()) : name): "
        faults.append((place.line, "\(file):\(place.line):\(place.column): \(lead)\(message)"))
    }

    /// What stands around the spec.
    mutating func frame(_ value: Value, service: String) {
        guard value.objectValue != nil else { return add("must be a Delivery", at: []) }
        expect(value.apiVersion, "slipway.dev/v1alpha1", at: "apiVersion")
        expect(value.kind, "Delivery", at: "kind")
        keys(of: value, ["apiVersion", "kind", "metadata", "spec"], at: [])
        keys(of: value["metadata"], ["name", "labels", "annotations"], at: [.key("metadata")])
        // Of a folder that no service can be called as, its own name is the fault.
        if let name = value["metadata", "name"]?.stringValue, name != service, DeliveryNames.isLabel(service)
        {
            add("must be \"\(service)\", as the folder is called", at: [.key("metadata"), .key("name")])
        }
        guard value["spec"]?.objectValue != nil else {
            return add("is required: the environments in their order", at: [.key("spec")])
        }
    }

    private mutating func expect(_ text: String, _ expected: String, at key: String) {
        if text != expected {
            add(
                text.isEmpty ? "is required: \(expected)" : "must be \(expected), not \"\(text)\"",
                at: [.key(key)])
        }
    }

    private mutating func keys(of value: Value?, _ known: [String], at path: [YAMLPath.Step]) {
        for pair in value?.objectValue ?? [:] where !known.contains(pair.key) {
            let distances = known.map { Self.distance($0.lowercased(), pair.key.lowercased()) }
            let best = distances.min().flatMap { least in distances.firstIndex(of: least) } ?? 0
            let near = distances[best] <= 2 ? known[best] : nil
            let hint =
                near.map { "; did you mean \"\($0)\"?" } ?? "; there are \(known.joined(separator: ", "))"
            add("is no field\(hint)", at: path + [.key(pair.key)])
        }
    }

    /// Letters to insert, remove or replace.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for place in left.indices {
            var next = [place + 1]
            for other in right.indices {
                let same = row[other] + (left[place] == right[other] ? 0 : 1)
                next.append(min(same, row[other + 1] + 1, next[other] + 1))
            }
            row = next
        }
        return row[right.count]
    }

    // MARK: Fields

    private enum Shape { case text, flag, count, texts }

    /// That every field is one there is, and of its kind.
    mutating func shape(_ spec: Value) {
        let path: [YAMLPath.Step] = [.key("spec")]
        fields(
            of: spec, ["repository": .text, "image": .text, "stopTheLine": .text],
            others: ["environments", "freeze"], at: path)
        freezes(spec["freeze"], at: path + [.key("freeze")])
        guard let environments = spec["environments"] else {
            return add("is required", at: path + [.key("environments")])
        }
        guard let items = environments.arrayValue else {
            return add("must be a list", at: path + [.key("environments")])
        }
        for (index, item) in items.enumerated() {
            let place = path + [.key("environments"), .index(index)]
            guard item.objectValue != nil else {
                add("must be a mapping with a name", at: place)
                continue
            }
            fields(
                of: item,
                [
                    "name": .text, "production": .flag, "approvals": .count, "soak": .text, "holds": .flag,
                    "path": .text, "field": .text, "value": .text, "namespace": .text, "application": .text,
                    "pullRequest": .flag,
                ], others: ["smoke", "freeze"], at: place)
            if item["name"] == nil { add("is required", at: place + [.key("name")]) }
            freezes(item["freeze"], at: place + [.key("freeze")])
            guard let smoke = item["smoke"] else { continue }
            guard smoke.objectValue != nil else {
                add("must be a mapping with `command` or `job`", at: place + [.key("smoke")])
                continue
            }
            fields(
                of: smoke, ["job": .text, "image": .text, "timeout": .text, "command": .texts], others: [],
                at: place + [.key("smoke")])
        }
    }

    private mutating func freezes(_ value: Value?, at path: [YAMLPath.Step]) {
        guard let value else { return }
        guard let items = value.arrayValue else { return add("must be a list", at: path) }
        for (index, item) in items.enumerated() {
            let place = path + [.index(index)]
            guard item.objectValue != nil else {
                add("must be a mapping with `until` or `days`", at: place)
                continue
            }
            fields(
                of: item, ["from": .text, "until": .text, "zone": .text, "reason": .text, "days": .texts],
                others: [], at: place)
        }
    }

    private mutating func fields(
        of value: Value, _ shapes: KeyValuePairs<String, Shape>, others: [String], at path: [YAMLPath.Step]
    ) {
        keys(of: value, shapes.map(\.key) + others, at: path)
        for (key, shape) in shapes {
            guard let field = value[key] else { continue }
            let place = path + [.key(key)]
            switch shape {
            case .text where field.stringValue == nil:
                add("must be a text, not \(field.kindDescription); put it in quotes", at: place)
            case .text where field.stringValue == "": add("must not be empty", at: place)
            case .flag where field.boolValue == nil: add("must be true or false", at: place)
            case .count where field.integerValue == nil: add("must be a whole number", at: place)
            case .texts where field.arrayValue?.contains(where: { $0.stringValue == nil }) ?? true:
                add("must be a list of texts", at: place)
            default: break
            }
        }
    }
}
