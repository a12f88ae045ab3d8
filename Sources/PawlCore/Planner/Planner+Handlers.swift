// What handlers are told of the run.
extension Planner {
    /// A node's config with its placeholders resolved.
    ///
    /// `secrets` gives a secret by its name.
    package func config(
        of step: Step,
        in projection: Projection,
        secrets: @escaping (String) -> String?
    ) throws(Failure) -> JSON {
        guard let node = definition.node(step.id.node) else { return [:] }
        do throws(TemplateError) {
            let template: Template
            switch (node.kind, node.rule) {
            case (_, .handler(let known)): template = known
            case (.handler, _): return node.config
            default: template = try Template(json: node.config)
            }
            return try template.resolve(vantage(step, Draft(projection)), secrets: secrets)
        } catch {
            throw Failure(error)
        }
    }

    /// The value at a path, as it is seen from a step.
    package func value(at path: Path, from step: Step, in projection: Projection) -> JSON? {
        vantage(step, Draft(projection)).value(at: path)
    }

    /// The output of a node as it is seen from a step, or of a path, as a JSON text.
    package func output(
        of name: String,
        at step: Step,
        in projection: Projection
    ) -> [UInt8]? {
        let vantage = Vantage(definition, projection, at: step.id.path)
        let path = definition.node(name).map(vantage.path(of:)) ?? name
        return projection.record(of: path)?.output
    }
}
