import Manifest
import Testing

@Suite struct YAMLEditRefusalTests {
    private static let shared = """
        base: &b
          image: x
          env: [a]
        one: *b
        two:
          <<: *b
          name: t
        """

    private func refusal(
        _ text: String = shared, options: YAMLEditor.Options = YAMLEditor.Options(),
        _ edit: (inout YAMLEditor) throws -> Void
    ) throws -> ManifestError {
        var editor = YAMLEditor(try YAMLStream(Array(text.utf8), file: "f.yaml"), options: options)
        return try #require(
            #expect(throws: ManifestError.self) {
                try edit(&editor)
                _ = try editor.result()
            })
    }

    @Test func `a value behind an alias`() throws {
        let error = try refusal { try $0.set(YAMLPath("one.image"), to: "y") }
        #expect(error.code == .notEditable)
        #expect(
            error.description
                == "f.yaml:4:6: .one.image is reached through the alias *b; changing it would change line 2, which "
                + "other paths share. Edit it where it is written")
    }

    @Test func `a value from a merge key`() throws {
        let error = try refusal { try $0.set(YAMLPath("two.image"), to: "y") }
        #expect(error.code == .notEditable)
        #expect(error.position?.line == 6)
    }

    @Test func `an item added behind an alias`() throws {
        let error = try refusal { try $0.insert("y", at: YAMLPath("one.env[+]")) }
        #expect(error.code == .notEditable)
        #expect(error.position?.line == 4)
    }

    @Test func `a shared value where that is not wanted`() throws {
        let options = YAMLEditor.Options(changesSharedValues: false)
        let error = try refusal(options: options) { try $0.set(YAMLPath("base.image"), to: "y") }
        #expect(error.code == .notEditable)
        #expect(error.message == ".base.image is shared by its anchor &b; line 4 repeats it")
    }

    @Test func `an anchor that is still used`() throws {
        let error = try refusal { try $0.remove(YAMLPath("base")) }
        #expect(error.code == .notEditable)
        #expect(error.position?.line == 1)
    }

    @Test func `two edits of one place`() throws {
        let error = try refusal {
            try $0.set(YAMLPath("two.name"), to: "y")
            try $0.remove(YAMLPath("two.name"))
        }
        #expect(error.code == .notEditable)
        #expect(error.message.hasPrefix("two edits of one pass touch the same place"))
    }

    @Test func `a tag that the new value contradicts`() throws {
        let error = try refusal("a: !!int 1\n") { try $0.set(YAMLPath("a"), to: "x") }
        #expect(error.code == .notEditable)
        #expect(error.position?.line == 1)
    }

    @Test func `a key that is there already`() throws {
        let error = try refusal { try $0.insert("x", at: YAMLPath("two.name")) }
        #expect(error.description == "f.yaml:6:3: .two has the key 'name' already; set it")
    }

    @Test func `the root and what is no list`() throws {
        #expect(try refusal { try $0.remove(YAMLPath(".")) }.code == .notEditable)
        #expect(try refusal { try $0.insert(1, at: YAMLPath("two.name[+]")) }.code == .notEditable)
    }

    @Test(arguments: [
        ("bse.image", ". has no key 'bse'; did you mean 'base'?"),
        ("base.command", ".base has no key 'command'; it has 'image', 'env'"),
        ("base.env[3]", ".base.env has 1 item; there is no [3]"),
        ("base.env.x", ".base.env is a list; an item of it is written .base.env[0] or .base.env[name=...]"),
        ("base.image.x", ".base.image is a single value; there is nothing at .x in it"),
        ("base[0]", ".base is a mapping, not a list; its keys are 'image', 'env'"),
        ("base.env[name=a]", "no item of .base.env has a name"),
    ])
    func `a path to nothing, with what is there instead`(path: String, message: String) throws {
        let error = try refusal { try $0.set(YAMLPath(path), to: 1) }
        #expect(error.code == .notFound)
        #expect(error.message == message)
        #expect(error.position != nil)
    }

    @Test func `an item's name is guessed too`() throws {
        let text = "- name: web\n- name: sidecar\n"
        let near = try refusal(text) { try $0.remove(YAMLPath("[name=wbe]")) }
        #expect(near.message == "no item of . has name 'wbe'; did you mean 'web'?")
        let far = try refusal(text) { try $0.remove(YAMLPath("[name=database]")) }
        #expect(far.message == "no item of . has name 'database'; there are 'web', 'sidecar'")
    }
}
