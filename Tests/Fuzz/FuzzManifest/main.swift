// Feeds mutated documents to the readers and checks what must hold for any input at all.
//
//     FuzzManifest --target yaml --seconds 600 --seed 1
//     FuzzManifest --serve < documents
//
// A failure prints the seed and the iteration; `--iteration N` repeats that one.

import Manifest

let options = Options(CommandLine.arguments.dropFirst())
if options.serves {
    OracleServer().run()
} else {
    Fuzzer(options).run()
}
