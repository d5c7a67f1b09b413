import Manifest

enum JSONDocument {
    /// Reads a JSON file; faults carry the line.
    static func parse(_ bytes: [UInt8]) throws(InventoryError) -> Value {
        do throws(ManifestError) {
            return try JSON.parse(bytes)
        } catch {
            throw InventoryError(.syntax, error.message, line: error.position?.line)
        }
    }
}
