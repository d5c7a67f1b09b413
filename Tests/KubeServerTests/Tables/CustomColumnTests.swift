import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct CustomColumnTests {
    private let object: Value = ["spec": ["size": 3, "args": ["a", "b", "c"]]]

    @Test func `custom columns show values by their type`() throws {
        let columns: [(type: String, path: String)] = [
            ("integer", ".spec.size"), ("string", ".spec.args"), ("string", ".spec.args[*]"),
            ("boolean", ".spec.size"), ("date", ".spec.args[0]"), ("number", ".spec.nope"),
        ]
        let printer = TablePrinter(
            customColumns: columns.map { column in
                CustomVersion.PrinterColumn(
                    name: "C", type: column.type, format: "", description: "", priority: 0,
                    jsonPath: column.path)
            })
        let cells = printer.columns.dropFirst().map { $0.cell(object, .init(seconds: 0)) }
        #expect(cells == [3, #"["a","b","c"]"#, "a b c", .null, "<invalid>", .null])
    }
}
