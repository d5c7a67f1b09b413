public import Manifest

// Every Kubernetes object starts with the same three fields; these read and write them in place.

extension Value {
    /// The object's `apiVersion`, empty where it is missing.
    public var apiVersion: String {
        get { self["apiVersion"]?.stringValue ?? "" }
        set { self["apiVersion"] = .string(newValue) }
    }

    /// The object's `kind`, empty where it is missing.
    public var kind: String {
        get { self["kind"]?.stringValue ?? "" }
        set { self["kind"] = .string(newValue) }
    }

    /// The object's `metadata`.
    ///
    /// Changes are made in place and leave the rest of the object as it is; a `metadata` that is missing is
    /// made only when something is set in it.
    public var metadata: ObjectMetadata {
        get { ObjectMetadata(self["metadata"]?.objectValue ?? Object()) }
        _modify {
            let isPresent = self["metadata"] != nil
            // Taken out of the object while it is changed, so that nothing is copied.
            var metadata = ObjectMetadata(Object())
            if case .object(let fields)? = self["metadata"] {
                metadata.fields = fields
                self["metadata"] = .null
            }
            defer {
                if isPresent || !metadata.fields.isEmpty { self["metadata"] = .object(metadata.fields) }
            }
            yield &metadata
        }
    }
}
