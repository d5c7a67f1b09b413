import KubeModel
import Manifest

// Roles and their bindings, certificate requests, admission and aggregation.

extension TablePrinter {
    static let roleBindings = TablePrinter([
        .name,
        .text("Role") { "\($0.text("roleRef", "kind"))/\($0.text("roleRef", "name"))" },
        .age,
        .wide("Users") { subjects(of: $0, kind: "User") },
        .wide("Groups") { subjects(of: $0, kind: "Group") },
        .wide("ServiceAccounts") { subjects(of: $0, kind: "ServiceAccount") },
    ])

    private static func subjects(of binding: Value, kind: String) -> String {
        binding.items("subjects").filter { $0.text("kind") == kind }.map { subject in
            let name = subject.text("name")
            let namespace = subject.text("namespace")
            return kind == "ServiceAccount" && !namespace.isEmpty ? "\(namespace)/\(name)" : name
        }.joined(separator: ", ")
    }

    static let certificateSigningRequests = TablePrinter([
        .name,
        .age,
        .text("SignerName") { $0.text("spec", "signerName", absent: "<none>") },
        .text("Requestor") { $0.text("spec", "username") },
        .text("RequestedDuration") { request in
            guard let seconds = request["spec", "expirationSeconds"]?.integerValue else { return "<none>" }
            return Age.text(.seconds(seconds))
        },
        .text("Condition") { request in
            let types = Set(request.items("status", "conditions").map { $0.text("type") })
            var words: [String]
            if types.contains("Denied") {
                words = ["Denied"]
            } else if types.contains("Approved") {
                words = ["Approved"]
            } else {
                words = ["Pending"]
            }
            if types.contains("Failed") { words.append("Failed") }
            if !request.text("status", "certificate").isEmpty { words.append("Issued") }
            return words.joined(separator: ",")
        },
    ])

    static let webhookConfigurations = TablePrinter([
        .name, .count("Webhooks") { Int64($0.items("webhooks").count) }, .age,
    ])

    static let validatingAdmissionPolicies = TablePrinter([
        .name, .count("Validations") { Int64($0.items("spec", "validations").count) },
        .text("ParamKind", paramKind),
        .age,
    ])

    static let mutatingAdmissionPolicies = TablePrinter([
        .name, .count("Mutations") { Int64($0.items("spec", "mutations").count) },
        .text("ParamKind", paramKind),
        .age,
    ])

    @Sendable private static func paramKind(of policy: Value) -> String {
        guard let kind = policy["spec", "paramKind"] else { return "<unset>" }
        return "\(kind.text("apiVersion"))/\(kind.text("kind"))"
    }

    static let admissionPolicyBindings = TablePrinter([
        .name,
        .text("PolicyName") { $0.text("spec", "policyName") },
        .text("ParamRef") { binding in
            guard let reference = binding["spec", "paramRef"] else { return "<unset>" }
            let namespace = reference.text("namespace", absent: "*")
            let name = reference.text("name")
            if !name.isEmpty { return "\(namespace)/\(name)" }
            return reference["selector"].map { CellText.selector($0) } ?? "<unset>"
        },
        .age,
    ])

    static let apiServices = TablePrinter([
        .name,
        .text("Service") { service in
            guard let reference = service["spec", "service"] else { return "Local" }
            return "\(reference.text("namespace"))/\(reference.text("name"))"
        },
        .text("Available") { service in
            let available = service.items("status", "conditions").first { $0.text("type") == "Available" }
            guard let available else { return "Unknown" }
            let status = available.text("status")
            return status == "True" ? status : "\(status) (\(available.text("reason")))"
        },
        .age,
    ])
}
