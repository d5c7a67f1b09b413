/// How far nested collections are indented.
struct YAMLLayout: Sendable, Hashable {
    /// From a key to the keys of its value.
    var step = 2
    /// From a key to the dashes of its value; 0 where they stand under the key.
    var sequenceShift = 0
}
