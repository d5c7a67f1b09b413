import Manifest

/// Remembers into which blob an archive was compressed, and how large archives are.
struct LayerCache: Sendable {
    let store: ContentStore

    private func path(_ diffID: Digest) -> String {
        "\(store.directory)/layers/\(BlockDeflate.name)-\(diffID.hex)"
    }

    /// The blob of an archive, nil where it was not compressed before or the blob is gone.
    func find(_ diffID: Digest, size: Int64) -> LayerCompressor.Result? {
        guard let bytes = try? Disk.read(path(diffID), limit: 64 << 10),
            let fields = try? DocumentFields(parsing: bytes, as: "layer cache"),
            let descriptor = try? Descriptor(fields),
            Disk.size(store.path(of: descriptor.digest)) == descriptor.size
        else { return nil }
        return LayerCompressor.Result(descriptor: descriptor, diffID: diffID, size: size)
    }

    func record(_ result: LayerCompressor.Result) throws(OCIError) {
        do throws(SystemCallFailure) {
            let file = path(result.diffID)
            try Disk.makeDirectory(Disk.parent(of: file))
            try Disk.replace(file, with: JSON.write(result.descriptor.value))
        } catch { throw .storage("remember the layer \(result.descriptor.digest)", error) }
    }
}
