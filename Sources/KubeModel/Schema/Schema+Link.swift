import Synchronization

extension Schema {
    /// The way from a schema to a child: the child itself, or a name that is looked up on first use.
    struct Link: Sendable {
        private enum Target: Sendable {
            case inline(Schema)
            case reference(Reference)
        }
        private let target: Target

        init(_ schema: Schema) { target = .inline(schema) }

        /// A child that is made when it is first asked for; types that contain themselves need this.
        init(deferred resolve: @escaping @Sendable () -> Schema) {
            target = .reference(Reference(resolve))
        }

        var schema: Schema {
            switch target {
            case .inline(let schema): schema
            case .reference(let reference): reference.schema
            }
        }
    }

    private final class Reference: Sendable {
        private let resolve: @Sendable () -> Schema
        private let resolved = Mutex<Schema?>(nil)

        init(_ resolve: @escaping @Sendable () -> Schema) { self.resolve = resolve }

        var schema: Schema {
            if let schema = resolved.withLock({ $0 }) { return schema }
            // Resolved outside the lock: it takes the catalog's, and two results for one name are alike.
            let schema = resolve()
            return resolved.withLock { slot in
                if let first = slot { return first }
                slot = schema
                return schema
            }
        }
    }
}
