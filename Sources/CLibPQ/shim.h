#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <sys/eventfd.h>

/* Character constants do not import into Swift. */
static const int DIAG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int DIAG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
static const int DIAG_DETAIL = PG_DIAG_MESSAGE_DETAIL;
static const int DIAG_HINT = PG_DIAG_MESSAGE_HINT;
static const int DIAG_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME;
static const int DIAG_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION;

#endif
