/// A definition in Pawl's own form, whichever form its text has.
package struct CanonicalDefinition: Sendable {
    /// A form that a definition may have.
    package enum Form: String, Hashable, Sendable {
        /// Nodes, and edges between them: Pawl's own, and that of RoomKit's graphs.
        case graph
        /// Steps that name what they depend on: opcode's.
        case steps
    }

    /// The form that was recognised.
    package let form: Form
    /// The definition; what could not be converted is missing.
    package let json: JSON
    /// What was found while converting, with places in the text.
    package let problems: [Problem]
    /// Whether no part of the text is missing.
    package let isWhole: Bool
    /// Where the parts of the definition stand in the text.
    package let places: PlaceMap
}

extension Definition {
    /// Converts a definition to Pawl's own form.
    ///
    /// A text in that form already stays as it is. `name` is for a text that does not say how the
    /// workflow is called.
    package static func canonical(_ json: JSON, name: String? = nil) -> CanonicalDefinition {
        if json["nodes"] == nil {
            if json["steps"] != nil {
                return StepsForm.convert(json, at: "", template: [:], name: name)
            }
            if let inner = json["definition"], inner["steps"] != nil {
                let template = json.objectValue ?? [:]
                return StepsForm.convert(inner, at: "definition", template: template, name: name)
            }
        }
        var members = json
        if let name, case .object(var given) = json, given["id"] ?? .null == .null {
            given["id"] = .string(name)
            members = .object(given)
        }
        return CanonicalDefinition(
            form: .graph,
            json: members,
            problems: [],
            isWhole: true,
            places: PlaceMap()
        )
    }
}
