public import Hummingbird

extension DevelopmentTokenIssuer {
    /// Adds the two documents by which others verify this issuer's tokens.
    ///
    /// - Parameter path: the path of the issuer's address, empty for none.
    public func addRoutes<Context: RequestContext>(to router: some RouterMethods<Context>, path: String = "")
    {
        let (configuration, keySet) = (configuration, keySet)
        router.get("\(path)/.well-known/openid-configuration") { _, _ in SigstoreRoutes.answer(configuration)
        }
        router.get("\(path)/.well-known/jwks.json") { _, _ in SigstoreRoutes.answer(keySet) }
    }
}
