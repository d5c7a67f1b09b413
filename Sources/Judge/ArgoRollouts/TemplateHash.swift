/// The hashes by which Argo Rollouts names pod templates and tells changed steps.
public enum TemplateHash {
    /// The hash of a template or of steps in the spelling of Go's JSON encoder.
    ///
    /// FNV-1a of 32 bits, in decimal, in letters and digits that spell no words.
    ///
    /// - Parameter collisions: How often the hash has collided; nil differs from 0.
    public static func hash(_ json: some Sequence<UInt8>, collisions: Int32? = nil) -> String {
        var hash: UInt32 = 2_166_136_261
        func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for byte in json { add(byte) }
        if let collisions {
            // Eight bytes, of which Go's code fills four.
            let bits = UInt64(UInt32(bitPattern: collisions))
            for shift in stride(from: 0, to: 64, by: 8) {
                add(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
            }
        }
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        let letters = String(hash).utf8.map { alphabet[Int($0) % alphabet.count] }
        return String(decoding: letters, as: UTF8.self)
    }
}
