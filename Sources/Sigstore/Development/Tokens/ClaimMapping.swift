import Manifest

/// How the claims of an issuer's tokens become the identity and the extensions of a certificate.
///
/// A template is text with claims in braces: `{url}/{repository}/actions/runs/{run_id}`. A template whose claims are
/// not all there gives nothing, which is an error for the identity and leaves an extension out.
public struct ClaimMapping: Sendable, Hashable {
    /// A template for the certificate's name: `{url}/{repository}`.
    public var identity: String
    /// The form of the certificate's name.
    public var kind: SigningCertificate.Identity.Kind
    /// Templates for what else the certificate says.
    public var extensions: [CertificateExtension: String]
    /// Claims that must be there and not empty.
    public var required: [String]

    /// A mapping in the words of Fulcio's configuration.
    public init(
        identity: String, kind: SigningCertificate.Identity.Kind = .uri,
        extensions: [CertificateExtension: String] = [:], required: [String] = []
    ) {
        self.identity = identity
        self.kind = kind
        self.extensions = extensions
        self.required = required
    }

    /// The tokens of GitHub's workflows, as the public instance maps them.
    ///
    /// - Parameter url: the server, `https://github.com`.
    public static func github(url: String = "https://github.com") -> ClaimMapping {
        ClaimMapping(
            identity: "\(url)/{job_workflow_ref}",
            extensions: [
                .workflowTrigger: "{event_name}", .workflowDigest: "{sha}", .workflowName: "{workflow}",
                .workflowRepository: "{repository}", .workflowRef: "{ref}",
                .buildSignerURI: "\(url)/{job_workflow_ref}", .buildSignerDigest: "{job_workflow_sha}",
                .runnerEnvironment: "{runner_environment}", .sourceRepositoryURI: "\(url)/{repository}",
                .sourceRepositoryDigest: "{sha}", .sourceRepositoryRef: "{ref}",
                .sourceRepositoryIdentifier: "{repository_id}",
                .sourceRepositoryOwnerURI: "\(url)/{repository_owner}",
                .sourceRepositoryOwnerIdentifier: "{repository_owner_id}",
                .buildConfigURI: "\(url)/{workflow_ref}", .buildConfigDigest: "{workflow_sha}",
                .buildTrigger: "{event_name}",
                .runInvocationURI: "\(url)/{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
                .sourceRepositoryVisibility: "{repository_visibility}",
                .deploymentEnvironment: "{environment}",
                .tokenSubject: "{sub}",
            ],
            required: [
                "event_name", "sha", "workflow", "repository", "ref", "job_workflow_ref", "job_workflow_sha",
                "runner_environment", "repository_id", "repository_owner", "repository_owner_id",
                "workflow_ref",
                "workflow_sha", "run_id", "run_attempt",
            ])
    }

    /// The tokens of GitLab's jobs, as the public instance maps them.
    ///
    /// - Parameter url: the server, `https://gitlab.com`.
    public static func gitlab(url: String = "https://gitlab.com") -> ClaimMapping {
        ClaimMapping(
            identity: "https://{ci_config_ref_uri}",
            extensions: [
                .buildSignerURI: "https://{ci_config_ref_uri}", .buildSignerDigest: "{ci_config_sha}",
                .runnerEnvironment: "{runner_environment}", .sourceRepositoryURI: "\(url)/{project_path}",
                .sourceRepositoryDigest: "{sha}", .sourceRepositoryRef: "refs/{ref_kind}/{ref}",
                .sourceRepositoryIdentifier: "{project_id}",
                .sourceRepositoryOwnerURI: "\(url)/{namespace_path}",
                .sourceRepositoryOwnerIdentifier: "{namespace_id}",
                .buildConfigURI: "https://{ci_config_ref_uri}", .buildConfigDigest: "{ci_config_sha}",
                .buildTrigger: "{pipeline_source}",
                .runInvocationURI: "\(url)/{project_path}/-/jobs/{job_id}",
                .sourceRepositoryVisibility: "{project_visibility}", .tokenSubject: "{sub}",
            ],
            required: [
                "ci_config_ref_uri", "ci_config_sha", "runner_environment", "project_path", "sha", "ref",
                "ref_type",
                "project_id", "namespace_path", "namespace_id", "pipeline_source", "job_id",
            ])
    }

    /// People, by an address that the issuer says it has verified.
    public static let email = ClaimMapping(identity: "{email}", kind: .email, required: ["email"])

    /// Workloads whose subject is an address already: SPIFFE ids, this program's pipelines.
    public static let subject = ClaimMapping(
        identity: "{sub}", extensions: [.tokenSubject: "{sub}"], required: ["sub"])

    /// Service accounts of Kubernetes.
    public static let kubernetes = ClaimMapping(
        identity:
            "https://kubernetes.io/namespaces/{kubernetes.io.namespace}/serviceaccounts/{kubernetes.io.serviceaccount.name}",
        required: ["sub"])

    /// Identity and extensions of a token.
    ///
    /// - Throws: `SigstoreError` with code `refused` for a claim that is missing.
    func certificateContent(
        of claims: Value, issuer: String
    ) throws(SigstoreError) -> (
        identity: SigningCertificate.Identity, extensions: [CertificateExtension: String]
    ) {
        for name in required where (Self.claim(name, in: claims) ?? "").isEmpty {
            throw SigstoreError(.refused, "the token lacks the claim \"\(name)\"")
        }
        guard let identity = Self.fill(identity, claims), !identity.isEmpty else {
            throw SigstoreError(.refused, "the token lacks claims of the identity \"\(self.identity)\"")
        }
        if kind == .uri {
            guard identity.contains(":"), identity.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw SigstoreError(.refused, "the token's identity \"\(identity)\" is no URI")
            }
        }
        var result: [CertificateExtension: String] = [.issuer: issuer, .issuerV2: issuer]
        for (kind, template) in extensions {
            guard let text = Self.fill(template, claims), !text.isEmpty else { continue }
            result[kind] = text
        }
        return (SigningCertificate.Identity(kind: kind, value: identity), result)
    }

    /// Replaces the claims of a template, nil where one is missing.
    static func fill(_ template: String, _ claims: Value) -> String? {
        var result = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            let name = String(rest[rest.index(after: open)..<close])
            guard let value = claim(name, in: claims) else { return nil }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// A claim as text. GitLab says `branch` and `tag`, where references have `heads` and `tags`.
    private static func claim(_ name: String, in claims: Value) -> String? {
        switch name {
        case "ref_kind":
            switch claims["ref_type"]?.stringValue {
            case "branch": return "heads"
            case "tag": return "tags"
            default: return nil
            }
        case "kubernetes.io.namespace": return claims["kubernetes.io", "namespace"]?.stringValue
        case "kubernetes.io.serviceaccount.name":
            return claims["kubernetes.io", "serviceaccount", "name"]?.stringValue
        default: break
        }
        switch claims[name] {
        case .string(let text)?: return text
        case .integer(let number)?: return String(number)
        case .bool(let flag)?: return String(flag)
        default: return nil
        }
    }
}
