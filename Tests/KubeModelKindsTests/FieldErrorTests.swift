import KubeModel
import Manifest
import Testing

/// Field errors print as apimachinery prints them.
@Suite struct FieldErrorTests {
    struct Printed: Sendable {
        let error: FieldError
        let text: String

        init(_ error: FieldError, _ text: String) {
            self.error = error
            self.text = text
        }
    }

    static let ports = FieldPath("spec", "ports").index(0)

    static let printed: [Printed] = [
        Printed(.required(FieldPath("spec", "selector")), "spec.selector: Required value"),
        Printed(
            .required(FieldPath("metadata", "name"), "name or generateName is required"),
            "metadata.name: Required value: name or generateName is required"),
        Printed(
            .invalid(ports.child("name"), "a\"b", "bad"), #"spec.ports[0].name: Invalid value: "a\"b": bad"#),
        Printed(.invalid(FieldPath("spec", "replicas"), -1, "low"), "spec.replicas: Invalid value: -1: low"),
        Printed(.invalid(FieldPath("spec", "on"), true, "no"), "spec.on: Invalid value: true: no"),
        Printed(.invalid(FieldPath("a"), .null, "gone"), "a: Invalid value: null: gone"),
        Printed(
            .invalid(FieldPath("a"), ["b": "<x>", "a": [1, "y"]], "odd"),
            #"a: Invalid value: {"b":"\u003cx\u003e","a":[1,"y"]}: odd"#),
        Printed(.invalid(FieldPath("a"), omittingValue: "odd"), "a: Invalid value: odd"),
        Printed(
            .notSupported(FieldPath("type"), "X", supported: ["A", "B"]),
            #"type: Unsupported value: "X": supported values: "A", "B""#),
        Printed(.duplicate(ports.child("name"), "http"), #"spec.ports[0].name: Duplicate value: "http""#),
        Printed(.forbidden(FieldPath("spec"), "may not"), "spec: Forbidden: may not"),
        Printed(.notFound(FieldPath("v").index(2), "data"), #"v[2]: Not found: "data""#),
        Printed(.tooLong(FieldPath("data"), limit: 1), "data: Too long: may not be more than 1 byte"),
        Printed(.tooLong(.root, limit: 9), ": Too long: may not be more than 9 bytes"),
        Printed(
            .tooMany(FieldPath("rules"), count: 21, limit: 20),
            "rules: Too many: 21: must have at most 20 items"),
        Printed(
            .tooFew(FieldPath("rules"), count: 0, minimum: 1), "rules: Too few: 0: must have at least 1 item"),
        Printed(
            .typeInvalid(FieldPath("a"), 1, "must be a string"), "a: Invalid value: 1: must be a string"),
        Printed(.forbidden(FieldPath("m").key("a.b/c"), "no"), "m[a.b/c]: Forbidden: no"),
    ]

    @Test(arguments: printed)
    func `an error names its field, its class and the value`(_ printed: Printed) {
        #expect(printed.error.description == printed.text)
    }

    @Test func `reasons are those of status causes`() {
        #expect(FieldError.required(.root).reason.rawValue == "FieldValueRequired")
        #expect(FieldError.notSupported(.root, "", supported: []).reason.rawValue == "FieldValueNotSupported")
        #expect(FieldError.typeInvalid(.root, "", "x").reason.rawValue == "FieldValueTypeInvalid")
    }

    @Test func `a child of the root has no leading dot`() {
        #expect(FieldPath.root.child("spec", "a").index(1).child("b").description == "spec.a[1].b")
    }
}
