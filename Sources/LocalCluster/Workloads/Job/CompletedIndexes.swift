/// The indexes of an Indexed job that are done, as `status.completedIndexes` spells them: `1,3-5,7`.
struct CompletedIndexes: Sendable, Hashable {
    private(set) var indexes: Set<Int> = []

    init() {}

    /// Reads the spelling; what is no index below `completions` is passed over.
    init(_ text: String, completions: Int) {
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
                first < completions
            else {
                continue
            }
            indexes.formUnion(first...min(last, completions - 1))
        }
    }

    var count: Int { indexes.count }

    func contains(_ index: Int) -> Bool { indexes.contains(index) }

    mutating func insert(_ index: Int) { indexes.insert(index) }

    /// The spelling: runs of three and more with a dash, as two neighbours are shorter with a comma.
    var text: String {
        var parts: [String] = []
        var run: ClosedRange<Int>?
        func close() {
            guard let run else { return }
            switch run.count {
            case 1: parts.append("\(run.lowerBound)")
            case 2: parts.append("\(run.lowerBound),\(run.upperBound)")
            default: parts.append("\(run.lowerBound)-\(run.upperBound)")
            }
        }
        for index in indexes.sorted() {
            if let current = run, current.upperBound == index - 1 {
                run = current.lowerBound...index
            } else {
                close()
                run = index...index
            }
        }
        close()
        return parts.joined(separator: ",")
    }
}
