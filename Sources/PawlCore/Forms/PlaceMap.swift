/// Where the parts of a definition that was converted stand in the text that it was made from.
package struct PlaceMap: Sendable {
    private struct Origin {
        let place: String
        let isWhole: Bool
    }

    private var origins: [String: Origin] = [:]

    /// Notes that a part, and what is inside it, comes from a part of the text.
    mutating func add(_ place: String, from original: String) {
        origins[place] = Origin(place: original, isWhole: false)
    }

    /// Notes that a part was made up for a part of the text, to which all that is inside it belongs.
    mutating func add(_ place: String, madeFor original: String) {
        origins[place] = Origin(place: original, isWhole: true)
    }

    /// The place in the text of a place in the definition: the same, if nothing is known of it.
    package func original(_ place: String) -> String {
        var end = place.endIndex
        while true {
            if let origin = origins[String(place[..<end])] {
                let rest = place[end...]
                if origin.isWhole || rest.isEmpty { return origin.place }
                // A member of the whole text has no dot before it.
                return origin.place
                    + (origin.place.isEmpty && rest.first == "." ? rest.dropFirst() : rest)
            }
            guard let cut = place[..<end].lastIndex(where: { $0 == "." || $0 == "[" }) else {
                return place
            }
            end = cut
        }
    }

    /// A problem of the definition as one of the text.
    func original(_ problem: Problem) -> Problem {
        problem.moved(to: original(problem.place))
    }
}
