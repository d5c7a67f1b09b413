extension YAML {
    /// How output is laid out; the defaults are the layout of `kubectl get -o yaml` with keys as they come.
    public struct WriteOptions: Sendable {
        /// The order in which the keys of every object are written.
        public enum KeyOrder: Sendable {
            /// As the tree has them.
            case asGiven
            /// As kubectl and kustomize sort them: letters last, numbers inside keys by their value.
            case sorted
            /// As the closure says; it answers whether its first key goes before its second.
            case by(@Sendable (String, String) -> Bool)
        }

        /// Where the dash of a list stands that is the value of a key.
        public enum SequenceIndent: Sendable {
            /// Under the first letter of the key, as kubectl, kustomize and Helm write it.
            case compact
            /// Two columns further right, as many people write it by hand.
            case indented
        }

        /// How much the output looks like that of kubectl and kustomize.
        public enum Fidelity: Sendable {
            /// As far as every reader of YAML 1.1 gets the strings back, and lines are never folded.
            case readable
            /// Byte for byte, with long lines folded at 80 columns.
            case exact
        }

        /// The order of keys; as given by default.
        public var keyOrder: KeyOrder
        /// How much the output looks like kubectl's; readable by default.
        public var fidelity: Fidelity
        /// The column of dashes; compact by default.
        public var sequenceIndent: SequenceIndent

        /// A layout; without arguments kubectl's.
        public init(
            keyOrder: KeyOrder = .asGiven, sequenceIndent: SequenceIndent = .compact,
            fidelity: Fidelity = .readable
        ) {
            self.keyOrder = keyOrder
            self.sequenceIndent = sequenceIndent
            self.fidelity = fidelity
        }
    }

    /// Writes one document as UTF-8, with a line break at its end.
    ///
    /// Strings are plain where kubectl reads them back as the same string, otherwise quoted; those of
    /// several lines are literal blocks. Unless ``WriteOptions/Fidelity/exact`` output is asked for, lines are never
    /// folded, so a change of one word is a change of one line in a diff. Reading the result gives the value back.
    public static func write(_ value: Value, options: WriteOptions = WriteOptions()) -> [UInt8] {
        var writer = YAMLWriter(options: options)
        writer.writeDocument(value)
        return writer.out
    }

    /// Writes a stream of documents as UTF-8, a `---` line between each two.
    public static func write(documents: [Value], options: WriteOptions = WriteOptions()) -> [UInt8] {
        var writer = YAMLWriter(options: options)
        for (place, document) in documents.enumerated() {
            if place > 0 { writer.out += "---\n".utf8 }
            writer.writeDocument(document)
        }
        return writer.out
    }

    /// Writes one document as text; see ``write(_:options:)``.
    public static func string(_ value: Value, options: WriteOptions = WriteOptions()) -> String {
        String(decoding: write(value, options: options), as: UTF8.self)
    }
}
