import Glibc

/// The archive of a planned layer, produced as it is read.
final class LayerStream: ByteSource {
    private let members: [LayerPlan.Member]
    private var next = 0
    private var hasEnded = false
    /// Bytes to hand out before anything else: headers, padding, small contents.
    private var pending: ArraySlice<UInt8> = []
    private var file: OpenFile?
    private var remaining: Int64 = 0

    init(_ plan: LayerPlan) { members = plan.members }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        guard buffer.count > 0 else { return 0 }
        while true {
            if !pending.isEmpty {
                let count = min(buffer.count, pending.count)
                buffer.copyBytes(from: pending.prefix(count))
                pending = pending.dropFirst(count)
                return count
            }
            if let file { return try read(file, into: buffer) }
            guard next < members.count else {
                if hasEnded { return 0 }
                hasEnded = true
                pending = TarWriter.end[...]
                continue
            }
            try begin(members[next])
            next += 1
        }
    }

    private func begin(_ member: LayerPlan.Member) throws(OCIError) {
        let header = TarWriter.header(member.entry)
        switch member.content {
        case .none: pending = header[...]
        case .bytes(let bytes): pending = (header + bytes + TarWriter.padding(member.entry.size))[...]
        case .file(let path):
            pending = header[...]
            guard member.entry.size > 0 else { return }
            do throws(SystemCallFailure) { file = try OpenFile(path, O_RDONLY) } catch {
                throw OCIError(.build, "'\(path)' cannot be put into the image", cause: error)
            }
            remaining = member.entry.size
        }
    }

    private func read(_ open: OpenFile, into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        let space = UnsafeMutableRawBufferPointer(
            rebasing: buffer[..<Int(min(Int64(buffer.count), remaining))])
        let count: Int
        do throws(SystemCallFailure) { count = try open.read(into: space) } catch {
            throw OCIError(.build, "'\(open.path)' cannot be read", cause: error)
        }
        guard count > 0 else {
            throw OCIError(.build, "'\(open.path)' became shorter while the image was built; build again")
        }
        remaining -= Int64(count)
        if remaining == 0 {
            pending = TarWriter.padding(members[next - 1].entry.size)[...]
            file = nil
        }
        return count
    }
}
