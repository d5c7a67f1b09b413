import ArgumentParser

/// `slipway app`: applications and how they compare with their sources.
struct App: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Applications: what git wants in a cluster, and what is there.",
        subcommands: [
            AppList.self, AppGet.self, AppTree.self, AppDiff.self, AppSync.self, AppWait.self,
            AppHistory.self,
            AppRollback.self, AppCreate.self, AppDelete.self, AppRefresh.self,
        ])
}
