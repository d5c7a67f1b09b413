import Foundation
import Manifest
import Sigstore

/// What `slipway verify` prints.
struct SignatureVerdict {
    let artifact: String
    let digest: [UInt8]
    let reports: [VerificationReport]
    let root: TrustedRoot

    var isValid: Bool { reports.contains(where: \.isValid) }

    /// Whether the trusted root is that of a development instance, which says nothing about production.
    private var isDevelopment: Bool { JSON.string(root.value).contains("DEVELOPMENT") }

    private var verdict: String {
        if isValid { return "valid" }
        return reports.isEmpty ? "unsigned" : "invalid"
    }

    // MARK: For people

    var text: String {
        var lines = ["\(artifact)", "  sha256:\(Hex.encode(digest))"]
        if isDevelopment { lines.append("  trusted root: DEVELOPMENT, not for production") }
        if reports.isEmpty { lines.append("  no signature was found") }
        for report in reports {
            lines.append("  \(report.name)")
            for (check, outcome) in report.checks {
                let (mark, detail): (String, String) =
                    switch outcome {
                    case .passed(let detail): ("ok  ", detail)
                    case .failed(let error): ("FAIL", error.description)
                    case .notReached: ("-   ", "not reached")
                    case .notApplicable(let reason): ("-   ", reason)
                    }
                let name = check.rawValue.padding(toLength: 24, withPad: " ", startingAt: 0)
                lines.append("    \(mark)  \(name)  \(detail)")
            }
        }
        lines.append("\(verdict)")
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: For machines

    var value: Value {
        [
            "artifact": .string(artifact), "digest": .string("sha256:\(Hex.encode(digest))"),
            "verdict": .string(verdict), "developmentTrustedRoot": .bool(isDevelopment),
            "trustedRootDigest": .string("sha256:\(Hex.encode(root.digest))"),
            "signatures": .array(reports.map(Self.value)),
        ]
    }

    private static func value(_ report: VerificationReport) -> Value {
        let checks = report.checks.map { check, outcome -> Value in
            var item: Object = ["name": .string(check.rawValue)]
            switch outcome {
            case .passed(let detail):
                item["outcome"] = "passed"
                item["detail"] = .string(detail)
            case .failed(let error):
                item["outcome"] = "failed"
                item["code"] = .string("\(error.code)")
                item["detail"] = .string(error.description)
            case .notReached: item["outcome"] = "notReached"
            case .notApplicable(let reason):
                item["outcome"] = "notApplicable"
                item["detail"] = .string(reason)
            }
            return .object(item)
        }
        var value: Object = [
            "name": .string(report.name), "valid": .bool(report.isValid), "checks": .array(checks),
        ]
        if let error = report.error { value["error"] = .string(error.description) }
        if let result = report.result { value["signer"] = signer(result) }
        return .object(value)
    }

    private static func signer(_ result: VerifiedSignature) -> Value {
        var value: Object = [:]
        if let certificate = result.certificate {
            value["identity"] = .string(certificate.identity.value)
            value["identityKind"] = .string(certificate.identity.kind.rawValue)
            value["issuer"] = .string((try? certificate.issuer) ?? "")
            let pairs = certificate.extensions.sorted { $0.key.rawValue < $1.key.rawValue }
            value["extensions"] = .object(
                Object(pairs.map { Object.Pair(key: $0.key.name, value: .string($0.value)) }))
        }
        value["times"] = .array(result.times.map { .string($0.formatted(.iso8601)) })
        value["logEntries"] = .array(
            result.logEntries.map {
                [
                    "logID": .string(Hex.encode($0.logID)), "logIndex": .integer($0.logIndex),
                    "kind": .string($0.kind),
                ]
            })
        if let statement = result.statement { value["predicateType"] = .string(statement.predicateType) }
        return .object(value)
    }
}
