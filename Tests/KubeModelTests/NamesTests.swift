import KubeModel
import Testing

struct NamesTests {
    @Test func `resources are named with and without their group`() {
        let deployments = GroupVersionResource(apiVersion: "apps/v1", resource: "deployments")
        #expect(deployments == GroupVersionResource(group: "apps", version: "v1", resource: "deployments"))
        #expect(deployments.apiVersion == "apps/v1")
        #expect(deployments.pathPrefix == "/apis/apps/v1")
        #expect(deployments.description == "apps/v1, Resource=deployments")
        #expect(deployments.groupResource.description == "deployments.apps")
        let pods = GroupVersionResource(apiVersion: "v1", resource: "pods")
        #expect(pods.pathPrefix == "/api/v1")
        #expect(pods.groupResource.withVersion("v1") == pods)
        #expect(GroupResource(parsing: "deployments.apps.example.com").group == "apps.example.com")
        #expect(GroupResource(parsing: "pods") == GroupResource(resource: "pods"))
        #expect(GroupKind(kind: "Pod").description == "Pod")
    }
}
