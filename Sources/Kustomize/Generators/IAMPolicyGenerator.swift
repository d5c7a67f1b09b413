/// Makes the service account of a workload that acts for a cloud's service account.
struct IAMPolicyGenerator: Generator {
    private let cloud: String
    private let name: String
    private let namespace: String
    private let serviceAccount: String
    private let project: String
    private let scopes: KindScopes

    init(_ fields: inout StrictObject, scopes: KindScopes) throws(KustomizeError) {
        self.scopes = scopes
        cloud = try fields.string("cloud")
        let service = try fields.object("kubernetesService", "KubernetesService") {
            (fields) throws(KustomizeError) in
            (try fields.string("name"), try fields.string("namespace"))
        }
        (name, namespace) = service ?? ("", "")
        let account = try fields.object("serviceAccount", "ServiceAccount") {
            (fields) throws(KustomizeError) in
            (try fields.string("name"), try fields.string("projectId"))
        }
        (serviceAccount, project) = account ?? ("", "")
    }

    func generate() throws(KustomizeError) -> [Resource] {
        guard cloud == "gke" else {
            throw KustomizeError(.unsupported, "cloud provider \(cloud) not supported yet")
        }
        let metadata = Node.mapping()
        let annotations = Node.mapping()
        try annotations.set(
            "iam.gke.io/gcp-service-account",
            to: .string("\(serviceAccount)@\(project).iam.gserviceaccount.com"))
        try metadata.set("annotations", to: annotations)
        try metadata.set("name", to: .scalar(name, tag: PlainScalar.tag(of: name)))
        if !namespace.isEmpty {
            try metadata.set("namespace", to: .scalar(namespace, tag: PlainScalar.tag(of: namespace)))
        }
        let object = Node(
            kind: .mapping,
            content: [
                .scalar("apiVersion", tag: .string), .string("v1"), .scalar("kind", tag: .string),
                .string("ServiceAccount"), .scalar("metadata", tag: .string), metadata,
            ])
        return [Resource(object, scopes: scopes)]
    }
}
