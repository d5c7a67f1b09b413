import ArgumentParser
import Commands

@main
struct Slipway {
    // The main actor is left at once: calls to actors cost a hundred times as much from it.
    @concurrent static func main() async { await SlipwayCommand.main() }
}
