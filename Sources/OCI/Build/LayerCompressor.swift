import Dispatch
import Synchronization

/// Compresses an archive on all processors and stores it as a blob.
enum LayerCompressor {
    struct Result: Sendable {
        let descriptor: Descriptor
        let diffID: Digest
        let size: Int64
    }

    /// Everything that goes on between two batches of blocks.
    // Unchecked, since of the threads of one batch only the one that reads on touches it, and between batches only one.
    private final class Pipeline: @unchecked Sendable {
        let source: HashingSource
        var batch: [ArraySlice<UInt8>] = []
        var nextBatch: [ArraySlice<UInt8>] = []
        var isAtEnd = false

        init(_ source: any ByteSource) { self.source = HashingSource(source) }

        /// Reads up to `count` blocks.
        func fill(_ count: Int) throws(OCIError) -> [ArraySlice<UInt8>] {
            var blocks: [ArraySlice<UInt8>] = []
            while blocks.count < count, !isAtEnd {
                var block = [UInt8](repeating: 0, count: BlockDeflate.blockSize)
                var filled = 0
                var failure: OCIError?
                block.withUnsafeMutableBytes { buffer in
                    do throws(OCIError) {
                        while filled < buffer.count {
                            let space = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                            let read = try source.read(into: space)
                            if read == 0 { break }
                            filled += read
                        }
                    } catch { failure = error }
                }
                if let failure { throw failure }
                if filled < block.count { isAtEnd = true }
                blocks.append(block[..<filled])
            }
            return blocks
        }
    }

    /// Compresses what `source` gives into the store. Blocks, and keeps all processors busy.
    static func compress(
        _ source: any ByteSource, into store: ContentStore, threads: Int, _ flag: CancellationFlag
    ) throws -> Result {
        let pipeline = Pipeline(source)
        let writer = try blockingWriter(store)
        let width = max(threads, 1) * 2
        var checksum: UInt32 = 0
        var previous: ArraySlice<UInt8> = []
        var finished: [BlockDeflate.Block] = []
        try writer.appendBlocking(BlockDeflate.header)
        pipeline.batch = try pipeline.fill(width)
        while !pipeline.batch.isEmpty {
            try flag.check()
            let batch = pipeline.batch
            let hasAll = pipeline.isAtEnd
            let results = Mutex<[BlockDeflate.Block?]>(Array(repeating: nil, count: batch.count))
            let failure = Mutex<OCIError?>(nil)
            let (before, ready) = (previous, finished)
            // Beside the blocks, one thread writes what is ready and one reads on.
            perform(batch.count + 2, threads: threads) { index in
                do throws(OCIError) {
                    switch index {
                    case 0: for block in ready { try writer.appendBlocking(block.bytes) }
                    case 1: pipeline.nextBatch = try pipeline.fill(width)
                    default:
                        let place = index - 2
                        let block = try BlockDeflate.compress(
                            batch[place], after: place == 0 ? before : batch[place - 1],
                            isLast: hasAll && place == batch.count - 1)
                        results.withLock { $0[place] = block }
                    }
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                }
            }
            if let failure = failure.withLock({ $0 }) { throw failure }
            finished = results.withLock { $0.compactMap { $0 } }
            for (block, input) in zip(finished, batch) {
                checksum = BlockDeflate.combine(checksum, block.checksum, count: input.count)
            }
            previous = batch.last ?? []
            pipeline.batch = pipeline.nextBatch
            pipeline.nextBatch = []
        }
        for block in finished { try writer.appendBlocking(block.bytes) }
        try writer.appendBlocking(BlockDeflate.trailer(checksum: checksum, size: pipeline.source.count))
        let blob = try writer.commitBlocking()
        return Result(
            descriptor: Descriptor(mediaType: .layerTarGzip, digest: blob.digest, size: blob.size),
            diffID: pipeline.source.digest, size: pipeline.source.count)
    }

    private static func blockingWriter(_ store: ContentStore) throws(OCIError) -> BlobWriter {
        do throws(SystemCallFailure) {
            let file = try Disk.makeTemporary(in: "\(store.directory)/ingest", prefix: "layer-")
            return BlobWriter(store: store, file: file, algorithm: .sha256)
        } catch { throw .storage("store a layer in \(store.directory)", error) }
    }

    /// Runs `work` for 0 ..< `count`, on one thread in order where only one is wanted.
    private static func perform(_ count: Int, threads: Int, _ work: @Sendable (Int) -> Void) {
        if threads <= 1 {
            for index in 0..<count { work(index) }
        } else {
            DispatchQueue.concurrentPerform(iterations: count, execute: work)
        }
    }
}
