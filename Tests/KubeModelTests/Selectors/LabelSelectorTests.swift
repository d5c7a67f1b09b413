import KubeModel
import Manifest
import TestSupport
import Testing

struct LabelSelectorTests {
    @Test(arguments: [
        ("", ""), (" ", ""), ("x=a", "x=a"), ("x==a", "x==a"), ("x!=a", "x!=a"), (" x = a , y ", "x=a,y"),
        ("y,x", "x,y"), ("!x", "!x"), ("! x", "!x"), ("x in (b,a)", "x in (a,b)"),
        ("x notin (a)", "x notin (a)"),
        ("x in ()", "x in ()"), ("x in (a,,b)", "x in (,a,b)"), ("x in (,)", "x in ()"),
        ("x in (a,)", "x in (,a)"),
        ("x=", "x="), ("x=,y", "x=,y"), ("x>1,z<5", "x>1,z<5"), ("in in (in,notin)", "in in (in,notin)"),
        ("notin=in", "notin=in"), ("example.com/x\t=\na", "example.com/x=a"), ("x in (a,a)", "x in (a)"),
        ("a=1,a!=2", "a=1,a!=2"), ("x!=", "x!="),
    ])
    func `a selector is printed in its canonical form`(text: String, printed: String) throws {
        let selector = try LabelSelector(parsing: text)
        #expect(selector.description == printed)
        #expect(try LabelSelector(parsing: printed) == selector)
    }

    static let keyFault =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    static let valueFault =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

    @Test(arguments: [
        ("==", "found '==', expected: !, identifier, or 'end of string'"),
        (",", "found ',', expected: !, identifier, or 'end of string'"),
        ("x,", "found '', expected: identifier after ','"),
        ("x,,y", "found ',', expected: identifier after ','"),
        ("x=a b", "found 'b', expected: ',' or 'end of string'"),
        ("x===a", "unable to parse requirement: found '=', expected: identifier"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("!!x", "unable to parse requirement: found '!', expected: identifier"),
        ("!x=a", "found '=', expected: ',' or 'end of string'"),
        ("x a", "unable to parse requirement: found 'a', expected: in, notin, =, ==, !=, gt, lt"),
        ("x!", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"),
        ("x in a", "unable to parse requirement: found 'a' expected: '('"),
        ("x in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"),
        ("x in (a", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("x in (a,", "unable to parse requirement: found '', expected: ',', or identifier"),
        ("x in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"),
        ("x in (a,=)", "unable to parse requirement: found '=', expected: ',', or identifier"),
        ("x=(", "unable to parse requirement: found '(', expected: identifier"),
        ("-x=a", #"unable to parse requirement: <nil>: Invalid value: "-x": \#(keyFault)"#),
        ("x=-a", #"unable to parse requirement: values[0][x]: Invalid value: "-a": \#(valueFault)"#),
        (
            "x>a",
            #"unable to parse requirement: values[0]: Invalid value: "a": for 'Gt', 'Lt' operators, the value must be an integer"#
        ),
    ])
    func `what cannot be understood is refused in upstream's words`(text: String, message: String) {
        #expect(throws: KubeModelError(.invalidSelector, message)) { try LabelSelector(parsing: text) }
    }

    @Test(arguments: [
        ("", true), ("app=web", true), ("app=db", false), ("app!=db", true), ("tier!=db", true),
        ("app", true),
        ("tier", false), ("!tier", true), ("!app", false), ("app in (web,db)", true),
        ("app notin (web)", false),
        ("tier notin (web)", true), ("size>4", true), ("size<5", false), ("app>1", false), ("tier>1", false),
        ("app=web,size=5", true), ("app=web,size=6", false), ("empty=", true), ("tier=", false),
        ("tier in ()", false),
    ])
    func `all requirements must hold`(text: String, expected: Bool) throws {
        let labels: StringMap = ["app": "web", "size": "5", "empty": ""]
        #expect(try LabelSelector(parsing: text).matches(labels) == expected)
    }

    @Test func `an object's selector is read with all its parts`() throws {
        let selector = try LabelSelector(field: [
            "matchLabels": ["app": "web"],
            "matchExpressions": [
                ["key": "tier", "operator": "In", "values": ["b", "a"]], ["key": "x", "operator": "Exists"],
                ["key": "y", "operator": "DoesNotExist"], ["key": "z", "operator": "NotIn", "values": ["1"]],
            ],
        ])
        #expect(selector.description == "app=web,tier in (a,b),x,!y,z notin (1)")
        #expect(selector.exactValue(of: "app") == "web")
        #expect(selector.exactValue(of: "tier") == nil)
        #expect(!selector.isEmpty)
    }

    @Test func `an empty selector means everything, a missing one nothing`() throws {
        #expect(try LabelSelector(field: [:]).matches([:]))
        #expect(try LabelSelector(field: [:]).isEmpty)
        #expect(try !LabelSelector(field: nil).matches([:]))
        #expect(try !LabelSelector(field: .null).isEmpty)
        #expect(LabelSelector(["a": "1", "b": "2"] as StringMap).description == "a=1,b=2")
    }

    @Test(
        arguments: [
            (
                ["matchExpressions": [["key": "a", "operator": "Gt"]]],
                #""Gt" is not a valid label selector operator"#
            ),
            (
                ["matchExpressions": [["key": "a", "operator": "In"]]],
                "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty"
            ),
            (
                ["matchExpressions": [["key": "a", "operator": "Exists", "values": ["x"]]]],
                #"values: Invalid value: ["x"]: values set must be empty for exists and does not exist"#
            ),
            (
                ["matchLabels": ["-a": "-b"]],
                #"[key: Invalid value: "-a": \#(keyFault), values[0][-a]: Invalid value: "-b": \#(valueFault)]"#
            ),
        ] as [(Value, String)])
    func `a faulty object's selector is refused in upstream's words`(field: Value, message: String) {
        #expect(throws: KubeModelError(.invalidSelector, message)) { try LabelSelector(field: field) }
    }

    @Test func `a printed selector is read as the same`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let words = ["a", "b", "in", "notin", "x.y/z", "0", "A-1"]
        func word(_ random: inout SeededGenerator) -> String { words.randomElement(using: &random) ?? "" }
        for _ in 0..<500 {
            let requirements = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let values = Set(
                    (0..<Int.random(in: 1...3, using: &random)).map { _ in
                        String(word(&random).prefix { $0 != "/" })
                    }
                ).sorted()
                let key = word(&random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: return LabelSelector.Requirement(key, .exists)
                case 1: return LabelSelector.Requirement(key, .doesNotExist)
                case 2: return LabelSelector.Requirement(key, .equals, [values[0]])
                case 3: return LabelSelector.Requirement(key, .notEquals, [values[0]])
                case 4: return LabelSelector.Requirement(key, .isIn, values)
                case 5: return LabelSelector.Requirement(key, .greaterThan, ["17"])
                case 6: return LabelSelector.Requirement(key, .doubleEquals, [""])
                default: return LabelSelector.Requirement(key, .notIn, values)
                }
            }
            let selector = LabelSelector(requirements)
            #expect(try LabelSelector(parsing: selector.description) == selector, "seed \(seed)")
        }
    }
}
