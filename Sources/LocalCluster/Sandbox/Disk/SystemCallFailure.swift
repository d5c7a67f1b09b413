import Glibc

/// A system call that failed, on what, and why.
struct SystemCallFailure: Error, Hashable, CustomStringConvertible {
    let call: String
    let subject: String
    let number: Int32

    init(_ call: String, _ subject: String, _ number: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.number = number
    }

    var description: String { "\(call) \(subject): \(String(cString: strerror(number)))" }
}
