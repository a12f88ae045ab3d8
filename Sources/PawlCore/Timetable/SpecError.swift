/// A text is not a spec.
package struct SpecError: Error, Hashable, CustomStringConvertible {
    /// The field in which it is wrong, such as `hour` or `interval`, or `nil` if the text as a whole
    /// is.
    package let field: String?
    /// The place, in bytes from the start of the text.
    package let offset: Int
    /// What is wrong, without field and place.
    package let message: String
    /// What is allowed there.
    package let hint: String

    /// What is wrong, where, and what is allowed, on one line.
    package var description: String {
        let subject = field.map { "\($0) of spec" } ?? "spec"
        return "cannot read \(subject): \(message), at byte \(offset) (\(hint))"
    }
}
