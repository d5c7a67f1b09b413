/// ServiceAccounts: names under which pods act.
struct ServiceAccountKind: KindRules {
    let descriptor = KindDescriptor("v1", "ServiceAccount")

    var checksMetadataOnUpdate: Bool { true }
}
