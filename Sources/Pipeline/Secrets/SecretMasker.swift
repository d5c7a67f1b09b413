/// Replaces secrets in a stream of bytes by `***`, also where they lie across chunks.
///
/// All forms of all secrets are looked for at once (Aho and Corasick, 1975), so the cost of a byte does not grow with
/// their number. Only bytes that may be the beginning of a secret are held back.
public struct SecretMasker: Sendable {
    private let automaton: SecretAutomaton
    private var state: Int32 = 0
    /// Bytes that may still turn out to be part of a secret, and which of them are known to be.
    private var held: [UInt8] = []
    private var isMasked: [Bool] = []
    /// Whether the last byte that was given out stands for a masked one.
    private var isWithinMask = false

    /// A masker for the secrets of a run.
    ///
    /// - Throws: ``PipelineError`` `secretUnavailable` (E606) for a secret of fewer than 8 bytes, which cannot be masked.
    public init(_ secrets: [(name: String, value: [UInt8])]) throws(PipelineError) {
        var forms: Set<[UInt8]> = []
        for secret in secrets {
            guard secret.value.count >= SecretForms.minimumLength else {
                throw PipelineError(
                    .secretUnavailable,
                    "E606: the secret \(secret.name) has fewer than \(SecretForms.minimumLength) bytes and cannot be "
                        + "masked in logs; use a longer one")
            }
            forms.formUnion(SecretForms.all(of: secret.value))
        }
        automaton = SecretAutomaton(forms)
    }

    /// The bytes that can be shown after a chunk has arrived.
    public mutating func mask(_ chunk: some Sequence<UInt8>) -> [UInt8] {
        guard !automaton.isEmpty else { return Array(chunk) }
        var output: [UInt8] = []
        for byte in chunk {
            held.append(byte)
            isMasked.append(false)
            state = automaton.next(state, byte)
            let length = Int(automaton.matchLength(state))
            if length > 0 {
                for index in max(0, held.count - length)..<held.count { isMasked[index] = true }
            }
            let depth = Int(automaton.depth(state))
            // Held back are only a few hundred bytes; giving them out in bulk keeps the cost per byte constant.
            if held.count > depth + 4_096 { give(held.count - depth, to: &output) }
        }
        give(held.count - Int(automaton.depth(state)), to: &output)
        return output
    }

    /// The bytes that were held back, at the end of the stream.
    public mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        give(held.count, to: &output)
        state = 0
        isWithinMask = false
        return output
    }

    private mutating func give(_ count: Int, to output: inout [UInt8]) {
        guard count > 0 else { return }
        for index in 0..<count {
            if isMasked[index] {
                if !isWithinMask { output += [UInt8(ascii: "*"), UInt8(ascii: "*"), UInt8(ascii: "*")] }
                isWithinMask = true
            } else {
                output.append(held[index])
                isWithinMask = false
            }
        }
        held.removeFirst(count)
        isMasked.removeFirst(count)
    }
}
