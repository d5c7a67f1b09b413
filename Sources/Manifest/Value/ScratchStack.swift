/// A stack of the parts of unfinished containers, from which a finished one's are moved out without a copy.
struct ScratchStack<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(minimumCapacity: Int) {
        capacity = minimumCapacity
        base = UnsafeMutablePointer<Element>.allocate(capacity: minimumCapacity)
    }

    deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    subscript(position: Int) -> Element {
        precondition(position < count, "outside the stack")
        return base[position]
    }

    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count += 1
    }

    /// Takes the topmost element off.
    mutating func removeLast() -> Element {
        precondition(count > 0, "the stack is empty")
        count -= 1
        return (base + count).move()
    }

    /// Takes everything from `start` upwards off, into an array without slack.
    mutating func removeTail(from start: Int) -> [Element] {
        let length = count - start
        count = start
        guard length > 0 else { return [] }
        return [Element](unsafeUninitializedCapacity: length) { buffer, initialized in
            _ = buffer.moveInitialize(
                fromContentsOf: UnsafeMutableBufferPointer(start: base + start, count: length))
            initialized = length
        }
    }

    /// Takes everything from `start` upwards off by handing it to `body`, which must move every element out.
    mutating func moveTail(from start: Int, _ body: (UnsafeMutableBufferPointer<Element>) -> Void) {
        body(UnsafeMutableBufferPointer(start: base + start, count: count - start))
        count = start
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
