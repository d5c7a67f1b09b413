/// Why something of a pipeline could not be done.
public struct PipelineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing failed.
    public enum Code: String, Sendable, Hashable {
        /// The pipeline file is not valid or not there.
        case invalidPipeline
        /// A report cannot be read or shows that its tool did not finish.
        case invalidReport
        /// A database of advisories cannot be read.
        case invalidAdvisories
        /// The file of ignored findings is not valid.
        case invalidIgnores
        /// A secret is missing, not allowed, or cannot be masked.
        case secretUnavailable
        /// A program of the machine is missing or failed.
        case programFailed
        /// A file of the run cannot be read or written.
        case fileFailed
        /// What was asked for is not there.
        case notFound
        /// The machinery under a run failed.
        case cellFailed
        /// A token cannot be issued.
        case tokenRefused
        /// A verdict does not stand for what it is to stand for.
        case verdictRefused
    }

    /// What kind of failure it is, for programs.
    public let code: Code
    /// What failed, on which object, why, and what to do next.
    public let message: String

    /// An error with its message.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
