public import Inventory
import Manifest

extension Statement {
    /// The statement with which an image is signed, as cosign 3 makes it: its digest and an empty predicate.
    ///
    /// - Parameter name: the image's repository, without which sigstore-python does not read the statement.
    public static func imageSignature(sha256: [UInt8], name: String) -> Statement {
        Statement(
            subjects: [Subject(name: name, sha256: sha256)], predicateType: PredicateType.imageSignature,
            predicate: .emptyObject)
    }

    /// The statement of what an artifact is made of.
    public static func materials(_ bill: BillOfMaterials, about subjects: [Subject]) -> Statement {
        Statement(subjects: subjects, predicateType: PredicateType.cycloneDX, predicate: bill.value)
    }
}
