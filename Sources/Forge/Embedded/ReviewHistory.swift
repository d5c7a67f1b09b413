import KubeModel

/// Which reviews a pull request keeps when there are more than its object can hold.
///
/// The last opinion of everybody decides what may land, so it is never left out, however much is said after it.
enum ReviewHistory {
    /// The most reviews that are kept besides opinions that count.
    static let maximum = 200
    /// The most bytes of text that opinions have together, and of text that all else has. In JSON a byte can need six,
    /// and the server stores 3 MiB.
    private static let (opinionBytes, otherBytes) = (192 << 10, 96 << 10)

    /// The reviews that are kept, in their order.
    static func kept(_ reviews: [PullRequestStatus.Review]) -> [PullRequestStatus.Review] {
        var authors: Set<String> = []
        let opinions = Set(
            reviews.indices.reversed().filter { place in
                reviews[place].state != .commented && authors.insert(reviews[place].author).inserted
            })
        var result: [PullRequestStatus.Review] = []
        var (opinionSpace, otherSpace) = (opinionBytes, otherBytes)
        var isFull = false
        for place in reviews.indices.reversed() {
            var review = reviews[place]
            let size = review.body?.utf8.count ?? 0
            if opinions.contains(place) {
                // An opinion counts without its reasons, too.
                if size > opinionSpace { review.body = nil } else { opinionSpace -= size }
            } else {
                isFull = isFull || size > otherSpace || result.count >= maximum - opinions.count
                if isFull { continue }
                otherSpace -= size
            }
            result.append(review)
        }
        return result.reversed()
    }
}
