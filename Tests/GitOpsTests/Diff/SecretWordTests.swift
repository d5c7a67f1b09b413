import Manifest
import Testing

@testable import GitOps

@Suite struct SecretWordTests {
    @Test(arguments: ["\n", "\r\n", "\r"])
    func `every line of a secret is hidden, however lines end`(end: String) {
        let text = "first-line\(end)second-line\(end)"
        let secret: Value = [
            "apiVersion": "v1", "kind": "Secret", "stringData": ["key": .string(text)],
        ]
        let masked = SecretWords(secret).masked("cannot parse 'second-line' after 'first-line'")
        #expect(masked == "cannot parse '++++++++' after '++++++++'")
    }

    @Test func `a line of what a secret's data stands for is hidden too`() {
        let secret: Value = [
            // one-line, two-line
            "apiVersion": "v1", "kind": "Secret", "data": ["key": "b25lLWxpbmUNCnR3by1saW5lDQo="],
        ]
        #expect(SecretWords(secret).masked("bad value two-line") == "bad value ++++++++")
    }
}
