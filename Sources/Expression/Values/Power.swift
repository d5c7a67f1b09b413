#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `**`: the one operation of the language that the standard library does not have.
enum Power {
    static func value(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
