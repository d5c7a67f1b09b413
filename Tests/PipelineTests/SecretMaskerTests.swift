import Foundation
import TestSupport
import Testing

@testable import Pipeline

struct SecretMaskerTests {
    private static let secret = "s3cr3t/Value+with \"quotes\" & more"

    private func mask(_ text: String, secrets: [String] = [secret], chunk: Int = 1_000) throws -> String {
        var masker = try SecretMasker(secrets.map { (name: "KEY", value: Array($0.utf8)) })
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            output += masker.mask(bytes[start..<min(bytes.count, start + chunk)])
        }
        output += masker.finish()
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func `a secret is masked wherever chunks are cut`(_ chunk: Int) throws {
        #expect(try mask("a\(Self.secret)b \(Self.secret)", chunk: chunk) == "a***b ***")
    }

    @Test func `text that only begins like a secret is shown`() throws {
        #expect(try mask("s3cr3t/Value and s3cr3t/Val", chunk: 3) == "s3cr3t/Value and s3cr3t/Val")
    }

    @Test(arguments: 0..<3)
    func `base 64 is masked at every place in a larger text`(_ shift: Int) throws {
        let padding = String(repeating: "x", count: shift)
        let encoded = Data("\(padding)\(Self.secret) and more".utf8).base64EncodedString()
        let shown = try mask("Authorization: Basic \(encoded)")
        #expect(shown.contains("***"))
        // What is left must not decode to a part of the secret of four characters or more.
        for offset in 0..<(Self.secret.count - 4) {
            let start = Self.secret.index(Self.secret.startIndex, offsetBy: offset)
            let part = Self.secret[start..<Self.secret.index(start, offsetBy: 4)]
            let encodedPart = Data("\(padding)\(part)".utf8).base64EncodedString()
            let core = encodedPart.dropFirst((shift * 8 + 5) / 6).prefix(4)
            #expect(!shown.contains(core) || core.count < 4)
        }
    }

    @Test func `escapes for URLs, JSON and hexadecimal digits are masked`() throws {
        let url = try #require(
            Self.secret.addingPercentEncoding(
                withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))))
        let json = String(decoding: try JSONEncoder().encode([Self.secret]), as: UTF8.self)
        let hex = Self.secret.utf8.map { String(format: "%02x", $0) }.joined()
        #expect(try mask("<\(url)>") == "<***>")
        #expect(try mask(json) == "[\"***\"]")
        #expect(try mask("<\(hex)>") == "<***>")
    }

    @Test func `each line of a key and each value of a JSON document is masked`() throws {
        let key =
            "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\nAgEAAoIBAQC7VJTUt9Us8cKj\n-----END KEY-----\n"
        #expect(try mask("x AgEAAoIBAQC7VJTUt9Us8cKj y", secrets: [key]) == "x *** y")
        let document = #"{"type": "service", "private": {"token": "abcdef0123456789"}}"#
        #expect(try mask("token=abcdef0123456789;", secrets: [document]) == "token=***;")
        #expect(try mask("{ \"a\": 1 }", secrets: [document]) == "{ \"a\": 1 }")
        let lines = #"{"key": "the first of two\r\nthe second of two"}"#
        #expect(try mask("x the second of two y", secrets: [lines]) == "x *** y")
    }

    @Test func `overlapping secrets leave nothing of either`() throws {
        let shown = try mask("abcdefghijklmnop", secrets: ["abcdefghij", "fghijklmnop"], chunk: 4)
        #expect(shown == "***")
    }

    @Test func `a secret too short to be masked is refused`() {
        #expect(throws: PipelineError.self) { try mask("x", secrets: ["short"]) }
    }

    @Test func `random streams keep everything but the secret`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let alphabet = Array("abAB".utf8)
            let secret = (0..<8).map { _ in alphabet[Int.random(in: 0..<4, using: &random)] }
            let text = (0..<200).map { _ in alphabet[Int.random(in: 0..<4, using: &random)] }
            let place = Int.random(in: 0..<150, using: &random)
            let stream = text[..<place] + secret + text[place...]
            var masker = try SecretMasker([(name: "KEY", value: secret)])
            var output: [UInt8] = []
            var rest = Array(stream)[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...9, using: &random))
                output += masker.mask(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            output += masker.finish()
            let shown = String(decoding: output, as: UTF8.self)
            #expect(!shown.contains(String(decoding: secret, as: UTF8.self)), "seed \(seed)")
            #expect(shown.contains("***"), "seed \(seed)")
        }
    }
}
