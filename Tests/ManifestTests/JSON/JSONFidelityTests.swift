import Manifest
import TestSupport
import Testing

/// What must survive reading and writing, and what strictness changes.
@Suite struct JSONFidelityTests {
    @Test(arguments: [
        "1.50", "1e3", "1E+02", "-0", "-0.0", "18446744073709551615", "9223372036854775808", "0.1", "1e-7",
        "100.0",
        "9223372036854775807", "-9223372036854775808", "3.141592653589793238462643383279",
    ])
    func `numbers are written as they were spelled`(text: String) throws {
        #expect(JSON.string(try JSON.parse(text)) == text)
    }

    @Test func `64-bit integers are exact`() throws {
        #expect(try JSON.parse("[9007199254740993]")[0] == .integer(9_007_199_254_740_993))
        #expect(try JSON.parse("18446744073709551615") != JSON.parse("18446744073709551614"))
        #expect(try JSON.parse("1.0") == JSON.parse("1.00"))
    }

    @Test func `keys keep their order, on one line or many`() throws {
        let text = #"{"z":1,"a":{"y":[],"b":{}},"m":[1,"é\n\u0001"]}"#
        let value = try JSON.parse(text)
        #expect(JSON.string(value) == text)
        #expect(
            JSON.string(value, options: JSON.WriteOptions(indentation: 2, sortsKeys: true)) == """
                {
                  "a": {
                    "b": {},
                    "y": []
                  },
                  "m": [
                    1,
                    "é\\n\\u0001"
                  ],
                  "z": 1
                }
                """)
    }

    @Test func `lone surrogates become the replacement character, or an error`() throws {
        #expect(try JSON.parse(#""a\uD800b""#) == "a\u{FFFD}b")
        #expect(try JSON.parse(#""\uDC00\uD800""#) == "\u{FFFD}\u{FFFD}")
        let error = try #require(throws: ManifestError.self) {
            try JSON.parse(#"["\uD800"]"#, options: JSON.ReadOptions(strict: true))
        }
        #expect(error.code == .encoding)
        #expect(error.position?.column == 3)
    }

    @Test func `of duplicate keys the last wins, or they are an error`() throws {
        let text = #"{"a":{"list":[0,{"x":1,"y":2,"x":3}]},"b":1,"b":2}"#
        var duplicates: [String] = []
        let value = try JSON.parse([UInt8](text.utf8), options: JSON.ReadOptions(), duplicates: &duplicates)
        #expect(duplicates == ["a.list[1].x", "b"])
        #expect(JSON.string(value) == #"{"a":{"list":[0,{"x":3,"y":2}]},"b":2}"#)
        let error = try #require(throws: ManifestError.self) {
            try JSON.parse(text, options: JSON.ReadOptions(strict: true))
        }
        #expect(error.code == .duplicateKey)
    }

    @Test func `a large object is neither slow nor wrong`() throws {
        let count = 100_000
        var text = "{"
        for index in 0..<count { text += "\(index > 0 ? "," : "")\"key-\(index)\":\(index)" }
        text += "}"
        var object = try #require(try JSON.parse(text).objectValue)
        #expect(object.count == count)
        #expect(object["key-77777"] == 77_777)
        object["key-77777"] = nil
        object["new"] = true
        #expect(object["key-77778"] == 77_778)
        #expect(object["key-77777"] == nil)
        #expect(object["new"] == true)
    }

    @Test func `random trees survive a round trip`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let value = Value.random(using: &random)
            let bytes = JSON.write(value)
            #expect(try JSON.parse(bytes) == value, "seed \(seed), round \(round)")
            #expect(JSON.write(try JSON.parse(bytes)) == bytes, "seed \(seed), round \(round)")
            let pretty = JSON.write(value, options: .pretty)
            #expect(try JSON.parse(pretty) == value, "seed \(seed), round \(round)")
        }
    }
}
