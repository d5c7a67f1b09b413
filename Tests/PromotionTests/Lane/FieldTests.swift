import Git
import Manifest
import Promotion
import Testing

/// Where a digest goes in files as people write them, and what the file is afterwards.
struct FieldTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var before: String
        var after: String
        var place = FieldTarget.Place.imageDigest("orders")
        var expected: String? = "old"
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "flow style on one line",
            before: "images: [{name: orders, digest: old, newName: x}, {name: pay, digest: old}]\n",
            after: "images: [{name: orders, digest: NEW, newName: x}, {name: pay, digest: old}]\n"),
        Case(
            name: "windows line breaks and no last one",
            before: "images:\r\n- name: orders\r\n  digest: old # why\r\nkind: Kustomization",
            after: "images:\r\n- name: orders\r\n  digest: NEW # why\r\nkind: Kustomization"),
        Case(
            name: "entries out of order with comments",
            before:
                "images:\n# z\n- name: zeta # keep\n  digest: old\n\n# o\n- digest: old\n  name: orders\n",
            after: "images:\n# z\n- name: zeta # keep\n  digest: old\n\n# o\n- digest: NEW\n  name: orders\n"),
        Case(
            name: "no digest yet", before: "images:\n- name: orders\n  newName: r/orders\n",
            after: "images:\n- name: orders\n  newName: r/orders\n  digest: NEW\n", expected: nil),
        Case(
            name: "neither digest nor name of the repository", before: "images:\n  - name: orders\nx: 1\n",
            after: "images:\n  - name: orders\n    newName: registry.local/orders\n    digest: NEW\nx: 1\n",
            expected: nil),
        Case(
            name: "no entry yet", before: "images:\n- name: pay\n  digest: old\n",
            after:
                "images:\n- name: pay\n  digest: old\n- name: orders\n  newName: registry.local/orders\n  digest: NEW\n",
            expected: nil),
        Case(
            name: "no images yet", before: "resources:\n- ../../base\n",
            after:
                "resources:\n- ../../base\nimages:\n- name: orders\n  newName: registry.local/orders\n  digest: NEW\n",
            expected: nil),
        Case(
            name: "a tag of helm values", before: "image: {repo: x, tag: old, pull: Always}\n",
            after: "image: {repo: x, tag: NEW, pull: Always}\n",
            place: .path(YAMLPath(steps: [.key("image"), .key("tag")]))),
        Case(
            name: "a marker of another tool", before: "tag: old # {\"$imagepolicy\": \"ns:x:tag\"}\n",
            after: "tag: NEW # {\"$imagepolicy\": \"ns:x:tag\"}\n",
            place: .path(YAMLPath(steps: [.key("tag")]))),
        Case(
            name: "keys in another script", before: "имя:\n  тег: 'old'\n", after: "имя:\n  тег: 'NEW'\n",
            place: .path(YAMLPath(steps: [.key("имя"), .key("тег")]))),
        Case(
            name: "JSON", before: "{\n  \"image\": {\"tag\": \"old\"},\n  \"n\": 1\n}\n",
            after: "{\n  \"image\": {\"tag\": \"NEW\"},\n  \"n\": 1\n}\n",
            place: .path(YAMLPath(steps: [.key("image"), .key("tag")]))),
        Case(
            name: "a tag of a kustomization", before: "images:\n- name: orders\n  newTag: \"old\"\n",
            after: "images:\n- name: orders\n  newTag: \"NEW\"\n", place: .imageTag("orders")),
        Case(
            name: "a value in a map that is not there", before: "service:\n  port: 80\n",
            after: "service:\n  port: 80\nimage:\n  tag: NEW\n",
            place: .path(YAMLPath(steps: [.key("image"), .key("tag")])), expected: nil),
    ]

    @Test(arguments: cases) func `the value is written where it belongs`(_ test: Case) async throws {
        let file = "services/orders/values.yaml"
        try await ConfigRepository.with([file: test.before]) { config in
            try await config.withLane { lane in
                _ = try await lane.submit(
                    .test(
                        target: FieldTarget(file: file, place: test.place), expected: test.expected,
                        value: "NEW"))
            }
            #expect(try await config.text(file) == test.after)
        }
    }
}
