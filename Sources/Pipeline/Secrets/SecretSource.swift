import Foundation
public import KubeClient
import KubeModel
import Manifest

/// Where the values of a pipeline's secrets come from.
public protocol SecretSource: Sendable {
    /// The value behind `from:` in a pipeline file; nil where there is none, or it is not for pipelines.
    func value(of source: String, named name: String, namespace: String) async throws -> [UInt8]?
}

/// Secrets of the API that are marked for pipelines: `from: NAME/KEY` in the run's namespace.
///
/// Without the mark a pipeline file could read every Secret of its namespace.
public struct KubeSecretSource: SecretSource {
    /// The label, with the value `true`, of Secrets that pipelines may use.
    public static let label = "slipway.dev/pipeline-secret"

    private let client: KubeClient

    /// Reads Secrets with a client.
    public init(_ client: KubeClient) { self.client = client }

    /// Reads the key of a marked Secret.
    public func value(of source: String, named name: String, namespace: String) async throws -> [UInt8]? {
        let parts = source.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        let secret: Value
        do {
            secret = try await client.get(.secrets, parts[0], namespace: namespace)
        } catch let error as APIError where error.isNotFound {
            return nil
        }
        guard secret.metadata.labels[Self.label] == "true", let text = secret["data", parts[1]]?.stringValue,
            let bytes = Base64.decode(text)
        else { return nil }
        return bytes
    }
}

/// Secrets of the environment, for runs on a developer's machine: the variable has the secret's own name.
public struct EnvironmentSecretSource: SecretSource {
    private let environment: [String: String]

    /// Reads from an environment.
    public init(_ environment: [String: String]) { self.environment = environment }

    /// Reads the variable that has the secret's name.
    public func value(of source: String, named name: String, namespace: String) async throws -> [UInt8]? {
        environment[name].map { Array($0.utf8) }
    }
}

/// The secrets of a run: those that its steps ask for and its trust allows, and generated passwords.
struct RunSecrets: Sendable {
    /// By the name of the variable.
    var values: [String: [UInt8]] = [:]
    /// By the name of the service.
    var passwords: [String: String] = [:]
    /// Why a secret cannot be used; a step that names it fails.
    var faults: [String: StepFault] = [:]

    /// What logs must not show.
    var masked: [(name: String, value: [UInt8])] {
        values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
            + passwords.sorted { $0.key < $1.key }.map { (name: $0.key, value: Array($0.value.utf8)) }
    }

    /// Texts without the secrets in them, for what is told of a step besides its log.
    func masking(_ texts: [String]) -> [String] {
        guard !texts.isEmpty, !(values.isEmpty && passwords.isEmpty), let masker = try? SecretMasker(masked)
        else { return texts }
        return texts.map { text in
            var masker = masker
            let shown = masker.mask(text.utf8)
            return String(decoding: shown + masker.finish(), as: UTF8.self)
        }
    }

    /// The same fault, its message without secrets.
    func masking(_ fault: StepFault) -> StepFault {
        StepFault(fault.code, masking([fault.message])[0])
    }

    /// The data of the cell's Secret.
    var data: [String: [UInt8]] {
        var data: [String: [UInt8]] = [:]
        for (name, value) in values { data["secret.\(name)"] = value }
        for (service, password) in passwords {
            data[CellManifest.passwordKey(service)] = Array(password.utf8)
        }
        return data
    }

    /// Fetches the secrets that planned steps name, and makes passwords.
    static func collect(
        for run: RunContext, from source: any SecretSource, existing: [String: String] = [:],
        using random: inout some RandomNumberGenerator
    ) async throws -> RunSecrets {
        var result = RunSecrets()
        for service in run.file.services {
            guard let variable = service.passwordVariable, case .generated(let length) = variable.text else {
                continue
            }
            result.passwords[service.name] = existing[service.name] ?? password(length, using: &random)
        }
        let steps = run.plan.steps.compactMap { run.file.step($0.id) }
        for name in Set(steps.flatMap(\.secrets)).sorted() {
            guard let reference = run.file.secrets.first(where: { $0.name == name }) else { continue }
            guard run.trust >= reference.trust, run.trust > .fork else {
                result.faults[name] = StepFault(
                    .secret,
                    "E605: the secret \(name) is for runs with trust \(reference.trust.rawValue) or more; this one has "
                        + run.trust.rawValue)
                continue
            }
            guard
                let value = try await source.value(
                    of: reference.source, named: name, namespace: run.namespace)
            else {
                result.faults[name] = StepFault(
                    .secret,
                    "E602: the secret \(name) (\(reference.source)) does not exist or is not marked for pipelines with "
                        + "the label \(KubeSecretSource.label)=true")
                continue
            }
            guard value.count >= SecretForms.minimumLength else {
                result.faults[name] = StepFault(
                    .secret,
                    "E606: the secret \(name) has fewer than \(SecretForms.minimumLength) bytes and could not be masked"
                )
                continue
            }
            result.values[name] = value
        }
        return result
    }

    private static func password(_ length: Int, using random: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        return String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
    }
}
