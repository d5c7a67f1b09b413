import ArgumentParser
import Forge
import Foundation

/// `slipway forge hook`: what git runs on a push; not for people.
struct ForgeHook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Ask the forge for a hook of git.", shouldDisplay: false)

    @Argument(help: "Git's name of the hook.")
    var name: String

    @Option(help: "The forge's socket.")
    var socket: String

    func run() async throws {
        do {
            let program = try HookProgram(
                name, socket: socket, environment: ProcessInfo.processInfo.environment)
            let code = await program.run()
            if code != 0 { throw ExitCode(code) }
        } catch let error as ForgeError {
            throw ValidationFailure(error.description)
        }
    }
}
