import KubeModel
import Manifest
import Testing

@Suite struct `Built-in schemas` {
    @Test func `a deployment knows its fields`() throws {
        let kind = GroupVersionKind(apiVersion: "apps/v1", kind: "Deployment")
        let schema = try #require(SchemaCatalog.builtin.schema(for: kind))
        let containers = try #require(
            schema.properties["spec"]?.properties["template"]?.properties["spec"]?.properties["containers"])
        #expect(containers.patchMergeKey == "name")
        #expect(containers.listType == .map)
        #expect(containers.listMapKeys == ["name"])
        #expect(containers.items?.definition == "io.k8s.api.core.v1.Container")
        let ports = try #require(containers.items?.properties["ports"])
        #expect(ports.items?.properties["protocol"]?.defaultValue == "TCP")
        #expect(schema.properties["spec"]?.required == ["selector", "template"])
        #expect(schema.properties["spec"]?.properties["strategy"]?.patchStrategy == .retainKeys)
    }
}
