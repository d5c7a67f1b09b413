public import FoundationEssentials

/// What was checked of one signature, in order, and how it ended.
public struct VerificationReport: Sendable {
    /// The checks, in the order in which they are made.
    public enum Check: String, Sendable, Hashable, CaseIterable {
        /// The signature's form and limits.
        case structure
        /// The log entries: proofs, checkpoints, promises.
        case transparencyLog = "transparency log"
        /// At least one trusted time at which it was signed.
        case time = "signing time"
        /// The certificate's issuance and usage at that time.
        case certificate
        /// The promise that the certificate is public.
        case certificateTransparency = "certificate transparency"
        /// Who signed.
        case identity
        /// The signature itself.
        case signature
        /// That the log recorded this signature and no other.
        case entry = "log entry content"
        /// That the signature is about the artifact.
        case subject
    }

    /// How a check ended.
    public enum Outcome: Sendable {
        case passed(detail: String)
        case failed(SigstoreError)
        /// An earlier check failed, so this one was not made.
        case notReached
        /// The check has no meaning for this signature.
        case notApplicable(reason: String)
    }

    /// What is verified, for people: a file or a digest.
    public let name: String
    /// Every check with its outcome.
    public internal(set) var checks: [(check: Check, outcome: Outcome)] = []
    /// What was learned, nil unless every check passed.
    public internal(set) var result: VerifiedSignature?
    /// Why it is not valid, nil where it is.
    public internal(set) var error: SigstoreError?

    init(name: String) { self.name = name }

    /// The check that failed, nil where none did.
    public var failedCheck: Check? {
        checks.first { if case .failed = $0.outcome { true } else { false } }?.check
    }

    /// Whether every check passed.
    public var isValid: Bool { result != nil }

    mutating func run<T>(
        _ check: Check, _ body: () throws(SigstoreError) -> (detail: String, value: T)
    ) throws(SigstoreError) -> T {
        do throws(SigstoreError) {
            let (detail, value) = try body()
            checks.append((check, .passed(detail: detail)))
            return value
        } catch {
            checks.append((check, .failed(error)))
            throw error
        }
    }

    /// Does a part of a check whose rest comes later: only its failure is written down.
    mutating func attempt<T>(
        _ check: Check, _ body: () throws(SigstoreError) -> T
    ) throws(SigstoreError) -> T {
        do throws(SigstoreError) {
            return try body()
        } catch {
            checks.append((check, .failed(error)))
            throw error
        }
    }

    mutating func skip(_ check: Check, _ reason: String) {
        checks.append((check, .notApplicable(reason: reason)))
    }

    mutating func fail(_ error: SigstoreError) {
        self.error = error
        for check in Check.allCases where !checks.contains(where: { $0.check == check }) {
            checks.append((check, .notReached))
        }
    }
}

/// A signature that has passed every check.
public struct VerifiedSignature: Sendable {
    /// The signer's certificate, nil for a signature by a key.
    public let certificate: SigningCertificate?
    /// The times that a log or a timestamp authority vouches for, at all of which the certificate was valid.
    public let times: [Date]
    /// Where the signature is recorded.
    public let logEntries: [LogEntry]
    /// The statement that was signed, nil for a signature over the artifact itself.
    public let statement: Statement?
    /// SHA-256 of the artifact.
    public let digest: [UInt8]
}
