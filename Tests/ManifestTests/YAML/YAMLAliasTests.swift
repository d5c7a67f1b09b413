import Manifest
import Testing

@Suite struct YAMLAliasTests {
    @Test func `an alias repeats a value that holds an anchor and its alias`() throws {
        let text = "outer: &o\n  list:\n  - &i inner\n  - *i\ncopy: *o\n"
        let outer: Value = ["list": ["inner", "inner"]]
        #expect(try YAML.parse(text) == [["outer": outer, "copy": outer]])
    }
}
