import Crypto
import Glibc
import Synchronization

/// The entries of a log in one file that only ever grows.
///
/// A record is its length (4 bytes), the time (8), SHA-256 of both and the body (32), and the body. An entry counts
/// once its record is on the disk. What a crash leaves half written at the end is cut off at the next start; a record
/// that is damaged and not the last one is no crash, and the log is not opened.
final class LogFile: Sendable {
    struct Record: Sendable {
        /// Seconds since 1970.
        var time: Int64
        var body: [UInt8]
    }

    static let headerBytes = 44
    /// Larger entries are refused, and a larger length in the file is damage.
    static let maximumBody = 4 << 20

    let path: String
    private let descriptor: Int32
    /// Whether the file has an end that should not be there and could not be cut off.
    private let isBroken = Mutex(false)

    /// Opens or makes the file, for this process alone.
    init(_ path: String) throws(SigstoreError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PrivateFiles.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = SigstoreError(.conflict, "another process has the log \(path) open; stop it first")
            close(descriptor)
            throw failure
        }
        try PrivateFiles.syncDirectory(PrivateFiles.parent(of: path))
    }

    deinit { close(descriptor) }

    /// Reads all records, and cuts off one that is incomplete.
    ///
    /// - Parameters:
    ///   - minimum: how many records there must be, because a checkpoint over them was given out.
    ///   - visit: gets each record with the place of its header.
    /// - Throws: `SigstoreError` with code `storage`.
    func recover(
        minimum: Int64, _ visit: (Record, _ offset: Int64) throws(SigstoreError) -> Void
    ) throws(SigstoreError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PrivateFiles.failure("read", path) }
        let size = Int64(status.st_size)
        var offset: Int64 = 0
        var count: Int64 = 0
        while offset < size {
            guard let (record, end) = try read(at: offset, fileSize: size) else { break }
            try visit(record, offset)
            offset = end
            count += 1
        }
        guard count >= minimum else {
            throw SigstoreError(
                .storage,
                "\(path) holds \(count) whole entries, but the log has vouched for \(minimum); it was damaged or "
                    + "brought back from an old copy. Restore the newest copy of the whole directory")
        }
        guard offset < size else { return }
        // Only the record that was being written when the process ended may be incomplete: nothing can follow it.
        if let header = try bytes(at: offset, count: Self.headerBytes, fileSize: size) {
            let length = Int64(Self.integer(header[0..<4]))
            let end = offset + Int64(Self.headerBytes) + length
            guard end >= size || length > Self.maximumBody else {
                throw SigstoreError(
                    .storage,
                    "the entry \(count) in \(path) is damaged; restore the newest copy of the directory")
            }
        }
        if ftruncate(descriptor, off_t(offset)) < 0 || fsync(descriptor) < 0 {
            throw PrivateFiles.failure("cut off the unfinished end of", path)
        }
    }

    /// Appends records and brings them to the disk; all of them, or none.
    ///
    /// - Returns: the places of their headers.
    func append(_ records: [Record]) throws(SigstoreError) -> [Int64] {
        guard !isBroken.withLock({ $0 }) else {
            throw SigstoreError(
                .storage, "\(path) could not be put right after a failed write; free the disk and start again"
            )
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PrivateFiles.failure("read", path) }
        let start = Int64(status.st_size)
        var bytes: [UInt8] = []
        var offsets: [Int64] = []
        for record in records {
            offsets.append(start + Int64(bytes.count))
            bytes += Self.encode(record)
        }
        do throws(SigstoreError) {
            try PrivateFiles.write(bytes, to: descriptor, path)
            if fsync(descriptor) < 0 { throw PrivateFiles.failure("sync", path) }
        } catch {
            cutOff(at: start)
            throw error
        }
        return offsets
    }

    /// Takes back what was written from an offset on: nothing that was not answered may stand before the next record.
    func cutOff(at offset: Int64) {
        if ftruncate(descriptor, off_t(offset)) < 0 || fsync(descriptor) < 0 {
            isBroken.withLock { $0 = true }
        }
    }

    /// The record whose header stands at an offset.
    func record(at offset: Int64) throws(SigstoreError) -> Record {
        guard let (record, _) = try read(at: offset, fileSize: .max) else {
            throw SigstoreError(.storage, "the entry at byte \(offset) of \(path) is damaged")
        }
        return record
    }

    private func read(at offset: Int64, fileSize: Int64) throws(SigstoreError) -> (Record, end: Int64)? {
        guard let header = try bytes(at: offset, count: Self.headerBytes, fileSize: fileSize) else {
            return nil
        }
        let length = Self.integer(header[0..<4])
        guard length <= Self.maximumBody else { return nil }
        let start = offset + Int64(Self.headerBytes)
        guard let body = try bytes(at: start, count: Int(length), fileSize: fileSize) else { return nil }
        let record = Record(time: Int64(bitPattern: Self.integer(header[4..<12])), body: body)
        guard Self.checksum(record).elementsEqual(header[12...]) else { return nil }
        return (record, start + Int64(length))
    }

    private func bytes(at offset: Int64, count: Int, fileSize: Int64) throws(SigstoreError) -> [UInt8]? {
        guard fileSize == .max || offset + Int64(count) <= fileSize else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        var place = 0
        while place < count {
            let read = bytes[place...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset) + off_t(place))
            }
            if read == 0 { return nil }
            if read > 0 { place += read } else if errno != EINTR { throw PrivateFiles.failure("read", path) }
        }
        return bytes
    }

    static func encode(_ record: Record) -> [UInt8] { header(record) + checksum(record) + record.body }

    private static func header(_ record: Record) -> [UInt8] {
        SignedCertificateTimestamp.bigEndian(UInt64(record.body.count), count: 4)
            + SignedCertificateTimestamp.bigEndian(UInt64(bitPattern: record.time), count: 8)
    }

    private static func checksum(_ record: Record) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: header(record))
        hasher.update(data: record.body)
        return [UInt8](hasher.finalize())
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
