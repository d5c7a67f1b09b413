import Manifest

/// What the API server does with objects of one kind; the parts that a kind leaves out do what most kinds need.
///
/// Objects are in their ``WireForm`` when they come here. Implementations are values without state, one file a
/// kind, listed in ``BuiltinKinds``.
protocol KindRules: Sendable {
    var descriptor: KindDescriptor { get }

    /// Fills in what the user left open. Applied to every object that is read or written, so it must change
    /// nothing when applied again.
    func setDefaults(in object: inout Value)

    /// Resets what users may not set and fills in what the server itself decides, before a new object is checked.
    func prepareForCreate(_ object: inout Value, context: KindContext)

    /// Takes from the stored object what an update may not change.
    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext)

    /// Takes from the stored object all but what an update of the status may change.
    func prepareForStatusUpdate(_ object: inout Value, old: Value)

    /// Whether the change counts as one of what users want.
    func isNewGeneration(_ object: Value, since old: Value) -> Bool

    /// The faults of an object apart from its metadata.
    func faults(of object: ObjectField) -> [FieldError]

    /// The faults of a new object that an existing one may have.
    func faultsOnCreate(of object: ObjectField) -> [FieldError]

    /// The faults of a change, apart from its metadata; `faults(of:)` among them where upstream checks it again.
    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError]

    /// The faults of a change of the status.
    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError]

    /// What the user should know though the object is stored; `old` is nil when it is created.
    func warnings(for object: ObjectField, old: ObjectField?) -> [String]

    /// For how many seconds an object lives on once it is deleted.
    func gracePeriod(of object: Value, requested: Int64?) -> Int64

    /// The faults of a name beyond those of the descriptor's rule.
    func nameFaults(of object: ObjectField) -> [String]

    /// Which rules for metadata the kind applies besides those that hold for every object.
    var metadataRules: MetadataRules { get }

    /// Whether an update checks the unchanged name again, as some kinds upstream do.
    var checksMetadataOnUpdate: Bool { get }
}

/// The rules for metadata that a kind applies besides those that hold for every object.
enum MetadataRules {
    /// The kind's own rule for names, and finalizers with a domain.
    case standard
    /// The kind's own rule for names.
    case withoutFinalizers
    /// None.
    case none
}

extension KindRules {
    func setDefaults(in object: inout Value) {}

    func prepareForCreate(_ object: inout Value, context: KindContext) { resetForCreate(&object) }

    func prepareForUpdate(_ object: inout Value, old: Value, context: KindContext) {
        keepStored(&object, old: old)
    }

    func prepareForStatusUpdate(_ object: inout Value, old: Value) { object["spec"] = old["spec"] }

    func isNewGeneration(_ object: Value, since old: Value) -> Bool { object["spec"] != old["spec"] }

    func faults(of object: ObjectField) -> [FieldError] { [] }

    func faultsOnCreate(of object: ObjectField) -> [FieldError] { [] }

    func faults(ofUpdate object: ObjectField, since old: ObjectField) -> [FieldError] {
        faults(of: object)
    }

    func faults(ofStatusUpdate object: ObjectField, since old: ObjectField) -> [FieldError] { [] }

    func warnings(for object: ObjectField, old: ObjectField?) -> [String] { [] }

    func gracePeriod(of object: Value, requested: Int64?) -> Int64 { 0 }

    func nameFaults(of object: ObjectField) -> [String] { [] }

    var metadataRules: MetadataRules { .standard }

    var checksMetadataOnUpdate: Bool { false }

    /// Clears the status and starts the generation, as nearly all kinds do.
    func resetForCreate(_ object: inout Value) {
        if descriptor.hasStatus { object["status"] = nil }
        object.metadata.generation = descriptor.countsGeneration ? 1 : 0
    }

    /// Keeps the stored status and moves the generation on, as nearly all kinds do.
    func keepStored(_ object: inout Value, old: Value) {
        if descriptor.hasStatus { object["status"] = old["status"] }
        let generation = old.metadata.generation
        let isNew = descriptor.countsGeneration && isNewGeneration(object, since: old)
        object.metadata.generation = isNew ? generation + 1 : generation
    }
}
