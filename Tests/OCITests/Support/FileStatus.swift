import Foundation

/// What a file is, as `stat` prints it.
struct FileStatus {
    enum Kind { case file, directory, fifo, characterDevice, other }

    var kind = Kind.other
    var mode = 0
    var userID = 0
    var groupID = 0
    var links = 0
    var size = 0
    var seconds = 0
    var nanoseconds = 0
    var device = "none"
}

/// What stands at a path, links not followed; nothing in particular where nothing does.
func status(_ directory: String, _ path: String) -> FileStatus {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/stat")
    process.arguments = ["--printf", "%f %u %g %h %s %.9Y %t:%T", "\(directory)/\(path)"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return FileStatus() }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let fields = text.split(separator: " ")
    guard fields.count == 7, let mode = Int(fields[0], radix: 16) else { return FileStatus() }
    let time = fields[5].split(separator: ".")
    let kinds: [Int: FileStatus.Kind] = [
        0o100000: .file, 0o040000: .directory, 0o010000: .fifo, 0o020000: .characterDevice,
    ]
    return FileStatus(
        kind: kinds[mode & 0o170000] ?? .other, mode: mode & 0o7777, userID: Int(fields[1]) ?? -1,
        groupID: Int(fields[2]) ?? -1, links: Int(fields[3]) ?? -1, size: Int(fields[4]) ?? -1,
        seconds: Int(time[0]) ?? -1, nanoseconds: time.count > 1 ? Int(time[1]) ?? -1 : 0,
        device: String(fields[6]))
}

/// Whether anything stands at a path, be it a link that leads nowhere.
func exists(_ directory: String, _ path: String) -> Bool { status(directory, path).links > 0 }
