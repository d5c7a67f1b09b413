// Every message of the YAML reader. Each says what is wrong and then what to do.
extension YAMLFault {
    var message: String {
        switch self {
        case .tooLarge(let size, let limit):
            "the document has \(size) bytes, more than the limit of \(limit)"
        case .foreignEncoding(let name):
            "the text is encoded in \(name); save it as UTF-8"
        case .invalidUTF8(let byte):
            "the byte 0x\(hex(UInt32(byte), 2)) is not valid UTF-8; save the file as UTF-8"
        case .controlCharacter(let scalar):
            "the control character U+\(hex(scalar, 4)) is not allowed here; "
                + "remove it or write it as an escape in double quotes"
        case .tooDeep(let limit):
            "lists and mappings are nested more than \(limit) levels deep"
        case .aliasesTooDeep(let limit):
            "with its aliases replaced, the document is nested more than \(limit) levels deep"
        case .duplicateKey(let key, let line):
            "the key \"\(short(key))\" is already set on line \(line); remove one of them"
        case .complexKey:
            "a key must be text, a number, a boolean or null; lists and mappings cannot be; "
                + "quote the text if it begins with a bracket"
        case .notFinite(let text):
            "\(text) is not a finite number, which a manifest cannot hold; put quotes around it if it is text"
        case .wrongTag(let text, let tag):
            "\"\(short(text))\" is no value of the type \(tag)"
        case .badBase64:
            "the text after !!binary is not valid base64"
        case .badMerge:
            "the value of << must be a mapping, an alias of one, or a list of these"
        case .recursiveAlias(let name):
            "the alias *\(short(name)) stands inside the very node it refers to, so it would never end"
        case .aliasesTooLarge:
            "the aliases of this document expand to too much data; write out what is meant or split it up"
        default: structureMessage ?? scalarMessage ?? propertyMessage ?? "this is not valid YAML"
        }
    }

    private var structureMessage: String? {
        switch self {
        case .tabIndentation:
            "a tab is used for indentation; YAML wants spaces, so replace the tab by spaces"
        case .badIndentation(let expected, let found):
            found > expected
                ? "this line is indented by \(spaces(found)), its neighbours by \(expected); align them"
                : "this line is indented by \(spaces(found)), as none of the lines it could belong to is; "
                    + "align it with its siblings"
        case .trailingText:
            "unexpected text after the end of a value; put it on its own line or quote the whole value"
        case .secondRoot:
            "unexpected content after the end of the document; indent it, or begin a new document with ---"
        case .itemInMapping:
            "a list item (-) stands where the next key of a mapping is expected; check the indentation"
        case .entryInSequence:
            "expected the next list item (-) here; check the indentation"
        case .missingColon:
            "expected ': ' after this key; write 'key: value', or check the indentation"
        case .nestedMappingOnLine:
            "a mapping cannot begin here; if the ': ' belongs to the text, quote the text, "
                + "else put the key on its own line"
        case .nestedSequenceOnLine:
            "a list cannot begin here; put the '- ' on its own line, or quote the text if the dash belongs to it"
        case .keyOnContinuationLine(let line):
            "this line continues the text that began on line \(line), which may not contain ': '; "
                + "check the indentation or quote the text"
        case .multilineKey:
            "a key must stand on one line; shorten it, or write '? ' before the key"
        case .longKey:
            "a key may have at most 1024 characters; write '? ' before the key"
        case .commentNeedsSpace:
            "a comment needs a space before its #"
        case .reservedIndicator(let byte):
            "text cannot start with \(character(byte)); put quotes around it"
        case .strayIndicator(let byte):
            "unexpected \(character(byte)); put quotes around the text if it belongs to it"
        case .unclosedBracket(let open, let line):
            "the \(character(open)) opened on line \(line) is not closed"
        case .mismatchedBracket(let open, let found):
            "\(character(found)) does not close the \(character(open)) before it"
        case .missingComma:
            "expected ',' or the closing bracket after this entry"
        case .emptyEntry:
            "an entry is missing before this ','; remove the comma"
        case .flowIndentation(let open, let line):
            "the \(character(open)) opened on line \(line) is still open; "
                + "close it before this line, or indent this line deeper than its key"
        case .markerInBrackets:
            "a document marker stands inside brackets that are still open; close them first"
        case .blockInBrackets:
            "lists with '- ' cannot stand inside brackets; write [a, b] instead"
        case .template:
            "{{ begins a template, which is not YAML yet; render the file first, or quote the text"
        default: nil
        }
    }

    private var scalarMessage: String? {
        switch self {
        case .unclosedQuote(let line):
            "the quote opened on line \(line) is not closed"
        case .markerInQuotes:
            "a document marker stands inside quoted text; indent it, or close the quote before it"
        case .quoteIndentation(let line):
            "the quote opened on line \(line) is still open; "
                + "close it before this line, or indent this line deeper than its key"
        case .unknownEscape(let byte):
            "\\\(printable(byte)) is no escape; write \\\\ for a backslash, or use single quotes"
        case .badHexEscape(let digits):
            "this escape needs \(digits) hexadecimal digits"
        case .badScalarValue:
            "this escape stands for no Unicode character"
        case .blockScalarHeader:
            "after | or > only an indentation digit, + or - and a comment may follow; "
                + "the text begins on the next line"
        case .blockScalarIndentation:
            "this blank line has more spaces than the text below it; remove them, or give the indentation after | or >"
        case .blockScalarTab:
            "the text of this block is indented with a tab; replace the tab by spaces"
        default: nil
        }
    }

    private var propertyMessage: String? {
        switch self {
        case .emptyAnchor: "an anchor needs a name after &; quote the text if it begins with &"
        case .emptyAlias: "an alias needs a name after *; quote the text if it begins with *"
        case .twoAnchors: "a value can have only one anchor"
        case .twoTags: "a value can have only one tag"
        case .aliasWithProperties:
            "an alias cannot have an anchor or a tag; it takes those of what it refers to"
        case .propertiesNeedSpace: "an anchor or tag must be followed by a space or the end of the line"
        case .propertiesBeforeIndicator:
            "the anchor or tag of a list or mapping must stand on a line before it"
        case .unknownAlias(let name): "the alias *\(short(name)) refers to no anchor &\(short(name)) above it"
        case .badTag: "this is not a well-formed tag; quote the text if it begins with !"
        case .unknownTagHandle(let handle):
            "the tag handle \(short(handle)) is declared by no %TAG directive of this document"
        case .badDirective(let name): "the %\(name) directive is malformed or repeated"
        case .directiveWithoutDocument: "a directive must be followed by a document that begins with ---"
        case .unsupportedVersion(let version): "YAML version \(short(version)) is not supported; use 1.2"
        default: nil
        }
    }

    private func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }

    /// Text from the document, cut where it would fill the screen.
    private func short(_ text: String) -> String {
        text.utf8.count <= 80 ? text : text.prefix(60) + "…"
    }

    private func spaces(_ count: Int) -> String { count == 1 ? "1 space" : "\(count) spaces" }

    private func printable(_ byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7F ? String(Unicode.Scalar(byte)) : ""
    }

    private func character(_ byte: UInt8) -> String { "'\(printable(byte))'" }
}
