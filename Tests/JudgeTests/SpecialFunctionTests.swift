import Glibc
import TestSupport
import Testing

@testable import Judge

/// References are computed with 40 digits.
@Suite struct SpecialFunctionTests {
    private func isClose(_ value: Double, _ reference: Double, _ relative: Double = 1e-14) -> Bool {
        abs(value - reference) <= relative * max(1, abs(reference))
    }

    @Test func `exponential and logarithm agree with the system's to the last places`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let x = Double.random(in: -745...709, using: &random)
            let small =
                Double.random(in: -1...1, using: &random)
                * Glibc.exp(Double.random(in: -30...0, using: &random))
            let positive = Glibc.exp(x)
            #expect(abs(Judge.exp(x) / positive - 1) < 5e-16 || positive < .leastNormalMagnitude)
            #expect(abs(Judge.log(positive) - Glibc.log(positive)) <= 3e-16 * abs(x) + 1e-300)
            #expect(abs(Judge.log1p(small) / Glibc.log1p(small) - 1) < 6e-16)
            #expect(abs(Judge.expm1(small) / Glibc.expm1(small) - 1) < 6e-16)
        }
    }

    @Test func `exponential and logarithm have the ends they should have`() {
        #expect(Judge.log(0) == -.infinity && Judge.log(.infinity) == .infinity && Judge.log(-1).isNaN)
        #expect(Judge.log(1) == 0 && Judge.exp(0) == 1 && Judge.log1p(0) == 0 && Judge.expm1(0) == 0)
        #expect(Judge.log1p(-1) == -.infinity && Judge.log1p(.infinity) == .infinity && Judge.log1p(-2).isNaN)
        #expect(Judge.exp(-.infinity) == 0 && Judge.exp(.infinity) == .infinity && Judge.exp(.nan).isNaN)
        #expect(Judge.exp(710) == .infinity && Judge.exp(-746) == 0 && Judge.exp(-745) > 0)
        #expect(Judge.log(.leastNonzeroMagnitude) == Glibc.log(.leastNonzeroMagnitude))
    }

    @Test(arguments: [
        (0.5, 0.57236494292470009), (1, 0), (2, 0), (3.7, 1.4280723266653879), (11.99, 17.477885575426185),
        (12.01, 17.526738806509966), (100.5, 361.43554046777762), (1e6, 12_815_504.569147612),
        (1e-5, 11.512919692895826),
    ]) func `the gamma function is right`(x: Double, reference: Double) {
        #expect(isClose(Gamma.logGamma(x), reference))
    }

    @Test(arguments: [
        (0.3, 0.7, 1.356665241349742), (1, 1, 0), (2.5, 1_000, -16.986579078153019),
        (11, 13, -16.515048499026972), (50, 60, -76.522723353350513), (1e6, 2e6, -1_909_548.290968533),
        (0.001, 1e7, 6.8910607897828454), (13, 1e8, -219.48163595571883),
    ]) func `the beta function does not cancel`(a: Double, b: Double, reference: Double) {
        #expect(isClose(Gamma.logBeta(a, b), reference))
        #expect(Gamma.logBeta(a, b) == Gamma.logBeta(b, a))
    }

    @Test(arguments: [
        (2, 3, 0.4, -0.64473804135225777, -0.74401951093370188),
        (0.5, 0.5, 0.01, -2.752494986597868, -0.065892569029216591),
        (89, 13, 0.95, -0.0016061288656530537, -6.4347313834913882),
        (13, 89, 0.05, -6.4347313834913882, -0.0016061288656530537),
        (1_000, 1_000, 0.52, -0.03747290407162703, -3.3028151088812758),
        (38, 9_964, 0.0063, -0.00026551442808020652, -8.2339741299838125),
        (1, 900, 0.01, -0.00011795076181326317, -9.045302268151297),
    ]) func `the beta distribution has both tails`(
        a: Double, b: Double, x: Double, lower: Double, upper: Double
    ) {
        let distribution = BetaDistribution(a, b)
        #expect(isClose(distribution.logLower(x), lower, 1e-12))
        #expect(isClose(distribution.logUpper(x), upper, 1e-12))
        #expect(isClose(distribution.quantile(Judge.exp(lower)), x, 1e-10))
    }

    @Test(arguments: [
        (-3, -0.0013508099647481938), (0, -0.69314718055994531), (0.5, -1.1759117615936186),
        (1.959963984540054, -3.6888794541139358), (5, -15.064998393988726), (8, -35.01343715991455),
        (20, -203.91715537109726), (37, -689.03058557689059),
    ]) func `the normal distribution has a tail`(z: Double, upper: Double) {
        #expect(isClose(NormalDistribution.logUpper(z), upper, 1e-13))
    }

    @Test(arguments: [
        (1e-10, -6.3613409024040562), (0.005, -2.5758293035489008), (0.025, -1.9599639845400542),
        (0.3, -0.52440051270804078), (0.5, 0), (0.975, 1.9599639845400542),
    ]) func `the normal distribution has quantiles`(p: Double, z: Double) {
        #expect(isClose(NormalDistribution.quantile(p), z, 1e-13))
    }

    @Test func `sums by logarithms neither overflow nor vanish`() {
        #expect(LogSum.sum([1_000, 1_000]) == 1_000 + Judge.log(2))
        #expect(LogSum.mean([-2_000, -2_000, -2_000]) == -2_000)
        #expect(LogSum.sum([Double]()) == -.infinity)
        #expect(LogSum.weighted([5, 900], weights: [1, 0]) == 5)
    }
}
