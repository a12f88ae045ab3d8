import Pawl
import PawlCore

/// What a node's config says, read member by member, so that every fault can be told by its name.
///
/// A member that is `null` counts as absent. No message has a value, which may be a secret.
struct NodeConfig: Sendable {
    let kind: String
    private let members: [String: JSON]

    /// Takes the config of the step's node.
    init(of context: StepContext, kind: String) throws {
        try self.init(context.config(as: JSON.self), kind: kind)
    }

    init(_ config: JSON, kind: String) throws(Failure) {
        self.kind = kind
        guard let members = config.objectValue else {
            throw Failure(
                .validation,
                "the config of a node of type \"\(kind)\" is no object",
                isRetryable: false
            )
        }
        self.members = members.filter { !$0.value.isNull }
    }

    /// Refuses members that nobody reads, because they are slips of the pen.
    func allowOnly(_ names: Set<String>) throws(Failure) {
        guard let stranger = members.keys.filter({ !names.contains($0) }).min() else { return }
        throw Failure(
            .validation,
            "a node of type \"\(kind)\" has no config \"\(stranger)\"; "
                + "there is \(names.sorted().joined(separator: ", "))",
            isRetryable: false
        )
    }

    subscript(_ name: String) -> JSON? { members[name] }

    func string(_ name: String) throws(Failure) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.stringValue else { throw fault(name, "has to be a text") }
        return text
    }

    func requiredString(_ name: String) throws(Failure) -> String {
        guard let text = try string(name) else { throw fault(name, "is missing") }
        return text
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let value = members[name] else { return nil }
        guard let number = value.intValue, range.contains(number) else {
            throw fault(
                name,
                "has to be a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    func strings(_ name: String) throws(Failure) -> [String]? {
        guard let value = members[name] else { return nil }
        guard let texts = value.arrayValue?.map(\.stringValue), !texts.contains(nil) else {
            throw fault(name, "has to be a list of texts")
        }
        return texts.compactMap(\.self)
    }

    /// Reads an object of texts, numbers and truth values, in the order of its names.
    func texts(_ name: String) throws(Failure) -> [(name: String, value: String)] {
        guard let value = members[name] else { return [] }
        guard let members = value.objectValue else { throw fault(name, "has to be an object") }
        var texts: [(String, String)] = []
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .null: continue
            case .string(let text): texts.append((key, text))
            case .array, .object:
                throw fault("\(name).\(key)", "has to be a text, a number or a truth value")
            default: texts.append((key, value.description))
            }
        }
        return texts
    }

    func duration(_ name: String) throws(Failure) -> Duration? {
        guard let text = try string(name) else { return nil }
        let duration: Duration
        do {
            duration = try Duration(text: text)
        } catch {
            throw fault(name, "is no duration; \(error.hint)")
        }
        guard duration > .zero else { throw fault(name, "has to be longer than nothing") }
        return duration
    }

    func fault(_ name: String, _ what: String) -> Failure {
        Failure(
            .validation,
            "config \"\(name)\" of a node of type \"\(kind)\" \(what)",
            isRetryable: false
        )
    }
}
