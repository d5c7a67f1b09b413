import Manifest

/// A file of the config repository while a batch of promotions changes it, one value after the other.
///
/// Each change replaces the bytes of its value and nothing else. Many changes of one file are read and checked in one
/// go, yet every one of them has the text as it stands after it.
struct FileDraft {
    /// The name of the file in messages.
    let file: String
    private var editor: YAMLEditor
    /// The values that were changed since the text was last read.
    private var changed: [FieldTarget.Place: String] = [:]
    /// The texts after each change since then.
    private(set) var bytes: [UInt8]

    /// - Throws: ``PromotionError`` with code `invalid`, with file and line, where the text is no YAML.
    init(_ bytes: [UInt8], file: String) throws(PromotionError) {
        self.file = file
        self.bytes = bytes
        do throws(ManifestError) {
            editor = YAMLEditor(try YAMLStream(bytes, file: file))
        } catch {
            throw PromotionError(.invalid, error.description)
        }
    }

    /// What stands at a place now.
    func text(at place: FieldTarget.Place) throws(PromotionError) -> String? {
        if let text = changed[place] { return text }
        return try place.text(in: editor.stream)
    }

    /// Changes the value at a place, and makes it where it is missing.
    ///
    /// - Parameter newName: what the image of a new entry is called, where that is not the entry's name.
    /// - Throws: ``PromotionError`` with code `invalid` where it cannot be changed exactly; nothing is changed then.
    mutating func set(
        _ place: FieldTarget.Place, to text: String, newName: String? = nil
    ) throws(PromotionError) {
        do throws(ManifestError) {
            if changed[place] != nil { try settle() }
            var next = editor
            let isNew = try Self.plan(place, text, newName, &next)
            editor = next
            bytes = next.draft
            changed[place] = text
            // What was made changes the places of others, so it is read before them.
            if isNew { try settle() }
        } catch {
            throw PromotionError(.invalid, error.description)
        }
    }

    /// Reads the text back and compares it with what was asked for.
    ///
    /// - Throws: `ManifestError` where it does not read as wanted.
    mutating func settle() throws(ManifestError) {
        guard !changed.isEmpty else { return }
        let stream = try editor.result()
        bytes = stream.bytes
        editor = YAMLEditor(stream)
        changed = [:]
    }

    /// - Returns: whether something was made that was not there.
    private static func plan(
        _ place: FieldTarget.Place, _ text: String, _ newName: String?, _ editor: inout YAMLEditor
    ) throws(ManifestError) -> Bool {
        do throws(ManifestError) {
            try editor.set(place.path, to: .string(text))
            return false
        } catch {
            guard error.code == .notFound else { throw error }
        }
        let key: String
        let name: String
        switch place {
        case .path(let path):
            try editor.insert(.string(text), at: path, createsParents: true)
            return true
        case .imageDigest(let image): (name, key) = (image, "digest")
        case .imageTag(let image): (name, key) = (image, "newTag")
        }
        if let document = editor.stream.documents.first,
            (try? document.node(at: FieldTarget.Place.entry(name))) != nil
        {
            let entry = FieldTarget.Place.entry(name)
            if let newName, (try? document.node(at: entry.appending(.key("newName")))) == nil {
                try editor.insert(
                    .string(newName), at: entry.appending(.key("newName")), placement: .after(.key("name")))
                // Both go behind `name`, in the order in which they are put there.
                try editor.insert(
                    .string(text), at: entry.appending(.key(key)), placement: .after(.key("name")))
            } else {
                try editor.insert(.string(text), at: entry.appending(.key(key)))
            }
            return true
        }
        var item: Object = ["name": .string(name)]
        if let newName { item["newName"] = .string(newName) }
        item[key] = .string(text)
        try editor.insert(
            .object(item), at: YAMLPath(steps: [.key("images"), .append]), createsParents: true)
        return true
    }
}
