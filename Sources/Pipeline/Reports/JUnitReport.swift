/// What a JUnit XML report says, counted case by case.
///
/// Totals of the report are never trusted: tools write zeros for what they did not count.
public struct JUnitReport: Sendable, Hashable {
    /// A test that did not pass.
    public struct Failure: Sendable, Hashable, Codable {
        /// `class.name`.
        public var test: String
        /// The words of the report.
        public var message: String
        /// Where the report says the test stands.
        public var file: String?
        /// Counted from 1.
        public var line: Int?
    }

    /// Tests that ran, whether they passed or not.
    public var executed = 0
    /// Tests that were not run.
    public var skipped = 0
    /// Tests that failed or broke.
    public var failures: [Failure] = []
    /// The time of all tests together in seconds, where the report tells it.
    public var seconds = 0.0

    /// The most bytes of a report.
    public static let maximumSize = 200 << 20

    /// The counts of several reports together.
    static func + (left: JUnitReport, right: JUnitReport) -> JUnitReport {
        JUnitReport(
            executed: left.executed + right.executed, skipped: left.skipped + right.skipped,
            failures: left.failures + right.failures, seconds: left.seconds + right.seconds)
    }
}

extension JUnitReport {
    /// Reads a report whose root is `testsuites` or `testsuite`.
    ///
    /// - Throws: ``PipelineError`` `invalidReport`.
    public init(_ bytes: [UInt8], name: String) throws(PipelineError) {
        guard bytes.count <= Self.maximumSize else {
            throw PipelineError(.invalidReport, "\(name) has more than 200 MB; split the test run")
        }
        var scanner = XMLScanner(bytes)
        var current: Case?
        var isFirst = true
        do {
            while let event = try scanner.next() {
                switch event {
                case .start(let element, let attributes):
                    if isFirst, element != "testsuites", element != "testsuite" {
                        throw PipelineError(
                            .invalidReport, "\(name) is no JUnit report: its root is <\(element)>")
                    }
                    isFirst = false
                    if element == "testcase" {
                        current = Case(attributes)
                    } else {
                        current?.begin(element, attributes)
                    }
                case .text(let text): current?.add(text)
                case .end(let element):
                    if element == "testcase", let ended = current {
                        add(ended)
                        current = nil
                    } else {
                        current?.end(element)
                    }
                }
            }
        } catch let error as XMLScanner.Fault {
            throw PipelineError(
                .invalidReport,
                "\(name):\(error.line) is no XML: \(error.message); was the test run cut short?")
        } catch let error as PipelineError {
            throw error
        } catch {
            throw PipelineError(.invalidReport, "\(name) cannot be read: \(error)")
        }
    }

    private mutating func add(_ ended: Case) {
        seconds += ended.seconds
        if ended.isSkipped, ended.failure == nil {
            skipped += 1
            return
        }
        executed += 1
        if let failure = ended.failure {
            failures.append(
                Failure(test: ended.name, message: failure, file: ended.file, line: ended.line))
        }
    }

    /// A test while its element is open.
    private struct Case {
        let name: String
        let file: String?
        let line: Int?
        let seconds: Double
        var failure: String?
        var isSkipped = false
        private var collects = false

        init(_ attributes: [String: String]) {
            let parts = [attributes["classname"], attributes["name"]].compactMap(\.self)
            name = parts.filter { !$0.isEmpty }.joined(separator: ".")
            file = attributes["file"]
            line = attributes["line"].flatMap { Int($0) }
            // Some tools write thousands with a comma.
            let time = (attributes["time"] ?? "").filter { $0 != "," }
            let value = Double(time) ?? 0
            seconds = value.isFinite && value > 0 ? value : 0
        }

        mutating func begin(_ element: String, _ attributes: [String: String]) {
            switch element {
            case "failure", "error":
                let message = attributes["message"] ?? ""
                if failure == nil { failure = message }
                collects = failure?.isEmpty ?? false
            case "skipped", "disabled": isSkipped = true
            // `flakyFailure`, `rerunFailure` and output tell how a test came to its result; they are not the result.
            default: break
            }
        }

        mutating func add(_ text: String) {
            guard collects, var message = failure, message.utf8.count < 4_096 else { return }
            message += text.drop(while: \.isWhitespace)
            failure = String(message.prefix(4_096))
        }

        mutating func end(_ element: String) {
            if element == "failure" || element == "error" { collects = false }
        }
    }
}
