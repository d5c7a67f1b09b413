import Manifest

/// Where a resource comes from, or what made or changed it: the annotations that `buildMetadata` asks for.
struct Origin {
    /// A file or directory, seen from the directory that is built.
    var path = ""
    /// The file that configures what made the resource.
    var configuredIn = ""
    var configuredBy = Configuration()

    /// The object that configures a generator or transformer.
    struct Configuration {
        var apiVersion = ""
        var kind = ""
        var name = ""
        var namespace = ""

        var isEmpty: Bool { apiVersion.isEmpty && kind.isEmpty && name.isEmpty && namespace.isEmpty }
    }

    /// The origin of something that lies at a path seen from this one.
    func appending(_ path: String) -> Origin {
        var origin = self
        origin.path = Self.join(self.path, path)
        return origin
    }

    /// Joins paths by their spelling; what leads out of the start keeps its `..`.
    static func join(_ base: String, _ path: String) -> String {
        var parts: [Substring] = []
        for part in base.split(separator: "/") + path.split(separator: "/") {
            if part == "." { continue }
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// What a built-in generator or transformer of a kustomization file leaves.
    static func builtin(_ kind: String, configuredIn file: String) -> Origin {
        Origin(configuredIn: file, configuredBy: Configuration(apiVersion: "builtin", kind: kind))
    }

    private var value: Value {
        var object = Object()
        if !path.isEmpty { object["path"] = .string(path) }
        if !configuredIn.isEmpty { object["configuredIn"] = .string(configuredIn) }
        if !configuredBy.isEmpty {
            var by = Object()
            if !configuredBy.apiVersion.isEmpty { by["apiVersion"] = .string(configuredBy.apiVersion) }
            if !configuredBy.kind.isEmpty { by["kind"] = .string(configuredBy.kind) }
            if !configuredBy.name.isEmpty { by["name"] = .string(configuredBy.name) }
            if !configuredBy.namespace.isEmpty { by["namespace"] = .string(configuredBy.namespace) }
            object["configuredBy"] = .object(by)
        }
        return .object(object)
    }

    /// The text of the annotation that says where a resource comes from.
    var text: String { YAML.string(value) }

    /// The text of the annotation that says what changed a resource, with this one added.
    func text(addedTo transformations: String?) -> String {
        (transformations ?? "") + YAML.string(.array([value]))
    }
}
