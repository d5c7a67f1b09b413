import KubeModel
import Manifest
import TestSupport
import Testing

/// How quantities are read and printed; expectations are those of Kubernetes.
struct QuantityTextTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let printed: String
        init(_ text: String, _ printed: String) {
            self.text = text
            self.printed = printed
        }
        var testDescription: String { "\(text) prints \(printed)" }
    }

    @Test(arguments: [
        Case("0", "0"), Case("0Ki", "0"), Case("-0", "0"), Case("000", "0"), Case(".", "0"), Case("1.", "1."),
        Case("0.5", "500m"), Case("1.5", "1500m"), Case("1500m", "1500m"), Case("1000m", "1"),
        Case("100m", "100m"), Case("1000", "1k"), Case("12345678", "12345678"), Case("10000k", "10M"),
        Case("5n", "5n"), Case("4u", "4u"), Case("3000u", "3m"), Case("2P", "2P"), Case("1E", "1E"),
        Case("1024Ki", "1Mi"), Case("1024Mi", "1Gi"), Case("1.5Gi", "1536Mi"), Case("2048Pi", "2Ei"),
        Case("1023Ki", "1023Ki"), Case("0.5Ki", "512"), Case("100.035Ki", "102435840m"), Case("-1Ki", "-1Ki"),
        Case("1e3", "1e3"), Case("1E3", "1E3"), Case("10e3", "10e3"), Case("1e4", "10e3"),
        Case("1e14", "100e12"),
        Case("1.2e3", "1200"), Case("1E-3", "1E-3"), Case("1e-2", "10e-3"), Case("12E", "12E"),
        Case("9Ei", "9223372036854775807"), Case("-9Ei", "-9223372036854775807"),
        Case("9223372036854775807Ki", "9223372036854775807"), Case("100.035k", "100.035k"),
        Case("3.001n", "4n"), Case("-3.001n", "-4n"), Case("0.0000000001", "1n"), Case("0.5e-9", "1e-9"),
        Case("0.000000000001Ki", "2n"), Case("0.00000012345", "124n"), Case(".001", "1m"),
        Case("+1Ki", "+1Ki"), Case("1.500", "1.500"), Case("12.000", "12"), Case("0001500m", "0001500m"),
        Case("123456789012345678901234567890", "123456789012345678901234567890"),
        Case("1000000000000000000000000000000Gi", "9223372036854775807"),
    ])
    func `a quantity is printed in its canonical form`(_ example: Case) throws {
        #expect(try Quantity(example.text).description == example.printed)
    }

    static let formatError =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    static let suffixError = "unable to parse quantity's suffix"

    @Test(arguments: [
        ("", formatError), ("1.1.1", formatError), ("1+1.0M", formatError), ("0.1mi", suffixError),
        ("0.1am", formatError), ("aoeu", formatError), ("1i", suffixError), ("-3.01i", suffixError),
        ("-3.01e-", suffixError), ("1e", suffixError), ("1ee3", suffixError), (" 1", formatError),
        ("1 ", formatError), ("1e3e", formatError), ("1e99999999999", suffixError), ("1Zi", formatError),
        ("1234567890123456789012345678901234567890", "unable to parse numeric part of quantity"),
    ])
    func `what is no quantity is refused in the words of Kubernetes`(text: String, message: String) {
        #expect(throws: KubeModelError(.invalidQuantity, message)) { try Quantity(text) }
    }

    @Test func `a field holds a quantity as text or as a number`() throws {
        #expect(try Quantity(reading: "250m").description == "250m")
        #expect(try Quantity(reading: 2).description == "2")
        #expect(try Quantity(reading: .double(Real(0.25, spelled: "0.25"))).description == "250m")
        #expect(try Quantity(reading: .null).isZero)
        #expect(try Quantity(reading: " 1Gi\n").description == "1Gi")
        #expect(throws: KubeModelError.self) { try Quantity(reading: true) }
    }

    @Test func `a printed quantity is read as the same amount`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let suffixes = [
            "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E-2",
        ]
        for _ in 0..<3000 {
            let whole = random.next() >> UInt64.random(in: 20...63, using: &random)
            let fraction = Bool.random(using: &random) ? "" : ".\(random.next() % 100_000)"
            let sign = ["", "-", "+"].randomElement(using: &random) ?? ""
            let text = "\(sign)\(whole)\(fraction)\(suffixes.randomElement(using: &random) ?? "")"
            let quantity = try Quantity(text)
            let again = try Quantity(quantity.description)
            #expect(again == quantity, "\(text), seed \(seed)")
            let canonical = try Quantity(quantity.canonical)
            #expect(canonical == quantity, "\(text), seed \(seed)")
            #expect(canonical.canonical == quantity.canonical, "\(text), seed \(seed)")
            #expect(canonical.hashValue == quantity.hashValue, "\(text), seed \(seed)")
        }
    }
}
