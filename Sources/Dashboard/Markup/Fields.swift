import Mustache

/// What a template shows: a tree of named values.
///
/// A name that is not there is empty in a template and does not stand for the same name further out, so that a row
/// never shows what belongs to the page. Only `page` is looked for further out. Text is escaped where it is shown;
/// ``Markup`` alone is not, and can only be made by what escapes by itself.
struct Fields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// A value of a template.
    enum Field: Sendable, Hashable {
        /// Empty text counts as false in a section.
        case text(String)
        case flag(Bool)
        case list([Fields])
        case group(Fields)
        case markup(Markup)
    }

    private(set) var values: [String: Field]

    init(dictionaryLiteral elements: (String, Field)...) {
        values = Dictionary(elements, uniquingKeysWith: { _, last in last })
    }

    subscript(name: String) -> Field? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The fields with those of others, which win.
    func merging(_ others: Fields) -> Fields {
        var merged = self
        merged.values.merge(others.values) { _, other in other }
        return merged
    }
}

extension Fields.Field: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }

    /// A text, or nothing.
    static func optional(_ text: String?) -> Fields.Field { .text(text ?? "") }
    /// A whole number.
    static func number(_ number: some BinaryInteger) -> Fields.Field { .text(String(number)) }
}

/// Finished HTML or SVG.
struct Markup: Sendable, Hashable {
    let text: String

    /// Only for what has escaped every part that came from elsewhere.
    init(trusted text: String) { self.text = text }
}

extension Fields: MustacheParent {
    func child(named name: String) -> Any? {
        switch values[name] {
        case .text(let text)?: text.isEmpty ? Absent() : text
        case .flag(let flag)?: flag
        case .list(let list)?: list
        case .group(let fields)?: fields
        case .markup(let markup)?: markup.text.isEmpty ? Absent() : markup.text
        case nil: name == "page" ? nil : Absent()
        }
    }
}

/// What a name stands for that is not there.
private struct Absent: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}
