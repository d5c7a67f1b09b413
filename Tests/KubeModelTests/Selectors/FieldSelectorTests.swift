import KubeModel
import Manifest
import Testing

struct FieldSelectorTests {
    @Test(arguments: [
        ("", ""), ("metadata.name=x", "metadata.name=x"), ("a==b", "a=b"), ("b!=c,a=b", "a=b,b!=c"),
        ("a=,", "a="),
        (#"a=b\,c\=d\\e"#, #"a=b\,c\=d\\e"#), ("=b", "=b"), (",,a=1,", "a=1"), ("a=b!c", "a=b!c"),
    ])
    func `a selector is printed in its canonical form`(text: String, printed: String) throws {
        let selector = try FieldSelector(parsing: text)
        #expect(selector.description == printed)
        #expect(try FieldSelector(parsing: printed) == selector)
    }

    @Test(arguments: [
        ("a", "invalid selector: 'a'; can't understand 'a'"),
        ("x=1,a", "invalid selector: 'x=1,a'; can't understand 'a'"),
        ("a=b=c", "invalid field selector: unescaped character in value: 61"),
        ("a===b", "invalid field selector: unescaped character in value: 61"),
        (#"a=b\c"#, #"invalid field selector: invalid escape sequence: \c"#),
        (#"a=b\"#, #"invalid field selector: invalid escape sequence: \"#),
    ])
    func `what cannot be understood is refused in upstream's words`(text: String, message: String) {
        #expect(throws: KubeModelError(.invalidSelector, message)) { try FieldSelector(parsing: text) }
    }

    let pod: Value = [
        "metadata": ["name": "web", "namespace": "shop"], "spec": ["nodeName": "n1"],
        "status": ["phase": "Running"],
    ]

    @Test(arguments: [
        ("metadata.name=web", true), ("metadata.name!=web", false),
        ("status.phase!=Failed,spec.nodeName=n1", true),
        ("spec.hostNetwork=false", true), ("status.podIP=", true),
        ("metadata.name=web,status.phase=Failed", false),
        ("spec.host=n1", true), ("", true),
    ])
    func `pods are selected by their fields`(text: String, expected: Bool) throws {
        let fields = SelectableFields.builtin(GroupVersionKind(apiVersion: "v1", kind: "Pod"))
        let selector = try fields.resolve(try FieldSelector(parsing: text))
        #expect(selector.matches(pod) == expected)
    }

    @Test func `the newer version of events selects by its own names`() throws {
        let fields = SelectableFields.builtin(
            GroupVersionKind(apiVersion: "events.k8s.io/v1", kind: "Event"))
        let selector = try fields.resolve(
            FieldSelector(parsing: "regarding.name=web,reportingController=agent"))
        #expect(selector.matches(["involvedObject": ["name": "web"], "reportingComponent": "agent"]))
        #expect(!selector.matches(["involvedObject": ["name": "db"], "reportingComponent": "agent"]))
    }

    @Test(arguments: [
        ("v1", "Pod", "field label not supported: data.x"),
        ("v1", "Event", "field label not supported: data.x"),
        ("batch/v1", "Job", #"field label "data.x" not supported for batchv1.Job"#),
        (
            "v1", "ConfigMap",
            #""data.x" is not a known field selector: only "metadata.name", "metadata.namespace""#
        ),
    ])
    func `unknown fields are refused in the words of the kind`(
        apiVersion: String, kind: String, message: String
    ) throws {
        let fields = SelectableFields.builtin(GroupVersionKind(apiVersion: apiVersion, kind: kind))
        let selector = try FieldSelector(parsing: "metadata.name=a,data.x=1")
        #expect(throws: KubeModelError(.unsupportedField, message)) { try fields.resolve(selector) }
    }

    @Test func `custom resources are selected by name and by what their definition lists`() throws {
        let selector = try FieldSelector(parsing: "spec.color=red")
        let fields = SelectableFields.custom(isNamespaced: true, selectable: ["spec.color"])
        #expect(try fields.resolve(selector).matches(["spec": ["color": "red"]]))
        #expect(throws: KubeModelError(.unsupportedField, "field label not supported: metadata.namespace")) {
            try SelectableFields.custom(isNamespaced: false).resolve(
                FieldSelector(parsing: "metadata.namespace=a"))
        }
    }

    @Test func `some fields are told from others`() throws {
        #expect(SelectableFields.text(of: "source", in: ["reportingComponent": "kubelet"]) == "kubelet")
        #expect(SelectableFields.text(of: "source", in: ["source": ["component": "x"]]) == "x")
        #expect(SelectableFields.text(of: "status.successful", in: ["status": ["succeeded": 2]]) == "2")
        #expect(SelectableFields.text(of: "status.replicas", in: [:]) == "0")
        #expect(try FieldSelector(parsing: "a=1,b!=2").exactValue(of: "a") == "1")
        #expect(try FieldSelector(parsing: "a=1,b!=2").exactValue(of: "b") == nil)
    }
}
