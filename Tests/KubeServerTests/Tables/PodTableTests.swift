import KubeModel
import Manifest
import Testing

@testable import KubeServer

@Suite struct PodTableTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let pod: String
        /// Ready, status and restarts.
        let cells: [String]

        init(_ name: String, _ pod: String, _ cells: String...) {
            testDescription = name
            self.pod = pod
            self.cells = cells
        }
    }

    static let cases = [
        Case(
            "a new pod", #"{"spec":{"containers":[{}]},"status":{"phase":"Pending"}}"#, "0/1", "Pending", "0"),
        Case(
            "a pod held back by a gate",
            #"""
            {"spec":{"containers":[{}]},"status":{"phase":"Pending","conditions":
            [{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}}
            """#, "0/1", "SchedulingGated", "0"),
        Case(
            "running, restarted a while ago",
            #"""
            {"spec":{"containers":[{},{}]},"status":{"phase":"Running","containerStatuses":[
            {"ready":true,"restartCount":3,"state":{"running":{}},
            "lastState":{"terminated":{"finishedAt":"2026-01-01T00:00:00Z"}}},
            {"ready":false,"restartCount":0,"state":{"running":{}}}]}}
            """#, "1/2", "Running", "3 (5m ago)"),
        Case(
            "waiting in back-off",
            #"""
            {"spec":{"containers":[{}]},"status":{"phase":"Running","containerStatuses":[
            {"ready":false,"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}
            """#, "0/1", "CrashLoopBackOff", "2"),
        Case(
            "ended by a signal",
            #"""
            {"spec":{"containers":[{}]},"status":{"phase":"Failed","containerStatuses":[
            {"state":{"terminated":{"exitCode":137,"signal":9}}}]}}
            """#, "0/1", "Signal:9", "0"),
        Case(
            "one of two done, ready",
            #"""
            {"spec":{"containers":[{},{}]},"status":{"phase":"Running",
            "conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[
            {"state":{"terminated":{"exitCode":0,"reason":"Completed"}}},
            {"ready":true,"state":{"running":{}}}]}}
            """#, "1/2", "Running", "0"),
        Case(
            "the second init container runs",
            #"""
            {"spec":{"containers":[{}],"initContainers":[{"name":"a"},{"name":"b"}]},
            "status":{"phase":"Pending","initContainerStatuses":[
            {"name":"a","state":{"terminated":{"exitCode":0}}},{"name":"b","state":{"running":{}}}]}}
            """#, "0/1", "Init:1/2", "0"),
        Case(
            "an init container failed",
            #"""
            {"spec":{"containers":[{}],"initContainers":[{"name":"a"}]},
            "status":{"phase":"Pending","initContainerStatuses":[
            {"name":"a","restartCount":4,"state":{"terminated":{"exitCode":2}}}]}}
            """#, "0/1", "Init:ExitCode:2", "4"),
        Case(
            "a started sidecar counts",
            #"""
            {"spec":{"containers":[{}],"initContainers":[{"name":"a","restartPolicy":"Always"}]},
            "status":{"phase":"Running","initContainerStatuses":[
            {"name":"a","started":true,"ready":true,"restartCount":1,"state":{"running":{}}}],
            "containerStatuses":[{"ready":true,"state":{"running":{}}}]}}
            """#, "2/2", "Running", "1"),
        Case(
            "being deleted",
            #"""
            {"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},
            "spec":{"containers":[{}]},"status":{"phase":"Running"}}
            """#, "0/1", "Terminating", "0"),
    ]

    @Test(arguments: cases)
    func `a pod's state is told in a word`(example: Case) throws {
        let pod = try JSON.parse(example.pod)
        let now = Timestamp(seconds: 1_767_225_600 + 300)
        let cells = TablePrinter.pods.columns[1...3].map { $0.cell(pod, now) }
        #expect(cells == example.cells.map(Value.string))
    }

    @Test func `a table carries what was asked of its objects`() throws {
        let resource = try #require(
            ResourceDefinition.builtin.first { $0.plural == "configmaps" })
        let renderer = TableRenderer { Timestamp(seconds: 1_767_225_605) }
        let map: Value = [
            "kind": "ConfigMap", "apiVersion": "v1",
            "metadata": ["name": "m", "creationTimestamp": "2026-01-01T00:00:00Z"],
            "data": ["a": "1", "b": "2"],
        ]
        let table = renderer.table(of: [map], resource: resource, metadata: [:], include: .metadata)
        #expect(table["rows"]?[0]?["cells"] == ["m", 2, "5s"])
        #expect(table["rows"]?[0]?["object", "kind"] == "PartialObjectMetadata")
        #expect(table.items("columnDefinitions").map { $0.text("name") } == ["Name", "Data", "Age"])
        let later = renderer.table(
            of: [map], resource: resource, metadata: [:], include: .none, hasColumns: false)
        #expect(later["columnDefinitions"] == [])
        #expect(later["rows"]?[0]?["object"] == .null)
    }
}
