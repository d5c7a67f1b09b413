import CSandbox
import Glibc

/// Unpacked layers on disk, shared by all images that have them, ready to be laid over one another.
///
/// A layer is unpacked once for each chain of layers below it. It appears whole or not at all.
public struct UnpackedImages: Sendable {
    /// How layers lie on disk.
    public enum Form: Sendable, Hashable {
        /// A directory a layer, deletions as overlayfs has them. For root.
        case overlay
        /// One directory an image, deletions carried out. For everybody.
        case flat
    }

    /// The directory the layers live in.
    public let directory: String
    /// How layers lie on disk; fixed for a directory.
    public let form: Form
    private let content: ContentStore
    private let limits: UnpackLimits

    /// Opens a directory of unpacked layers, making it where there is none.
    ///
    /// - Throws: ``OCIError`` with code `storage`.
    public init(
        directory: String, content: ContentStore, form: Form, limits: UnpackLimits = UnpackLimits()
    ) throws(OCIError) {
        self.directory = directory
        self.content = content
        self.form = form
        self.limits = limits
        do throws(SystemCallFailure) {
            try Disk.makeDirectory("\(directory)/ready", mode: 0o711)
            try Disk.makeDirectory("\(directory)/drafts", mode: 0o700)
        } catch {
            throw .storage("open the unpacked images in \(directory)", error)
        }
    }

    /// The directories of an image's layers, lowest first, unpacked where they are not yet.
    ///
    /// In the flat form there is one directory. Callers must not write into them.
    ///
    /// - Throws: ``OCIError`` as ``LayerUnpacker/unpack(_:diffID:from:into:)`` does; `CancellationError`.
    public func directories(of image: StoredImage) async throws -> [String] {
        var paths: [String] = []
        for (index, layer) in image.layers.enumerated() {
            let path = path(of: layer)
            if form == .flat {
                guard index == image.layers.count - 1 else { continue }
                if !(await exists(path)) { try await unpack(image.layers, to: path, lower: []) }
            } else if !(await exists(path)) {
                try await unpack([layer], to: path, lower: paths)
            }
            paths.append(path)
        }
        return paths
    }

    private func path(of layer: StoredImage.Layer) -> String {
        "\(directory)/ready/\(form == .flat ? "flat-" : "")\(layer.chainID.hex)"
    }

    private func exists(_ path: String) async -> Bool {
        await BlockingQueue.files.run { Disk.isDirectory(path) }
    }

    private func unpack(_ layers: [StoredImage.Layer], to path: String, lower: [String]) async throws {
        let draft = try await BlockingQueue.files.run { () throws(OCIError) -> String in
            do throws(SystemCallFailure) {
                let draft = try Disk.makeTemporaryDirectory(in: "\(directory)/drafts", prefix: "layer-")
                // The root directory of a container is for everybody.
                chmod(draft, 0o755)
                return draft
            } catch { throw .storage("unpack into \(directory)", error) }
        }
        let unpacker = LayerUnpacker(
            UnpackOptions(
                whiteouts: form == .overlay ? .overlay : .applied, limits: limits, lowerLayers: lower))
        do {
            for layer in layers {
                _ = try await unpacker.unpack(
                    layer.descriptor, diffID: layer.diffID, from: content, into: draft)
            }
            try await BlockingQueue.files.run { () throws(OCIError) in try publish(draft, as: path) }
        } catch {
            await BlockingQueue.files.run { Self.discard(draft) }
            throw error
        }
    }

    private func publish(_ draft: String, as path: String) throws(OCIError) {
        // One call brings all the new files to the disk, where a sync of each would take minutes.
        if let file = try? OpenFile(draft, O_RDONLY | O_DIRECTORY) {
            _ = csandbox_sync_file_system(file.descriptor)
        }
        if rename(draft, path) == 0 {
            do throws(SystemCallFailure) { try Disk.syncDirectory("\(directory)/ready") } catch {
                throw .storage("keep the unpacked layer in \(directory)", error)
            }
            return
        }
        let failure = SystemCallFailure("rename", path)
        // Somebody else has unpacked the same layer meanwhile.
        if failure.number == EEXIST || failure.number == ENOTEMPTY {
            Self.discard(draft)
            return
        }
        throw .storage("keep the unpacked layer in \(directory)", failure)
    }

    private static func discard(_ draft: String) {
        let name = draft.utf8CString.map { $0 }
        guard let here = try? OpenFile("/", O_RDONLY | O_DIRECTORY) else { return }
        _ = try? TreeRemoval.remove(name, in: here, at: TreePath(components: [name]))
    }
}
