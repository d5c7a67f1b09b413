public import Inventory
import Manifest

extension Statement {
    /// The statement with which an image is signed, as cosign 3 writes it: its digest and an empty predicate.
    public static func imageSignature(sha256: [UInt8]) -> Statement {
        Statement(
            subjects: [Subject(sha256: sha256)], predicateType: PredicateType.imageSignature,
            predicate: .emptyObject)
    }

    /// The statement of what an artifact is made of.
    public static func materials(_ bill: BillOfMaterials, about subjects: [Subject]) -> Statement {
        Statement(subjects: subjects, predicateType: PredicateType.cycloneDX, predicate: bill.value)
    }
}
