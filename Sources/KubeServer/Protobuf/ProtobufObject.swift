import KubeModel
import Manifest

/// Reads objects of built-in kinds from Kubernetes' protocol buffer encoding, which typed Go clients send.
///
/// The result is the object as Go would write it as JSON, but for zero values, which the server's own
/// normalisation leaves out as it does with those in JSON. Answers are never written in this encoding: clients
/// that send it accept JSON too.
struct ProtobufObject {
    static let mediaType = "application/vnd.kubernetes.protobuf"
    /// The four bytes every encoded object starts with.
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    /// Messages nest no deeper in any kind but those that contain themselves, which are not read.
    private static let depthLimit = 64

    /// The object that a body holds.
    ///
    /// - Throws: ``ProtobufReader/Malformed`` for anything else, unknown kinds among it.
    static func read(_ body: [UInt8]) throws(ProtobufReader.Malformed) -> Value {
        guard body.starts(with: magic) else { throw ProtobufReader.Malformed() }
        // runtime.Unknown: typeMeta = 1, raw = 2.
        var reader = ProtobufReader(body.dropFirst(magic.count))
        var (apiVersion, kind) = ("", "")
        var raw: ArraySlice<UInt8> = []
        while let field = try reader.next() {
            guard case .bytes(let bytes) = field.content else { continue }
            if field.number == 2 { raw = bytes }
            guard field.number == 1 else { continue }
            var typeReader = ProtobufReader(bytes)
            while let part = try typeReader.next() {
                guard case .bytes(let bytes) = part.content else { continue }
                let text = String(decoding: bytes, as: UTF8.self)
                if part.number == 1 { apiVersion = text } else if part.number == 2 { kind = text }
            }
        }
        let name = message(of: GroupVersionKind(apiVersion: apiVersion, kind: kind))
        guard ProtobufMessages.builtin[name] != nil else { throw ProtobufReader.Malformed() }
        var object: Object = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
        try readFields(of: name, from: raw, into: &object, depth: 0)
        return .object(object)
    }

    /// The name of a kind's message: the first part of its group, version and kind.
    private static func message(of kind: GroupVersionKind) -> String {
        let group = kind.group.prefix { $0 != "." }
        if kind.kind == "DeleteOptions" { return "meta.v1.DeleteOptions" }
        return "\(group.isEmpty ? "core" : group).\(kind.version).\(kind.kind)"
    }

    private static func readFields(
        of message: String, from bytes: ArraySlice<UInt8>, into object: inout Object, depth: Int
    ) throws(ProtobufReader.Malformed) {
        guard let fields = ProtobufMessages.builtin[message], depth < depthLimit else {
            throw ProtobufReader.Malformed()
        }
        var reader = ProtobufReader(bytes)
        while let (number, content) = try reader.next() {
            guard let field = fields[number] else { continue }
            switch field.shape {
            case .single:
                object[field.name] = try value(of: content, as: field.kind, depth: depth)
            case .list:
                let item = try value(of: content, as: field.kind, depth: depth)
                object[field.name] = .array((object[field.name]?.arrayValue ?? []) + [item])
            case .map:
                guard case .bytes(let entry) = content else { throw ProtobufReader.Malformed() }
                let pair = try mapEntry(entry, field.kind, depth: depth)
                object[field.name, default: .emptyObject][pair.key] = pair.value
            case .inline:
                guard case .message(let name) = field.kind, case .bytes(let inner) = content else {
                    throw ProtobufReader.Malformed()
                }
                try readFields(of: name, from: inner, into: &object, depth: depth + 1)
            }
        }
    }

    private static func mapEntry(
        _ bytes: ArraySlice<UInt8>, _ kind: ProtobufMessages.Kind, depth: Int
    ) throws(ProtobufReader.Malformed) -> (key: String, value: Value) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var found: Value?
        while let (number, content) = try reader.next() {
            if number == 1, case .bytes(let text) = content {
                key = String(decoding: text, as: UTF8.self)
            } else if number == 2 {
                found = try value(of: content, as: kind, depth: depth)
            }
        }
        return (key, found ?? (kind == .text || kind == .bytes ? "" : .emptyObject))
    }

    private static func value(
        of content: ProtobufReader.Content, as kind: ProtobufMessages.Kind, depth: Int
    ) throws(ProtobufReader.Malformed) -> Value {
        switch (kind, content) {
        case (.text, .bytes(let bytes)): return .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes, .bytes(let bytes)): return .string(Base64.encode(bytes))
        case (.integer, .varint(let bits)): return .integer(Int64(bitPattern: bits))
        case (.flag, .varint(let bits)): return .bool(bits != 0)
        case (.double, .fixed64(let bits)):
            let number = Double(bitPattern: bits)
            guard number.isFinite else { throw ProtobufReader.Malformed() }
            return .double(Real(number))
        case (.message(let name), .bytes(let bytes)):
            if let value = try special(name, bytes) { return value }
            var object = Object()
            try readFields(of: name, from: bytes, into: &object, depth: depth + 1)
            return .object(object)
        default: throw ProtobufReader.Malformed()
        }
    }
}
