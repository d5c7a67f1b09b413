import GitOps
import KubeModel
import Manifest
import Testing

@Suite struct TrackingTests {
    @Test(arguments: [
        "shop:apps/Deployment:prod/web", "shop:/ConfigMap:prod/web", "team_shop:batch/Job:n/j",
        "shop:rbac.authorization.k8s.io/ClusterRole:prod/system:node",
    ])
    func `a mark is written as it is read`(_ text: String) throws {
        #expect(try #require(TrackingID(text)).description == text)
    }

    @Test(arguments: [
        "", "shop", "shop:apps", "shop:apps/Deployment", ":apps/Deployment:a/b", "shop:apps:a/b", "a:b/:c/d",
        "a:b/c:d/",
    ])
    func `what is no mark is read as none`(_ text: String) {
        #expect(TrackingID(text) == nil)
    }

    @Test func `a mark counts only on the object it names`() {
        var object: Value = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "prod"],
        ]
        object.metadata.annotations[TrackingID.annotation] = "shop:apps/Deployment:prod/web"
        #expect(TrackingID(of: object)?.application == "shop")
        object.metadata.name = "copy"
        #expect(TrackingID(of: object) == nil)
    }

    @Test func `a cluster-wide object may be marked with any namespace`() {
        var object: Value = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "prod"]]
        object.metadata.annotations[TrackingID.annotation] = "shop:/Namespace:prod/prod"
        #expect(TrackingID(of: object) != nil)
    }

    @Test func `applications in other namespaces are told apart by their names in marks`() {
        let object: Value = ["metadata": ["name": "shop", "namespace": "team"]]
        let application = Application(object)
        #expect(TrackingID.name(of: application, controlNamespace: "argocd") == "team_shop")
        #expect(TrackingID.name(of: application, controlNamespace: "team") == "shop")
        let back = TrackingID.applicationName("team_shop", controlNamespace: "argocd")
        #expect(back == ("team", "shop"))
    }
}
