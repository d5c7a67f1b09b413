import KubeModel

/// Reads typed query parameters, failing with the texts of Go's `strconv`.
struct QueryDecoder {
    let parameters: [APIRequest.Parameter]

    /// The first value of a parameter; empty where it is missing.
    func text(_ name: String) -> String { first(name) ?? "" }

    /// All values of a parameter that may be repeated.
    func texts(_ name: String) -> [String] {
        parameters.lazy.filter { $0.name == name }.map(\.value)
    }

    /// A flag, nil where the parameter is missing.
    func flag(_ name: String) -> Bool? { first(name).map(Self.boolean) }

    /// A 64-bit integer, nil where the parameter is missing.
    ///
    /// - Throws: `badRequest` where it is no number or none of 64 bits.
    func integer(_ name: String) throws(APIError) -> Int64? {
        guard let text = first(name) else { return nil }
        return try Self.integer(text)
    }

    private func first(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// Only an absent parameter, `false` and `0` are false; an empty one is true.
    static func boolean(_ text: String) -> Bool {
        !(text == "0" || text.lowercased() == "false")
    }

    private static func integer(_ text: String) throws(APIError) -> Int64 {
        if let number = Int64(text) { return number }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let isNumber =
            !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        throw .badRequest(
            "strconv.ParseInt: parsing \(GoFormat.quoted(text)): "
                + (isNumber ? "value out of range" : "invalid syntax"))
    }
}
