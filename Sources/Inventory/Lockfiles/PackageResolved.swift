import Manifest

/// `Package.resolved` of the Swift Package Manager, versions 1 to 3.
enum PackageResolved {
    static func components(of bytes: [UInt8], location: String) throws(InventoryError) -> [Component] {
        let document = try JSONDocument.parse(bytes)
        let version = document["version"]?.integerValue ?? 0
        let pins: [Value]?
        switch version {
        case 1: pins = document["object", "pins"]?.arrayValue
        case 2, 3: pins = document["pins"]?.arrayValue
        default:
            throw InventoryError(
                .unsupported,
                "version \(version) of Package.resolved is not known (1 to 3 are); resolve again")
        }
        guard let pins else { throw InventoryError(.syntax, "Package.resolved has no list of pins") }
        var components: [Component] = []
        for pin in pins {
            let kind = pin["kind"]?.stringValue
            // What lies on this machine's disk is no package anyone could name.
            if kind == "localSourceControl" || kind == "fileSystem" { continue }
            let state = pin["state"]
            guard let place = (pin["location"] ?? pin["repositoryURL"])?.stringValue,
                let version = (state?["version"]?.stringValue ?? state?["revision"]?.stringValue)
            else {
                throw InventoryError(.syntax, "a pin of Package.resolved lacks its location or version")
            }
            let package: PackageURL
            if kind == "registry" {
                let identity = pin["identity"]?.stringValue ?? place
                let parts = identity.split(separator: ".", maxSplits: 1).map(String.init)
                package = PackageURL(
                    type: "swift", namespace: parts.count == 2 ? parts[0] : nil, name: parts.last ?? identity,
                    version: version)
            } else {
                guard let named = repository(place, version: version) else {
                    throw InventoryError(
                        .syntax, "the location \"\(place)\" of a pin is no repository address")
                }
                package = named
            }
            components.append(Component(package, location: location))
        }
        return components
    }

    /// `https://github.com/apple/swift-nio.git` and `git@github.com:apple/swift-nio` are one package.
    static func repository(_ address: String, version: String) -> PackageURL? {
        var rest = Substring(address)
        if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            if let at = rest.firstIndex(of: "@"), !rest[..<at].contains("/") {
                rest = rest[rest.index(after: at)...]
            }
        } else if let colon = rest.firstIndex(of: ":") {
            if let at = rest[..<colon].firstIndex(of: "@") { rest = rest[rest.index(after: at)...] }
            rest = Substring(rest.replacing(":", with: "/", maxReplacements: 1))
        }
        while rest.last == "/" { rest = rest.dropLast() }
        if rest.hasSuffix(".git") { rest = rest.dropLast(4) }
        let segments = rest.split(separator: "/")
        guard segments.count >= 2, let host = segments.first, let name = segments.last else { return nil }
        let namespace = ([host.lowercased()] + segments.dropFirst().dropLast().map(String.init))
        return PackageURL(
            type: "swift", namespace: namespace.joined(separator: "/"), name: String(name), version: version)
    }
}
