/// What can be wrong with a YAML text, and what its author should do about it.
enum YAMLFault: Error {
    // Characters and size
    case tooLarge(Int, Int)
    case foreignEncoding(String)
    case invalidUTF8(UInt8)
    case controlCharacter(UInt32)
    case tooDeep(Int)
    // Structure
    case tabIndentation
    case badIndentation(expected: Int, found: Int)
    case trailingText
    case secondRoot
    case itemInMapping
    case entryInSequence
    case missingColon
    case nestedMappingOnLine
    case nestedSequenceOnLine
    case keyOnContinuationLine(line: Int)
    case multilineKey
    case longKey
    case commentNeedsSpace
    case reservedIndicator(UInt8)
    case strayIndicator(UInt8)
    // Scalars
    case unclosedQuote(line: Int)
    case markerInQuotes
    case quoteIndentation(line: Int)
    case unknownEscape(UInt8)
    case badHexEscape(Int)
    case badScalarValue
    case blockScalarHeader
    case blockScalarIndentation
    case blockScalarTab
    // Flow collections
    case unclosedBracket(UInt8, line: Int)
    case mismatchedBracket(open: UInt8, found: UInt8)
    case missingComma
    case emptyEntry
    case flowIndentation(UInt8, line: Int)
    case markerInBrackets
    case blockInBrackets
    case template
    // Properties, aliases, directives
    case emptyAnchor, emptyAlias
    case twoAnchors, twoTags
    case aliasWithProperties
    case propertiesNeedSpace
    case propertiesBeforeIndicator
    case unknownAlias(String)
    case badTag
    case unknownTagHandle(String)
    case badDirective(String)
    case directiveWithoutDocument
    case unsupportedVersion(String)
    // Values
    /// With the line of the first one; while a value is built, with its offset.
    case duplicateKey(String, first: Int)
    case complexKey
    case notFinite(String)
    case wrongTag(String, tag: String)
    case badBase64
    case badMerge
    case recursiveAlias(String)
    case aliasesTooLarge
    case aliasesTooDeep(Int)
}

extension YAMLFault {
    var code: ManifestError.Code {
        switch self {
        case .tooLarge, .aliasesTooLarge: .sizeLimit
        case .foreignEncoding, .invalidUTF8, .controlCharacter: .encoding
        case .tooDeep, .aliasesTooDeep: .depthLimit
        case .duplicateKey: .duplicateKey
        case .unknownAlias: .unknownAlias
        case .complexKey, .notFinite, .recursiveAlias, .unsupportedVersion: .unsupported
        default: .syntax
        }
    }
}
