import Manifest
import Testing

@Suite struct JSONPathTests {
    private let object: Value = [
        "spec": ["size": 3, "args": ["a", "b", "c"]],
        "metadata": ["labels": ["app.kubernetes.io/name": "web"]],
        "status": [
            "conditions": [
                ["type": "Ready", "status": "True", "weight": 2], ["type": "Synced", "status": "False"],
            ]
        ],
    ]

    @Test(arguments: [
        (".spec.size", "[3]"), ("{.spec.size}", "[3]"), ("$.spec.size", "[3]"), ("spec.size", "[3]"),
        (".spec.args[0]", #"["a"]"#), (".spec.args[-1]", #"["c"]"#), (".spec.args[1:]", #"["b","c"]"#),
        (".spec.args[0:3:2]", #"["a","c"]"#), (".spec.args[*]", #"["a","b","c"]"#),
        (".spec.args[0,2]", #"["a","c"]"#),
        (#".metadata.labels['app.kubernetes.io/name']"#, #"["web"]"#),
        (#".metadata.labels.app\.kubernetes\.io/name"#, #"["web"]"#),
        (#".status.conditions[?(@.type=="Ready")].status"#, #"["True"]"#),
        (#".status.conditions[?(@.type != 'Ready')].status"#, #"["False"]"#),
        (".status.conditions[?(@.weight > 1)].type", #"["Ready"]"#),
        (".status.conditions[?(@.weight)].type", #"["Ready"]"#),
        (".status..status", #"["True","False"]"#), (".spec.nope", "[]"), (".spec.args[9]", "[]"),
    ])
    func `a path leads to values`(path: String, expected: String) throws {
        let path = try #require(JSONPath(path))
        #expect(try .array(path.evaluate(object)) == JSON.parse(expected))
    }

    @Test(arguments: [".a[", ".a[?(@.b]", ".a['b", "[x]", ".a b", ".a[1:2:3:4]"])
    func `what is no path is refused`(text: String) {
        #expect(JSONPath(text) == nil)
    }
}
