/// A template cannot be read, or not be resolved.
package struct TemplateError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    package let message: String
    /// What to do about it, or what there is instead.
    package let hint: String
    /// Where in the template it is; without steps if the template is one text.
    package private(set) var place = Path([])

    init(_ message: String, hint: String) {
        self.message = message
        self.hint = hint
    }

    static func notFound(_ path: String, hint: String) -> TemplateError {
        TemplateError("Template path not found: \(path.shortened)", hint: hint)
    }

    /// The same error, seen from what contains the place.
    func within(_ segment: Path.Segment) -> TemplateError {
        var error = self
        error.place = Path([segment] + place.segments)
        return error
    }

    /// What is wrong, where, and the hint, on one line.
    package var description: String {
        message + (place.segments.isEmpty ? "" : ", at \(place)") + " (\(hint))"
    }
}
