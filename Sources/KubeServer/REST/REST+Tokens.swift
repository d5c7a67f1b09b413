import KubeModel
import Manifest

extension REST {
    /// Makes a token for a service account.
    func createToken(_ context: RequestContext) async throws(APIError) -> APIResponse {
        let request = try BodyReader.read(context.request, expecting: "TokenRequest").object
        let account = try context.renderer.value(try stored(context))
        let answer = try accounts.answer(request, account: account, identifier: identifiers.uid())
        return response(answer, context, status: 201)
    }
}
