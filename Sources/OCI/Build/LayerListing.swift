/// What is in a stored layer: its size when unpacked, and its files.
struct LayerListing: Sendable {
    let size: Int64
    let files: [ImageFile]

    /// Reads through a layer. Blocks.
    ///
    /// - Parameter listsFiles: whether the files are wanted; otherwise only the size is.
    init(
        _ layer: Descriptor, in store: ContentStore, listsFiles: Bool, number: Int, _ flag: CancellationFlag
    ) throws {
        let limits = UnpackLimits()
        let file = FileSource(try store.openBlocking(layer.digest), expecting: layer)
        let archive: any ByteSource
        switch layer.mediaType.layerCompression {
        case .some(.none): archive = file
        case .gzip: archive = try GzipSource(file, limits: limits)
        case .zstandard, nil:
            throw OCIError(
                .unsupported,
                "the base image's layer \(layer.digest) is of the type '\(layer.mediaType)', which cannot be read"
            )
        }
        let source = HashingSource(archive, limit: limits.bytes)
        var files: [ImageFile] = []
        if listsFiles {
            let reader = TarReader(source, limits: limits)
            while let entry = try reader.next() {
                try flag.check()
                guard entry.kind == .file, entry.size > 0 else { continue }
                let path = entry.displayPath
                let name =
                    path.hasPrefix("./") ? String(path.dropFirst()) : path.hasPrefix("/") ? path : "/" + path
                files.append(ImageFile(path: name, size: entry.size, layer: number))
            }
        }
        try source.drain()
        try file.verify()
        size = source.count
        self.files = files
    }
}
