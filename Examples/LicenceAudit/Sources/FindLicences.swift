import LicenceText
import Pawl

/// `licence.find`: finds the licences that the file names, and their class, by which the edges of
/// the workflow lead on.
let findLicences = Handler("licence.find") { (request: AuditRequest, _) in
    LicenceFinding(file: try CopyrightFile.content(of: request.path))
}
