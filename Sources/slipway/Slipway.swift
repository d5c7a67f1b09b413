import ArgumentParser
import Commands

@main
struct Slipway {
    static func main() { SlipwayCommand.main() }
}
