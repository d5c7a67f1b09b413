import Glibc

/// Regular files and devices.
extension TreeWriter {
    func writeFile(
        _ name: [CChar], in directory: OpenFile, at path: TreePath, _ entry: TarEntry, _ content: TarReader
    ) throws(OCIError) {
        let (total, overflow) = fileBytes.addingReportingOverflow(entry.size)
        guard !overflow, total <= options.limits.bytes else {
            throw OCIError(
                .limitExceeded,
                "the files of the layer have more than \(options.limits.bytes) bytes, holes included")
        }
        fileBytes = total
        do throws(SystemCallFailure) { try makeRoom(name, in: directory, at: path) } catch {
            throw .storage("replace '\(entry.displayPath)'", error)
        }
        let descriptor = openat(
            directory.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .storage("unpack '\(entry.displayPath)'", SystemCallFailure("create", path.text))
        }
        let file = OpenFile(owning: descriptor, path: path.text)
        if let segments = entry.segments {
            for segment in segments {
                lseek(descriptor, off_t(segment.offset), SEEK_SET)
                try copy(segment.count, of: entry, from: content, to: file)
            }
            if ftruncate(descriptor, off_t(entry.size)) < 0 {
                throw .storage("unpack '\(entry.displayPath)'", SystemCallFailure("truncate", path.text))
            }
        } else {
            try copy(entry.size, of: entry, from: content, to: file)
        }
    }

    func copy(
        _ count: Int64, of entry: TarEntry, from content: TarReader, to file: OpenFile
    ) throws(OCIError) {
        var left = count
        while left > 0 {
            let space = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(left, Int64(buffer.count)))])
            let read = try content.read(into: space)
            guard read > 0 else {
                throw OCIError(
                    .invalidLayer, "the content of '\(entry.displayPath)' in the layer is too short")
            }
            do throws(SystemCallFailure) {
                try file.write(UnsafeRawBufferPointer(rebasing: space[..<read]))
            } catch { throw .storage("unpack '\(entry.displayPath)'", error) }
            left -= Int64(read)
        }
    }

    func makeDevice(
        _ name: [CChar], in directory: OpenFile, at path: TreePath, _ entry: TarEntry
    ) throws(OCIError) -> Bool {
        let isWhiteout = entry.kind == .characterDevice && entry.deviceMajor == 0 && entry.deviceMinor == 0
        switch options.devices {
        case .refused:
            throw OCIError(
                .unsafeLayer,
                "'\(entry.displayPath)' in the layer is a device node; images must not bring any")
        case .created where !isWhiteout:
            do throws(SystemCallFailure) {
                try makeRoom(name, in: directory, at: path)
                let kind = entry.kind == .characterDevice ? S_IFCHR : S_IFBLK
                let device = Self.deviceNumber(entry)
                if mknodat(directory.descriptor, name, kind | 0o600, device) < 0 {
                    throw SystemCallFailure("mknod", path.text)
                }
            } catch { throw .storage("make the device '\(entry.displayPath)'", error) }
            return true
        case .skipped, .created:
            skippedDevices.append(path.text)
            return false
        }
    }

    /// The number of a device as Linux spells it, with its parts interleaved.
    static func deviceNumber(_ entry: TarEntry) -> dev_t {
        let (major, minor) = (UInt64(entry.deviceMajor), UInt64(entry.deviceMinor))
        let low = (major & 0xfff) << 8 | (minor & 0xff)
        let high = (minor & ~0xff) << 12 | (major & ~0xfff) << 32
        return dev_t(low | high)
    }
}
