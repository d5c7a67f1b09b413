import Manifest

/// The rules for how a pod resolves names.
enum DNSConfigValidation {
    static func faults(of config: ObjectField, policy: String) -> [FieldError] {
        let (servers, searches) = (config["nameservers"], config["searches"])
        if policy == "None" {
            if !config.isPresent {
                return [config.required("must provide `dnsConfig` when `dnsPolicy` is None")]
            }
            if servers.isEmpty {
                return [
                    servers.required("must provide at least one DNS nameserver when `dnsPolicy` is None")
                ]
            }
        }
        var errors: [FieldError] = []
        if servers.texts.count > 3 {
            errors.append(servers.invalid("must not have more than 3 nameservers"))
        }
        errors += servers.items.flatMap(IPAddress.faults)
        if searches.texts.count > 32 {
            errors.append(searches.invalid("must not have more than 32 search paths"))
        }
        if searches.texts.joined(separator: " ").utf8.count > 2048 {
            errors.append(
                searches.invalid(
                    "must not have more than 2048 characters (including spaces) in the search list"))
        }
        for search in searches.items where search.text != "." {
            let domain = search.text.hasSuffix(".") ? String(search.text.dropLast()) : search.text
            errors += NameSyntax.dns1123SubdomainWithUnderscore(domain).map {
                .invalid(search.path, .string(domain), $0)
            }
        }
        for option in config["options"].items where option["name"].text.isEmpty {
            errors.append(option.required("must not be empty"))
        }
        return errors
    }
}
