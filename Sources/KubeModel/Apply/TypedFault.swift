import Manifest

/// Why a value does not fit its schema, in the words of structured-merge-diff.
struct TypedFault: Error {
    /// Each fault with the path it was found at.
    private(set) var faults: [(path: String, message: String)]

    init(_ message: String) { faults = [("", message)] }

    private init(faults: [(path: String, message: String)]) { self.faults = faults }

    /// The faults as found one step further up.
    func below(_ element: PathElement) -> TypedFault {
        TypedFault(faults: faults.map { (element.description + $0.path, $0.message) })
    }

    /// Both sides' faults, in order.
    static func + (left: TypedFault?, right: TypedFault) -> TypedFault {
        TypedFault(faults: (left?.faults ?? []) + right.faults)
    }
}

extension TypedFault: CustomStringConvertible {
    /// One fault on its line, several under a heading.
    var description: String {
        let lines = faults.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
        if lines.count == 1 { return lines[0] }
        return (["errors:"] + lines.map { "  " + $0 }).joined(separator: "\n")
    }
}
