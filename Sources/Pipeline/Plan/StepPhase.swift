/// Where a step, a gate or a run stands.
public enum RunPhase: String, Sendable, Hashable, Codable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case passed = "Passed"
    case failed = "Failed"
    /// The machinery failed, so that nothing is known about the commit.
    case error = "Error"
    case canceled = "Canceled"

    /// Whether nothing follows.
    public var isFinal: Bool { self != .pending && self != .running }
}

/// How a step ended.
public enum StepOutcome: Sendable, Hashable {
    case passed
    /// The step itself failed; it is never repeated.
    case failed(StepFault)
    /// The machinery under it failed; the step may be repeated.
    case infrastructure(StepFault)
}

/// Why a step did not pass.
public struct StepFault: Sendable, Hashable, Codable {
    /// A run-time code.
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// The machinery failed.
        case infrastructure = "R01"
        /// The step took longer than its timeout.
        case timeout = "R02"
        /// The step ran out of memory.
        case outOfMemory = "R03"
        /// A service was not ready in time.
        case serviceNotReady = "R04"
        /// No tests ran.
        case noTests = "R05"
        /// A report is missing or cannot be read.
        case report = "R07"
        /// A scanner did not do its work.
        case scannerIncomplete = "R08"
        /// The image is larger than allowed.
        case imageSize = "R10"
        /// The commit's tag names another image already.
        case tagExists = "R11"
        /// A newer commit has taken the place of this one.
        case superseded = "R13"
        /// The program ended with another code than 0.
        case exitCode = "R20"
        /// Tests failed.
        case testsFailed = "R21"
        /// Findings are at or above the threshold.
        case findings = "R22"
        /// The ignore file has faults.
        case ignores = "R23"
        /// A secret cannot be given to the step.
        case secret = "R24"
        /// A step that is needed did not pass.
        case dependency = "R25"
        /// An output or artifact is missing.
        case output = "R26"
        /// A program that the step needs is not on this machine.
        case missingTool = "R27"
        /// The image does not do what `verify` asks of it.
        case imageTrial = "R28"
        /// The image cannot be made of what the pipeline file names.
        case image = "R29"
    }

    /// For programs, such as `R21`.
    public var code: Code
    /// For people; names the step and what to do.
    public var message: String

    /// The most characters of a message, which goes into the status of an object with those of other steps.
    private static let maximumMessage = 4_000

    /// A fault with its message.
    public init(_ code: Code, _ message: String) {
        self.code = code
        let isShort = message.utf8.count <= Self.maximumMessage
        self.message = isShort ? message : message.prefix(Self.maximumMessage) + "…"
    }
}
