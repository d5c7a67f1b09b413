import Manifest

/// `Cargo.lock` of Cargo, versions 1 to 4.
enum CargoLock {
    static func components(of bytes: [UInt8], location: String) throws(InventoryError) -> [Component] {
        let document = try TOML.parse(bytes)
        let packages = document["package"]?.arrayValue ?? []
        var versions: [String: [String]] = [:]
        for package in packages {
            guard let name = package["name"]?.stringValue, let version = package["version"]?.stringValue
            else {
                throw InventoryError(.syntax, "a package of the lock file has no name or no version")
            }
            versions[name, default: []].append(version)
        }
        var components: [Component] = []
        for package in packages {
            // A package without a source is a member of the workspace.
            guard let name = package["name"]?.stringValue, let version = package["version"]?.stringValue,
                let source = package["source"]?.stringValue
            else { continue }
            var qualifiers: [String: String] = [:]
            if source.hasPrefix("git+") { qualifiers["vcs_url"] = source }
            var hashes: [Component.Hash] = []
            if let checksum = package["checksum"]?.stringValue {
                hashes.append(Component.Hash(algorithm: "SHA-256", value: checksum))
            }
            let dependencies = (package["dependencies"]?.arrayValue ?? []).compactMap {
                entry -> PackageURL? in
                // "name", "name version" or "name version (source)".
                let words = (entry.stringValue ?? "").split(separator: " ").map(String.init)
                guard let name = words.first else { return nil }
                let version = words.count > 1 ? words[1] : versions[name]?.first
                return PackageURL(type: "cargo", name: name, version: version)
            }
            components.append(
                Component(
                    PackageURL(type: "cargo", name: name, version: version, qualifiers: qualifiers),
                    hashes: hashes,
                    location: location, dependencies: dependencies))
        }
        return components
    }
}
