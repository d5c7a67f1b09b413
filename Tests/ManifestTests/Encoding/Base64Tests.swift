import Manifest
import TestSupport
import Testing

@Suite struct Base64Tests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the examples of the standard`(text: String, encoded: String) throws {
        #expect(Base64.encode(text.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        let bare = encoded.replacing("=", with: "")
        #expect(Base64.encodeURLSafe(text.utf8) == bare)
        #expect(Base64.decodeURLSafe(bare) == Array(text.utf8))
        #expect(Base64.decode(bare, padding: .optional) == Array(text.utf8))
        #expect(Base64.decodedCount(encoded) == text.utf8.count)
        #expect(try Base64.decodeAsGo(encoded) == Array(text.utf8))
    }

    @Test func `the alphabets differ in two characters`() {
        #expect(Base64.encode([0xfb, 0xff]) == "+/8=")
        #expect(Base64.encodeURLSafe([0xfb, 0xff]) == "-_8")
        #expect(Base64.decode("-_8=") == nil)
        #expect(Base64.decodeURLSafe("+/8") == nil)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "Z", "=", "====", "Zg==Zg==", "Zg==\n", "Zm\n9v", "Zm9v ", "Zm9!",
        "Zé==",
        "Zg===",
    ])
    func `strict readers refuse every other spelling`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `padding is as the caller wants it`() {
        #expect(Base64.decode("Zg=", padding: .optional) == nil)
        #expect(Base64.decode("Zg==", padding: .forbidden) == nil)
        #expect(Base64.decode("Zg", padding: .forbidden) == [0x66])
        #expect(Base64.decodeURLSafe("Zg==") == [0x66])
        #expect(Base64.decodeURLSafe("Zg==", padding: .forbidden) == nil)
        #expect(Base64.decodeURLSafe("Zh") == nil)
        #expect(Base64.decodeURLSafe("Zh", isStrict: false) == [0x66])
    }

    @Test(arguments: [
        ("Zm9v\r\nYmFy", nil as Int?), ("Zh==", nil), ("Zg=\n=", nil), ("Zg", 2), ("Zm9!", 3), ("=Zm9", 0),
        ("Zg==Zg==", 4), ("Zg=Z", 3), ("Zm9v=", 4), ("Zm9vY", 5),
    ])
    func `Go's reader passes over line breaks and says where it gives up`(text: String, offset: Int?) {
        do throws(Base64.IllegalByte) {
            _ = try Base64.decodeAsGo(text)
            #expect(offset == nil, "\(text)")
        } catch {
            #expect(error.offset == offset, "\(text)")
        }
    }

    @Test func `what is written is read back, whatever it is`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let count = Int.random(in: 0..<200, using: &generator)
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed)")
            #expect(Base64.decodeURLSafe(Base64.encodeURLSafe(bytes)) == bytes, "seed \(seed)")
            #expect(try Base64.decodeAsGo(Base64.encode(bytes)) == bytes, "seed \(seed)")
            // One character changed is another value or none, never the same.
            guard count > 0 else { continue }
            var text = Array(Base64.encode(bytes).utf8)
            let place = Int.random(in: text.indices, using: &generator)
            text[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let changed = String(decoding: text, as: UTF8.self)
            #expect(Base64.decode(changed) != bytes, "seed \(seed)")
        }
    }
}
