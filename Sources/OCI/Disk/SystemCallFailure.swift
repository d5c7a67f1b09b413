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

extension OCIError {
    /// A file of a store that could not be read or written.
    static func storage(_ what: String, _ failure: SystemCallFailure) -> OCIError {
        let advice =
            switch failure.number {
            case ENOSPC, EDQUOT: "; make room on the disk"
            case EACCES, EPERM, EROFS: "; check who owns the directory and whether it may be written"
            case EMFILE, ENFILE: "; raise the limit of open files"
            default: ""
            }
        return OCIError(.storage, "cannot \(what)\(advice)", cause: failure)
    }
}
