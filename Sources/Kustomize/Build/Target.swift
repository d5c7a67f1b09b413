import Manifest

/// One kustomization with what it refers to, on the way to its resources.
struct Target {
    let file: KustomizationFile
    let fileName: String
    let loader: Loader
    let context: BuildContext
    /// Whether origins are noted, and where this kustomization lies, seen from the one that is built.
    let origin: Origin?

    /// Reads the kustomization file of a directory.
    ///
    /// - Throws: `notFound` or `invalidKustomization`.
    static func file(in loader: Loader, context: BuildContext) throws(KustomizeError) -> (
        KustomizationFile, String
    ) {
        var found: (bytes: [UInt8], name: String)?
        for name in KustomizationFile.names {
            guard let bytes = loader.loadIfPresent(name) else { continue }
            guard found == nil else {
                throw KustomizeError(
                    .invalidKustomization, "Found multiple kustomization files under: \(loader.displayRoot)\n"
                )
            }
            found = (bytes, name)
        }
        guard let found else {
            let names = KustomizationFile.names.map { "'\($0)'" }
            throw KustomizeError(
                .notFound,
                "unable to find one of \(names.dropLast().joined(separator: ", ")) or \(names[names.count - 1]) in "
                    + "directory '\(loader.displayRoot)'")
        }
        let file = try KustomizationFile(found.bytes)
        context.warn(file.warnings)
        guard !file.isEmpty else {
            throw KustomizeError(.invalidKustomization, "kustomization.yaml is empty")
        }
        guard file.faults.isEmpty else {
            throw KustomizeError(
                .invalidKustomization,
                "Failed to read kustomization file under \(loader.displayRoot):\n"
                    + file.faults.joined(separator: "\n"))
        }
        return (file, found.name)
    }

    private var reader: ResourceReader { ResourceReader(scopes: context.scopes) }

    /// Gathers what the kustomization makes, its own changes done.
    ///
    /// - Parameter accumulator: empty or, for a component, what its parent has gathered.
    func accumulate(into accumulator: Accumulator) throws(KustomizeError) {
        do throws(KustomizeError) { try addResources(file.resources, to: accumulator) } catch {
            throw error.within("accumulating resources")
        }
        try addConfiguration(to: accumulator)
        try runGenerators(accumulator)
        do throws(KustomizeError) { try addComponents(to: accumulator) } catch {
            throw error.within("accumulating components")
        }
        try runTransformers(accumulator)
        try runValidators(accumulator)
        do throws(KustomizeError) { try accumulator.addVars(file.vars) } catch {
            throw error.within("merging vars [\(file.vars.map(\.description).joined(separator: " "))]")
        }
    }

    private func addConfiguration(to accumulator: Accumulator) throws(KustomizeError) {
        var configuration = TransformerConfiguration.standard
        if !file.configurations.isEmpty {
            var added = TransformerConfiguration()
            for path in file.configurations {
                try added.merge(TransformerConfiguration(try loader.load(path)))
            }
            try configuration.merge(added)
        }
        try accumulator.configuration.merge(configuration)
        do throws(KustomizeError) {
            for path in file.crds {
                try accumulator.configuration.merge(
                    CustomResourceConfiguration.configuration(try loader.load(path), path: path))
            }
        } catch {
            throw error.within("loading CRDs [\(file.crds.joined(separator: " "))]")
        }
    }

    // MARK: Resources

    /// Adds files and, what is no file, the kustomizations in directories.
    private func addResources(_ paths: [String], to accumulator: Accumulator) throws(KustomizeError) {
        for path in paths {
            let fileError: KustomizeError
            do throws(KustomizeError) {
                try addFile(path, to: accumulator)
                continue
            } catch {
                fileError = error
            }
            if fileError.code == .unsupported { throw fileError }
            let directory: Loader
            do throws(KustomizeError) { directory = try loader.loader(for: path) } catch {
                throw Self.unreadable(fileError, error)
            }
            do throws(KustomizeError) {
                try addDirectory(directory, path: path, to: accumulator, isComponent: false)
            } catch {
                throw KustomizeError(error.code, "accumulation err='\(fileError)': \(error)")
            }
        }
    }

    /// What is said of a path that is neither a file nor a directory to build.
    private static func unreadable(_ asFile: KustomizeError, _ asDirectory: KustomizeError) -> KustomizeError
    {
        if asDirectory.code == .unsupported { return asDirectory }
        // Where there is a file that is no YAML, that it is no directory either would only confuse.
        if asFile.code == .malformed { return asFile }
        let code = asFile.code == .notFound ? asDirectory.code : asFile.code
        return KustomizeError(code, "accumulation err='\(asFile)': \(asDirectory)")
    }

    private func addFile(_ path: String, to accumulator: Accumulator) throws(KustomizeError) {
        let resources: [Resource]
        do throws(KustomizeError) {
            resources = try reader.resources(in: path, loader: loader)
            // A file that has one object twice is refused by itself.
            try ResourceMap().append(contentsOf: resources)
        } catch {
            throw error.within("accumulating resources from '\(path)'")
        }
        if let origin {
            let text = origin.appending(path).text
            for resource in resources { try resource.annotateOrigin(text) }
        }
        do throws(KustomizeError) { try accumulator.resources.append(contentsOf: resources) } catch {
            throw error.within("merging resources from '\(path)'")
        }
    }

    private func addComponents(to accumulator: Accumulator) throws(KustomizeError) {
        for path in file.components {
            let directory: Loader
            do throws(KustomizeError) { directory = try loader.loader(for: path) } catch {
                throw KustomizeError(error.code, "loader.New \"\(error)\"")
            }
            do throws(KustomizeError) {
                try addDirectory(directory, path: path, to: accumulator, isComponent: true)
            } catch {
                throw KustomizeError(error.code, "accumulateDirectory: \"\(error)\"")
            }
        }
    }

    private func addDirectory(
        _ directory: Loader, path: String, to accumulator: Accumulator, isComponent: Bool
    ) throws(KustomizeError) {
        let inner: KustomizationFile
        let name: String
        do throws(KustomizeError) { (inner, name) = try Self.file(in: directory, context: context) } catch {
            throw error.within("couldn't make target for path '\(directory.displayRoot)'")
        }
        try context.setSchema(of: inner, loader: directory)
        if isComponent, !inner.isComponent {
            throw KustomizeError(
                .invalidKustomization,
                "expected kind 'Component' for path '\(directory.displayRoot)' but got '\(inner.kind)'")
        }
        if !isComponent, inner.isComponent {
            throw KustomizeError(
                .invalidKustomization, "expected kind != 'Component' for path '\(directory.displayRoot)'")
        }
        let target = Target(
            file: inner, fileName: name, loader: directory, context: context, origin: origin?.appending(path))
        let gathered = isComponent ? accumulator : Accumulator()
        do throws(KustomizeError) { try target.accumulate(into: gathered) } catch {
            throw error.within("recursed accumulation of path '\(directory.displayRoot)'")
        }
        if isComponent { return try accumulator.renew() }
        do throws(KustomizeError) { try accumulator.merge(gathered) } catch {
            throw error.within("recursed merging from path '\(directory.displayRoot)'")
        }
    }

    // MARK: Plugins

    /// The objects that configure generators or transformers: written in the file itself, or in others.
    private func configurations(_ entries: [String]) throws(KustomizeError) -> [Resource] {
        let accumulator = Accumulator()
        var paths: [String] = []
        for entry in entries {
            let inline: [Resource]
            do throws(KustomizeError) { inline = try reader.resources(of: Array(entry.utf8)) } catch {
                paths.append(entry)
                continue
            }
            if let origin {
                let text = origin.appending(fileName).text
                for resource in inline {
                    try resource.updateAnnotations { $0[BuildAnnotation.origin] = text }
                }
            }
            try accumulator.resources.append(contentsOf: inline)
        }
        try addResources(paths, to: accumulator)
        return accumulator.resources.resources
    }

    private var plugins: PluginLoader { PluginLoader(loader: loader, reader: reader) }

    private var ownFile: String { Origin.join(origin?.path ?? "", fileName) }

    private func runGenerators(_ accumulator: Accumulator) throws(KustomizeError) {
        for entry in file.configMapGenerator {
            try run(entry, kind: .configMap, name: "ConfigMapGenerator", accumulator)
        }
        for entry in file.secretGenerator {
            try run(entry, kind: .secret, name: "SecretGenerator", accumulator)
        }
        if file.usesHelm { throw PluginLoader.helmRefused }
        let configs: [Resource]
        do throws(KustomizeError) { configs = try configurations(file.generators) } catch {
            throw error.within("loading generator plugins")
        }
        for config in configs {
            let generator: any Generator
            do throws(KustomizeError) { generator = try plugins.generator(config) } catch {
                throw error.within("loading generator plugins: failed to load generator")
            }
            try absorb(try generator.generate(), origin: config.pluginOrigin, into: accumulator)
        }
    }

    private func run(
        _ entry: GeneratorEntry, kind: ConfigurationGenerator.Kind, name: String, _ accumulator: Accumulator
    ) throws(KustomizeError) {
        var entry = entry
        entry.options = entry.options.merged(withGlobal: file.generatorOptions)
        let generator = ConfigurationGenerator(
            kind: kind, entry: entry, loader: loader, scopes: context.scopes)
        let origin = self.origin.map { _ in Origin.builtin(name, configuredIn: ownFile) }
        try absorb(try generator.generate(), origin: origin, into: accumulator)
    }

    private func absorb(
        _ resources: [Resource], origin: Origin?, into accumulator: Accumulator
    ) throws(KustomizeError) {
        if let origin {
            for resource in resources where resource.annotation(BuildAnnotation.origin) == nil {
                try resource.updateAnnotations { $0[BuildAnnotation.origin] = origin.text }
            }
        }
        do throws(KustomizeError) { try accumulator.resources.absorb(resources) } catch {
            throw error.within("merging from generator")
        }
    }

    private func runTransformers(_ accumulator: Accumulator) throws(KustomizeError) {
        let builtin = try builtinTransformers(accumulator.configuration)
        let configs = try configurations(file.transformers)
        var external: [(transformers: [any Transformer], origin: Origin?)] = []
        for config in configs { external.append((try plugins.transformer(config), config.pluginOrigin)) }
        for (name, transformer) in builtin {
            let origin = self.origin.map { _ in Origin.builtin(name, configuredIn: ownFile) }
            try run([transformer], origin: origin, on: accumulator.resources)
        }
        for (transformers, origin) in external {
            try run(transformers, origin: origin, on: accumulator.resources)
        }
    }

    private func run(
        _ transformers: [any Transformer], origin: Origin?, on resources: ResourceMap
    ) throws(KustomizeError) {
        for transformer in transformers { try transformer.transform(resources) }
        if let origin {
            for resource in resources.resources where !resource.isEmpty {
                // What has no origin yet was made by the transformer.
                let name =
                    resource.annotation(BuildAnnotation.origin) == nil
                    ? BuildAnnotation.origin : BuildAnnotation.transformations
                try resource.updateAnnotations { annotations in
                    annotations[name] =
                        name == BuildAnnotation.origin ? origin.text : origin.text(addedTo: annotations[name])
                }
            }
        }
        resources.dropEmpty()
    }

    private func runValidators(_ accumulator: Accumulator) throws(KustomizeError) {
        for config in try configurations(file.validators) {
            let validators = try plugins.transformer(config)
            var before: [Value] = []
            for resource in accumulator.resources.resources { before.append(try resource.node.value()) }
            for validator in validators { try validator.transform(accumulator.resources) }
            var after: [Value] = []
            for resource in accumulator.resources.resources where !resource.isEmpty {
                var value = try resource.node.value()
                Self.removeMark(from: &value)
                after.append(value)
            }
            guard before == after else {
                throw KustomizeError(
                    .invalidKustomization, "validator shouldn't modify the resource map: nodes unequal")
            }
        }
    }

    /// Validators may leave a label that says they have been there.
    private static func removeMark(from value: inout Value) {
        let label = "validated-by"
        guard value["metadata"]?["labels"]?[label] != nil else { return }
        value.set(nil, at: ["metadata", "labels", label])
        if value["metadata"]?["labels"]?.objectValue?.isEmpty == true {
            value.set(nil, at: ["metadata", "labels"])
        }
    }
}

extension Resource {
    /// Notes where the resource comes from, in annotations that are made where they are missing.
    fileprivate func annotateOrigin(_ text: String) throws(KustomizeError) {
        let spec = FieldSpec("metadata/annotations", creates: true)
        let creation = FieldSpec.Creation(kind: .mapping, tag: .untagged)
        try spec.visit(self, creation: creation) { (node) throws(KustomizeError) in
            try node.set(BuildAnnotation.origin, to: .string(text))
        }
    }

    /// What generators and transformers that this object configures leave on resources.
    fileprivate var pluginOrigin: Origin? {
        guard let text = annotation(BuildAnnotation.origin) else { return nil }
        let value = (try? YAML.parse(text))?.first ?? .null
        return Origin(
            configuredIn: value["path"]?.stringValue ?? "",
            configuredBy: Origin.Configuration(
                apiVersion: apiVersion, kind: kind, name: name, namespace: namespace))
    }
}
