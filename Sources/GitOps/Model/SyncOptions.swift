import KubeClient
import KubeModel
import Manifest

/// Whether something is done with an object that may lose data.
public enum Permission: Sendable, Hashable {
    case allowed
    /// Only after somebody has approved it.
    case withApproval
    case never
}

/// What an object's `sync-options` annotation asks for.
public struct ResourceSyncOptions: Sendable, Hashable {
    /// `Prune=false`, `Prune=confirm`: whether the object goes when it is no longer in the source.
    public var prune = Permission.allowed
    /// `Delete=false`, `Delete=confirm`: whether the object goes with its application.
    public var delete = Permission.allowed
    /// `Replace=true`, `Replace=false`; nil leaves it to the application.
    public var replace: Bool?
    /// `Force=true`: whether an object that cannot be changed is deleted and made anew.
    public var force = false
    /// `ServerSideApply=true|false`; nil leaves it to the application.
    public var serverSideApply: Bool?
    /// `PruneLast=true`: whether the object goes after everything else is applied.
    public var pruneLast = false
    /// `SkipDryRunOnMissingResource=true`: whether a kind the cluster does not know yet is no fault beforehand.
    public var skipsDryRunOnMissingKind = false
    /// `Validate=false`: whether fields unknown to the cluster are let through.
    public var skipsValidation = false
    /// `ApplyOutOfSyncOnly=true|false`; nil leaves it to the application.
    public var outOfSyncOnly: Bool?

    /// Nothing out of the ordinary.
    public init() {}

    /// Reads the words of the annotation; those that are unknown are passed over, as Argo CD does.
    ///
    /// `Replace=false` and `ApplyOutOfSyncOnly=false` have no effect in Argo CD, which declares and never reads them;
    /// here they override the application's option, as its documentation says.
    public init(_ words: [String]) {
        for word in words {
            switch word {
            case "Prune=false": prune = .never
            case "Prune=confirm": prune = .withApproval
            case "Delete=false": delete = .never
            case "Delete=confirm": delete = .withApproval
            case "Replace=true": replace = true
            case "Replace=false": replace = false
            case "Force=true": force = true
            case "ServerSideApply=true": serverSideApply = true
            case "ServerSideApply=false": serverSideApply = false
            case "PruneLast=true": pruneLast = true
            case "SkipDryRunOnMissingResource=true": skipsDryRunOnMissingKind = true
            case "Validate=false": skipsValidation = true
            case "ApplyOutOfSyncOnly=true": outOfSyncOnly = true
            case "ApplyOutOfSyncOnly=false": outOfSyncOnly = false
            default: continue
            }
        }
    }
}

/// What an application's `syncPolicy.syncOptions` asks for.
public struct ApplicationSyncOptions: Sendable, Hashable {
    /// The defaults of every object of the application.
    public var resources: ResourceSyncOptions
    /// `CreateNamespace=true`: whether the destination's namespace is made where it is missing.
    public var createsNamespace = false
    /// `RespectIgnoreDifferences=true`: whether fields that do not count are left as they are in the cluster.
    public var respectsIgnoredDifferences = false
    /// `FailOnSharedResource=true`: whether an object of another application is a fault.
    public var failsOnSharedResource = false
    /// `ClientSideApplyMigration=`: whether the fields of whoever applied an object before are taken over; they are by
    /// default.
    public var migrates = true
    /// `PrunePropagationPolicy=`: what becomes of the dependents of pruned objects; in the foreground by default.
    public var propagation = PrunePropagation.foreground

    /// Reads the entries; later ones override earlier ones, unknown ones are passed over.
    public init(_ words: [String]) {
        resources = ResourceSyncOptions(words)
        for word in words {
            switch word {
            case "CreateNamespace=true": createsNamespace = true
            case "CreateNamespace=false": createsNamespace = false
            case "RespectIgnoreDifferences=true": respectsIgnoredDifferences = true
            case "ClientSideApplyMigration=true": migrates = true
            case "ClientSideApplyMigration=false": migrates = false
            case "FailOnSharedResource=true": failsOnSharedResource = true
            case "PrunePropagationPolicy=foreground": propagation = .foreground
            case "PrunePropagationPolicy=background": propagation = .background
            case "PrunePropagationPolicy=orphan": propagation = .orphan
            default: continue
            }
        }
    }

    /// What counts for an object: its own word where it has said one, else the application's.
    public func options(for own: ResourceSyncOptions) -> ResourceSyncOptions {
        var merged = own
        merged.replace = own.replace ?? resources.replace
        merged.serverSideApply = own.serverSideApply ?? resources.serverSideApply
        merged.outOfSyncOnly = own.outOfSyncOnly ?? resources.outOfSyncOnly
        merged.pruneLast = own.pruneLast || resources.pruneLast
        merged.skipsValidation = own.skipsValidation || resources.skipsValidation
        merged.skipsDryRunOnMissingKind =
            own.skipsDryRunOnMissingKind || resources.skipsDryRunOnMissingKind
        if own.prune == .allowed { merged.prune = resources.prune }
        if own.delete == .allowed { merged.delete = resources.delete }
        return merged
    }
}

/// What becomes of what a deleted object owns.
public enum PrunePropagation: String, Sendable, Hashable {
    case foreground, background, orphan

    var deletion: DeleteOptions.Propagation {
        switch self {
        case .foreground: .foreground
        case .background: .background
        case .orphan: .orphan
        }
    }
}
