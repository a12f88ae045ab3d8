public struct Template: Hashable, Sendable {
    let json: JSON
    init(json: JSON) { self.json = json }
    func resolve(_ knowledge: some Knowledge) throws(TemplateError) -> JSON { json }
    func resolveLeniently(_ knowledge: some Knowledge) -> JSON { json }
}

struct TemplateError: Error, Hashable, Sendable {
    let message: String
    let hint: String?
}
