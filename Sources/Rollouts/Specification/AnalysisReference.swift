public import Manifest

/// An analysis that a rollout asks for: templates, the arguments they get, and how they are treated.
public struct AnalysisReference: Sendable, Hashable {
    /// A template by name.
    public struct Template: Sendable, Hashable {
        /// What templates call it.
        public var name: String
        /// Whether it is a ClusterAnalysisTemplate.
        public var isClusterWide: Bool

        /// Names a template.
        public init(name: String, isClusterWide: Bool = false) {
            self.name = name
            self.isClusterWide = isClusterWide
        }

        /// Reads an entry of `templates`; nil where it names none.
        init?(_ value: Value) {
            guard let name = value["templateName"]?.stringValue, !name.isEmpty else { return nil }
            self.init(name: name, isClusterWide: value["clusterScope"]?.boolValue ?? false)
        }
    }

    /// An argument: a value, a field of the rollout, or the hash of one of its ReplicaSets.
    public struct Argument: Sendable, Hashable {
        /// Where the value comes from.
        public enum Source: Sendable, Hashable {
            case value(String)
            /// A field of the Rollout, such as `metadata.labels['region']`.
            case field(path: String)
            /// `Stable` or `Latest`.
            case podTemplateHash(String)
        }
        /// What templates call it.
        public var name: String
        /// nil leaves the value to the templates.
        public var source: Source?
    }

    /// All of them, joined into one run.
    public var templates: [Template]
    /// What replaces the templates' own values.
    public var arguments: [Argument]
    /// Entries of `dryRun`, as written.
    public var dryRun: [Value]
    /// Entries of `measurementRetention`, as written.
    public var measurementRetention: [Value]
    /// Labels and annotations for the run, as written.
    public var metadata: Value?
    /// For a background analysis, the step before which it does not run.
    public var startingStep: Int?

    /// Reads an `analysis` field; nil where there is none.
    init?(_ value: Value?) {
        guard let value, value.objectValue != nil else { return nil }
        templates = (value["templates"]?.arrayValue ?? []).compactMap(Template.init)
        arguments = (value["args"]?.arrayValue ?? []).compactMap { entry in
            guard let name = entry["name"]?.stringValue else { return nil }
            let source: Argument.Source? =
                if let text = entry["value"]?.stringValue {
                    .value(text)
                } else if let path = entry["valueFrom", "fieldRef", "fieldPath"]?.stringValue {
                    .field(path: path)
                } else if let hash = entry["valueFrom", "podTemplateHashValue"]?.stringValue {
                    .podTemplateHash(hash)
                } else {
                    nil
                }
            return Argument(name: name, source: source)
        }
        dryRun = value["dryRun"]?.arrayValue ?? []
        measurementRetention = value["measurementRetention"]?.arrayValue ?? []
        metadata = value["analysisRunMetadata"]
        startingStep = value["startingStep"]?.integerValue.map { Int($0) }
    }
}
