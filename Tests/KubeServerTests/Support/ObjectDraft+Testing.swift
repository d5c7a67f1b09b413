import KubeServer
import Testing

extension ObjectDraft {
    /// A ConfigMap with one number in it.
    static func counter(_ name: String, _ count: Int, labels: String = "") throws -> ObjectDraft {
        let labelled = labels.isEmpty ? "" : ",\"labels\":{\(labels)}"
        let json = """
            {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\(name)","namespace":"ns",\
            "resourceVersion":""\(labelled)},"data":{"count":"\(count)"}}
            """
        return try #require(ObjectDraft(bytes: Array(json.utf8)))
    }
}

extension StoredObject {
    /// The number that ``ObjectDraft/counter(_:_:labels:)`` put in.
    var count: Int? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.range(of: "\"count\":\"") else { return nil }
        return Int(text[start.upperBound...].prefix { $0.isNumber })
    }
}

extension String {
    /// The first place a text stands in this one.
    func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
