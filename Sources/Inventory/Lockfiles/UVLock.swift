import Manifest

/// `uv.lock` of uv, and the `[[package]]` part that it shares with other Python lock files.
enum UVLock {
    static func components(of bytes: [UInt8], location: String) throws(InventoryError) -> [Component] {
        let document = try TOML.parse(bytes)
        var versions: [String: String] = [:]
        let packages = document["package"]?.arrayValue ?? []
        for package in packages {
            if let name = package["name"]?.stringValue, let version = package["version"]?.stringValue {
                versions[name] = version
            }
        }
        var components: [Component] = []
        for package in packages {
            guard let name = package["name"]?.stringValue else {
                throw InventoryError(.syntax, "a package of the lock file has no name")
            }
            // The project itself and its workspace members.
            if let source = package["source"]?.objectValue,
                source.contains(key: "editable") || source.contains(key: "virtual")
                    || source.contains(key: "directory")
            {
                continue
            }
            let needed = package["dependencies"]?.arrayValue ?? []
            let dependencies = needed.compactMap { dependency -> PackageURL? in
                guard let name = dependency["name"]?.stringValue else { return nil }
                return PackageURL(
                    type: "pypi", name: name, version: dependency["version"]?.stringValue ?? versions[name])
            }
            var hashes: [Component.Hash] = []
            if let hash = package["sdist", "hash"]?.stringValue { hashes.append(contentsOf: parse(hash)) }
            components.append(
                Component(
                    PackageURL(type: "pypi", name: name, version: package["version"]?.stringValue),
                    hashes: hashes,
                    location: location, dependencies: dependencies))
        }
        return components
    }

    private static func parse(_ text: String) -> [Component.Hash] {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let algorithm = Requirements.algorithms[parts[0]] else { return [] }
        return [Component.Hash(algorithm: algorithm, value: parts[1])]
    }
}
