import KubeClient

/// The places of a forge besides git's.
enum ForgeRoute: Equatable {
    /// `GET /<namespace>/<repository>/pulls/<number>`
    case page(ObjectKey, Int)
    /// `POST /api/v1/namespaces/<namespace>/pullrequests/<name>/<review|merge|close>`
    case act(ObjectKey, String)

    init?(method: String, path: String) {
        let parts = path.split(separator: "/").map(String.init)
        if method == "GET", parts.count == 4, parts[2] == "pulls", let number = Int(parts[3]), number > 0 {
            self = .page(ObjectKey(namespace: parts[0], name: parts[1]), number)
        } else if method == "POST", parts.count == 7, parts[0...2] == ["api", "v1", "namespaces"],
            parts[4] == "pullrequests", ["review", "merge", "close"].contains(parts[6])
        {
            self = .act(ObjectKey(namespace: parts[3], name: parts[5]), parts[6])
        } else {
            return nil
        }
    }
}
