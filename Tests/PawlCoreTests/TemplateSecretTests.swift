import Testing

@testable import PawlCore

/// Where secrets come from and where they do not, and the limits of templates.
struct TemplateSecretTests {
    private func secret(_ name: String) -> String? {
        ["KEY": "s3cret", "a.b": "dotted", "BRACES": "{{secrets.KEY}}"][name]
    }

    private let known: JSON = [
        "secrets": ["KEY": "not this", "OTHER": "nor this"],
        "d": ["output": ["says": "{{secrets.KEY}}", "also": "${{secrets.KEY}}", "name": "KEY"]],
    ]

    @Test(
        arguments: [
            ("{{secrets.KEY}}", "s3cret"), ("Bearer ${{ secrets.KEY }}", "Bearer s3cret"),
            ("{{secrets.a.b}}", "dotted"), (#"{{secrets["a.b"]}}"#, "dotted"),
            (#"{{["secrets"].KEY}}"#, "s3cret"), (#"{{secrets.NONE | default("")}}"#, ""),
        ] as [(JSON, JSON)]
    )
    func `a secret is resolved by who has it`(template: JSON, value: JSON) throws {
        let template = try Template(json: ["header": template])
        #expect(try template.resolve(known, secrets: secret) == ["header": value])
    }

    @Test
    func `a template names its secrets and its paths`() throws {
        let template = try Template(json: [
            "{{secrets.KEY}}": "{{secrets.B}} {{secrets.A}}{{secrets.B}}",
            "x": ["{{a.b}}", "{{ a.b }}"],
            "y": "{{secretsX.a}} {{secrets}}",
        ])
        #expect(template.secretNames == ["", "A", "B"])
        #expect(template.paths == ["a.b", "secretsX.a"])
        #expect(try Template(json: ["a", 1]).isConstant)
        #expect(!template.isConstant)
    }

    @Test(arguments: ["{{secrets.KEY}}", #"{{secrets.KEY | default("x")}}"#, "a {{secrets.OTHER}}"])
    func `without secrets none is resolved, not even from what is known`(text: String) throws {
        let template = try Template(json: .string(text))
        let error = #expect(throws: TemplateError.self) { try template.resolve(known) }
        #expect(error?.message.hasPrefix("Template path not found: secrets.") == true)
        #expect(error?.hint == "secrets are not resolved here, where values are recorded")
    }

    @Test(arguments: ["OTHER", "", "a"])
    func `a secret that is not stored is an error`(name: String) throws {
        let template = try Template(json: .string("{{secrets.\(name)}}"))
        let error = #expect(throws: TemplateError.self) {
            try template.resolve(known, secrets: secret)
        }
        #expect(error?.message == "Template path not found: secrets.\(name)")
    }

    @Test(
        arguments: [
            ("{{d.output.says}}", "{{secrets.KEY}}"), ("x {{d.output.also}}", "x ${{secrets.KEY}}"),
            ("{{secrets.BRACES}}", "{{secrets.KEY}}"), ("a{{secrets.BRACES}}", "a{{secrets.KEY}}"),
            (#"{{x | default("{{secrets.KEY}}")}}"#, "{{secrets.KEY}}"),
        ] as [(JSON, JSON)]
    )
    func `data that spells a secret gets none`(template: JSON, value: JSON) throws {
        #expect(try Template(json: template).resolve(known, secrets: secret) == value)
    }

    @Test
    func `a secret's name is not put together from data`() throws {
        let template = try Template(json: "{{secrets.{{d.output.name}}}}")
        let error = #expect(throws: TemplateError.self) {
            try template.resolve(known, secrets: secret)
        }
        #expect(error?.message == "Template path not found: secrets.{{d.output.name")
    }

    private func nested(_ depth: Int, _ json: JSON) -> JSON {
        (0..<depth).reduce(json) { json, _ in [json] }
    }

    @Test
    func `a template is 64 levels deep at most`() throws {
        #expect(
            try Template(json: nested(64, "{{d.output.name}}")).resolve(known) == nested(64, "KEY")
        )
        let error = #expect(throws: TemplateError.self) { try Template(json: nested(65, 1)) }
        #expect(error?.message == "the template nests too deep")
    }

    @Test
    func `a template has 10,000 placeholders at most`() throws {
        let text = String(repeating: "{{d.output.name}}", count: 10_000)
        let resolved = try Template(json: .string(text)).resolve(known)
        #expect(resolved == .string(String(repeating: "KEY", count: 10_000)))
        let error = #expect(throws: TemplateError.self) {
            try Template(json: [.string(text), "{{d}}"])
        }
        #expect(error?.message == "the template has too many placeholders")
    }

    @Test
    func `what a few placeholders multiply is limited`() throws {
        let large: JSON = ["x": .string(String(repeating: "x", count: 1 << 20))]
        for unit: JSON in ["{{x}}", "- {{x}}"] {
            let few = try Template(json: .array(Array(repeating: unit, count: 63)))
            #expect(try few.resolve(large).arrayValue?.count == 63)
            let many = try Template(json: .array(Array(repeating: unit, count: 64)))
            let error = #expect(throws: TemplateError.self) { try many.resolve(large) }
            #expect(error?.message == "the values of the placeholders are too large together")
            #expect(many.resolveLeniently(large)[63] == unit)
        }
    }

    @Test(arguments: ["{{", "{{a", "{", "{{}}", "{{a|default(", "{{a|default([}}", "}}", "${{a\n"])
    func `a long text is read in one go`(unit: String) throws {
        let text = String(repeating: unit, count: 100_000)
        do {
            let template = try Template(json: .string(text))
            #expect(template.resolveLeniently([:] as JSON) == .string(text))
        } catch {
            #expect(!error.message.isEmpty)
        }
    }
}
