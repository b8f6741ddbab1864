#pragma once

// Debian keeps it in a directory of its own, which only pg_config and pkg-config know.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

// The PG_DIAG_* field codes are character macros, which Swift does not import: one accessor each.
static inline int usher_pg_diag_severity(void) { return PG_DIAG_SEVERITY_NONLOCALIZED; }
static inline int usher_pg_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int usher_pg_diag_message(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int usher_pg_diag_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }
static inline int usher_pg_diag_hint(void) { return PG_DIAG_MESSAGE_HINT; }
static inline int usher_pg_diag_position(void) { return PG_DIAG_STATEMENT_POSITION; }
static inline int usher_pg_diag_context(void) { return PG_DIAG_CONTEXT; }
static inline int usher_pg_diag_table(void) { return PG_DIAG_TABLE_NAME; }
static inline int usher_pg_diag_column(void) { return PG_DIAG_COLUMN_NAME; }
static inline int usher_pg_diag_constraint(void) { return PG_DIAG_CONSTRAINT_NAME; }
static inline int usher_pg_diag_schema(void) { return PG_DIAG_SCHEMA_NAME; }
