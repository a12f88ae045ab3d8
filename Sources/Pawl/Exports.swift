// One import is enough to write handlers: their policies and errors, and the statements and rows of
// transactions, come along.
@_exported public import PawlCore
@_exported public import Postgres
