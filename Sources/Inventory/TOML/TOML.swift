import Manifest

/// Reading of TOML 1.0, as far as lock files use it.
///
/// Dates and times are read as their text; everything else has its type.
enum TOML {
    /// Reads a document.
    ///
    /// - Throws: `InventoryError` with code `syntax` and the line.
    static func parse(_ bytes: [UInt8]) throws(InventoryError) -> Value {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw InventoryError(.syntax, "the file is not UTF-8")
        }
        var reader = TOMLReader(bytes)
        return try reader.readDocument()
    }
}
