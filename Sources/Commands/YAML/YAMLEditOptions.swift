import ArgumentParser
import Manifest

/// What all editing commands have in common: which document, and where the result goes.
struct YAMLEditOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Replace the files; otherwise the changed text goes to standard output.")
    var inPlace = false

    @Flag(help: "Print which bytes would change, and write nothing.")
    var check = false

    @Option(
        name: .shortAndLong, help: "The document of the file, counted from 0; needed where there are several."
    )
    var document: Int?

    @Flag(help: "Refuse to change a value that an alias elsewhere repeats.")
    var keepShared = false

    func validate(files: [String]) throws {
        guard !(inPlace && check) else {
            throw ValidationError("--check writes nothing; leave out --in-place.")
        }
        guard !inPlace || !files.contains("-") else {
            throw ValidationError("Standard input cannot be replaced; leave out --in-place.")
        }
        guard files.count == 1 || inPlace || check else {
            throw ValidationError("Several files need --in-place or --check.")
        }
        guard Set(files).count == files.count else { throw ValidationError("A file is given twice.") }
    }

    /// Makes the same edit in every file. Nothing is written unless it succeeds in all of them.
    func apply(
        to files: [String], _ edit: (inout YAMLEditor, _ document: Int) throws -> Void
    ) throws {
        let options = YAMLEditor.Options(changesSharedValues: !keepShared)
        var edited: [(file: TextFile, editor: YAMLEditor, bytes: [UInt8])] = []
        for file in files.map(TextFile.init(name:)) {
            let stream = try YAMLStream(file.read(), file: file.displayName)
            var editor = YAMLEditor(stream, options: options)
            try edit(&editor, document(of: stream))
            edited.append((file, editor, try editor.result().bytes))
        }
        if check {
            for (file, editor, _) in edited {
                try StandardStreams.writeOutput(Array(report(editor, file).utf8))
            }
        } else if inPlace {
            try replace(edited.filter { $0.editor.stream.bytes != $0.bytes }.map { ($0.file, $0.bytes) })
        } else {
            for (_, _, bytes) in edited { try StandardStreams.writeOutput(bytes) }
        }
    }

    /// The document that is meant, which has to be said where there are several.
    private func document(of stream: YAMLStream) throws -> Int {
        if let document { return document }
        let count = stream.documents.count
        guard count <= 1 else {
            throw CommandFailure(
                .refused,
                "\(stream.file ?? "the text") has \(count) documents; say which with --document 0 to \(count - 1)"
            )
        }
        return 0
    }

    private func replace(_ files: [(file: TextFile, bytes: [UInt8])]) throws {
        var staged: [StagedFile] = []
        defer { for file in staged { file.discard() } }
        for (file, bytes) in files { staged.append(try StagedFile(file, contents: bytes)) }
        while let file = staged.popLast() { try file.commit() }
    }

    /// One line for each span: `deploy.yaml:3:8: bytes 31..<33: "v1" -> "v2"`.
    private func report(_ editor: YAMLEditor, _ file: TextFile) -> String {
        var report = ""
        let bytes = editor.stream.bytes
        for edit in editor.edits {
            let place = editor.position(of: edit)
            let old = JSON.string(.string(String(decoding: bytes[edit.span], as: UTF8.self)))
            let new = JSON.string(.string(String(decoding: edit.replacement, as: UTF8.self)))
            let span = "\(edit.span.lowerBound)..<\(edit.span.upperBound)"
            report += "\(file.displayName):\(place.line):\(place.column): bytes \(span): \(old) -> \(new)\n"
        }
        return report
    }
}
