/// The tags of YAML's core schema that have an effect on a value.
enum YAMLTag {
    static let prefix = "tag:yaml.org,2002:"

    static let string = prefix + "str"
    static let integer = prefix + "int"
    static let float = prefix + "float"
    static let boolean = prefix + "bool"
    static let null = prefix + "null"
    static let binary = prefix + "binary"
    static let timestamp = prefix + "timestamp"
    static let merge = prefix + "merge"
    /// The tag `!`: a scalar is text, however it looks.
    static let nonSpecific = "!"

    /// `!!int` for `tag:yaml.org,2002:int`.
    static func short(_ tag: String) -> String {
        tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    }
}
