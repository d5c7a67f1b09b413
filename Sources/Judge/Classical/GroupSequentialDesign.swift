/// Tests with a number of looks that is planned beforehand.
public enum GroupSequentialDesign {
    /// The constant bound on |z| at every look (S. J. Pocock, Biometrika 64, 1977).
    public static func pocock(looks: Int, alpha: Double) -> Double {
        Bisection.root(from: 0, to: 10, precision: 1e-7) { c in crossing(looks) { _ in c } > alpha }
    }

    /// C of the bounds C √(K/k) (P. C. O'Brien and T. R. Fleming, Biometrics 35, 1979).
    public static func obrienFleming(looks: Int, alpha: Double) -> Double {
        Bisection.root(from: 0, to: 10, precision: 1e-7) { c in
            crossing(looks) { c * (Double(looks) / Double($0)).squareRoot() } > alpha
        }
    }

    /// The probability that |z| passes its bound at any of equally spaced looks, without an effect.
    ///
    /// By the density of what is still undecided, carried from look to look (P. Armitage, C. K. McPherson and
    /// B. C. Rowe, "Repeated Significance Tests on Accumulating Data", J. R. Statist. Soc. A 132, 1969), with
    /// Simpson's rule.
    public static func crossing(_ looks: Int, bound: (_ look: Int) -> Double) -> Double {
        let steps = 100
        var points: [Double] = []
        var density: [Double] = []
        var remaining = 1.0
        for look in 1...looks {
            // On the scale of sums of independent standard normal increments.
            let edge = bound(look) * Double(look).squareRoot()
            let width = 2 * edge / Double(steps)
            let next = (0...steps).map { -edge + Double($0) * width }
            let weights = (0...steps).map { place -> Double in
                let factor = place == 0 || place == steps ? 1.0 : place % 2 == 1 ? 4 : 2
                return factor * width / 3
            }
            density = next.map { x in
                if look == 1 { return NormalDistribution.density(x) }
                return zip(points, density).reduce(0) { $0 + NormalDistribution.density(x - $1.0) * $1.1 }
            }
            remaining = zip(weights, density).reduce(0) { $0 + $1.0 * $1.1 }
            density = zip(weights, density).map { $0 * $1 }
            points = next
        }
        return 1 - remaining
    }
}

/// How much of the error may be spent by a part of the information (K. K. G. Lan and D. L. DeMets, Biometrika
/// 70, 1983).
public enum AlphaSpending {
    /// As O'Brien and Fleming's bounds do: hardly any early.
    public static func obrienFleming(_ fraction: Double, alpha: Double) -> Double {
        2 * NormalDistribution.upper(NormalDistribution.quantile(1 - alpha / 2) / fraction.squareRoot())
    }

    /// As Pocock's bounds do: evenly.
    public static func pocock(_ fraction: Double, alpha: Double) -> Double {
        alpha * log1p(1.718_281_828_459_045 * fraction)
    }
}
