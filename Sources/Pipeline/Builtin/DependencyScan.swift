import Foundation
import Inventory
import Manifest

/// The embedded dependency scan: lockfiles of a tree, matched against advisories in OSV format.
struct DependencyScan: Sendable {
    /// Directories or archives of advisories.
    let advisories: [String]

    /// What a scan has found.
    struct Result: Sendable {
        var components: [Component] = []
        /// The lockfiles that were read.
        var lockfiles: [String] = []
        var findings: [Finding] = []
        var advisoryCount = 0
    }

    /// Scans a tree; blocks.
    ///
    /// - Parameter targets: paths of lockfiles; empty for every one in the tree.
    /// - Throws: ``PipelineError`` where a lockfile or the advisories cannot be read: a scan that is not complete is none.
    func scan(_ directory: String, targets: [String]) throws(PipelineError) -> Result {
        var index = AdvisoryIndex()
        for place in advisories { try load(place, into: &index) }
        guard index.count > 0 else {
            throw PipelineError(
                .invalidAdvisories,
                "there are no advisories to compare with; name a directory in OSV format with the option database or "
                    + "in SLIPWAY_ADVISORIES")
        }
        var result = Result(advisoryCount: index.count)
        (result.components, result.lockfiles) = try components(of: directory, targets: targets)
        result.findings = index.findings(for: result.components)
        return result
    }

    /// The components that the lockfiles of a tree list.
    func components(
        of directory: String, targets: [String]
    ) throws(PipelineError) -> (components: [Component], lockfiles: [String]) {
        let paths = targets.isEmpty ? Self.lockfiles(in: directory) : targets
        var components: [Component] = []
        for path in paths {
            guard let kind = Lockfile(path: path) else {
                let known = Lockfile.allCases.map(\.rawValue).joined(separator: ", ")
                throw PipelineError(
                    .invalidReport, "\(path) is no lockfile that is known; known are \(known)")
            }
            guard let bytes = try FileWork.read(path, within: directory, limit: Lockfile.maximumBytes) else {
                throw PipelineError(.fileFailed, "\(path) cannot be read")
            }
            do {
                components += try kind.components(of: bytes, location: path)
            } catch {
                throw PipelineError(.invalidReport, "\(error)")
            }
        }
        return (components.merged(), paths)
    }

    /// Every lockfile of a tree, without those of build directories and vendored packages.
    static func lockfiles(in directory: String) -> [String] {
        let skipped: Set<String> = [
            ".git", ".build", "node_modules", "vendor", "target", ".venv", ".slipway-ci",
        ]
        guard let walker = FileManager.default.enumerator(atPath: directory) else { return [] }
        var result: [String] = []
        for case let path as String in walker {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if skipped.contains(name) {
                walker.skipDescendants()
                continue
            }
            if Lockfile(path: path) != nil, FileWork.isPlainFile("\(directory)/\(path)") {
                result.append(path)
            }
        }
        return result.sorted()
    }

    // MARK: - Advisories

    private func load(_ place: String, into index: inout AdvisoryIndex) throws(PipelineError) {
        if place.hasSuffix(".zip") {
            let archive = try ZipArchive(try FileWork.read(place, limit: 1 << 30), name: place)
            for entry in archive.entries where entry.name.hasSuffix(".json") {
                try index.add(try archive.contents(of: entry), name: "\(place)/\(entry.name)")
            }
            return
        }
        if place.hasSuffix(".json") { return try index.add(try FileWork.read(place), name: place) }
        for path in FileWork.files(matching: Glob("**/*.json"), in: place, limit: 2_000_000) {
            try index.add(try FileWork.read("\(place)/\(path)"), name: path)
        }
    }

    /// The components as a CycloneDX document.
    static func billOfMaterials(_ components: [Component], service: String, commit: String) -> [UInt8] {
        let document = BillOfMaterials(
            of: .init(type: "application", name: service, version: commit), components: components,
            toolVersion: "1")
        return JSON.write(document.value)
    }
}
