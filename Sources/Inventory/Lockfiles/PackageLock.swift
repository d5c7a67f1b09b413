import Manifest

/// `package-lock.json` of npm, lock file versions 1 to 3.
enum PackageLock {
    static func components(of bytes: [UInt8], location: String) throws(InventoryError) -> [Component] {
        let document = try JSONDocument.parse(bytes)
        let version = document["lockfileVersion"]?.integerValue ?? 1
        guard (1...3).contains(version) else {
            throw InventoryError(
                .unsupported,
                "lock file version \(version) is not known (1 to 3 are); write it with another npm")
        }
        var components: [Component] = []
        if let packages = document["packages"]?.objectValue {
            for (path, entry) in packages.map({ ($0.key, $0.value) }) {
                // The empty path is the project, paths outside node_modules are its workspaces, links lead to them.
                guard let name = name(atPath: path), entry["link"]?.boolValue != true else { continue }
                if let component = component(entry["name"]?.stringValue ?? name, entry, location) {
                    components.append(component)
                }
            }
        } else if let dependencies = document["dependencies"]?.objectValue {
            var pending = Array(dependencies)
            while let pair = pending.popLast() {
                if let component = component(pair.key, pair.value, location) { components.append(component) }
                if let nested = pair.value["dependencies"]?.objectValue { pending += Array(nested) }
            }
        } else if document.objectValue == nil {
            throw InventoryError(.syntax, "package-lock.json is \(document.kindDescription), not an object")
        }
        return components.merged()
    }

    private static func name(atPath path: String) -> String? {
        let folder = "node_modules/"
        var rest = Substring(path)
        var found = false
        while let range = rest.firstRange(of: folder) {
            rest = rest[range.upperBound...]
            found = true
        }
        return found && !rest.isEmpty ? String(rest) : nil
    }

    private static func component(_ name: String, _ entry: Value, _ location: String) -> Component? {
        guard let version = entry["version"]?.stringValue else { return nil }
        // An alias (version 1: "npm:real@1.2.3") is the package that it stands for.
        var (name, number) = (name, version)
        if version.hasPrefix("npm:"), let at = version.lastIndex(of: "@") {
            name = String(version[version.index(version.startIndex, offsetBy: 4)..<at])
            number = String(version[version.index(after: at)...])
        }
        if number.hasPrefix("file:") { return nil }
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let package = PackageURL(
            type: "npm", namespace: parts.count == 2 ? parts[0] : nil, name: parts.last ?? name,
            version: number)
        let development = entry["dev"]?.boolValue == true || entry["devOptional"]?.boolValue == true
        let optional = entry["optional"]?.boolValue == true
        return Component(
            package, scope: development ? .development : optional ? .optional : .runtime,
            hashes: entry["integrity"]?.stringValue.map(SubresourceIntegrity.hashes) ?? [],
            license: entry["license"]?.stringValue, location: location)
    }
}

/// `sha512-<base64>` as browsers and npm write digests (W3C Subresource Integrity).
enum SubresourceIntegrity {
    static func hashes(_ text: String) -> [Component.Hash] {
        var hashes: [Component.Hash] = []
        for item in text.split(separator: " ") {
            guard let dash = item.firstIndex(of: "-"),
                let bytes = decode(item[item.index(after: dash)...])
            else { continue }
            let algorithm: String
            switch item[..<dash] {
            case "sha1": algorithm = "SHA-1"
            case "sha256": algorithm = "SHA-256"
            case "sha384": algorithm = "SHA-384"
            case "sha512": algorithm = "SHA-512"
            default: continue
            }
            let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            hashes.append(Component.Hash(algorithm: algorithm, value: hex))
        }
        return hashes
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "="): continue
            default: return nil
            }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
