// Every function of libpq that usher calls, bound at its first call. A new one is a line here: without it the link fails.

#include "CLibpq.h"
#include "CLateBinding.h"

static struct late_library libpq = {"libpq.so.5", "libpq5", 0};
#define LATE(type, name, parameters, arguments) LATE_IN(libpq, type, name, parameters, arguments)

LATE(int, PQbackendPID, (const PGconn *conn), (conn))
LATE(int, PQcancel, (PGcancel *cancel, char *errbuf, int errbufsize), (cancel, errbuf, errbufsize))
LATE(void, PQclear, (PGresult *res), (res))
LATE(char *, PQcmdTuples, (PGresult *res), (res))
LATE(PQconninfoOption *, PQconndefaults, (void), ())
LATE(PostgresPollingStatusType, PQconnectPoll, (PGconn *conn), (conn))
LATE(
    PGconn *, PQconnectStartParams,
    (const char *const *keywords, const char *const *values, int expand_dbname),
    (keywords, values, expand_dbname))
LATE(int, PQconnectionNeedsPassword, (const PGconn *conn), (conn))
LATE(PQconninfoOption *, PQconninfo, (PGconn *conn), (conn))
LATE(void, PQconninfoFree, (PQconninfoOption *connOptions), (connOptions))
LATE(PQconninfoOption *, PQconninfoParse, (const char *conninfo, char **errmsg), (conninfo, errmsg))
LATE(int, PQconsumeInput, (PGconn *conn), (conn))
LATE(char *, PQdb, (const PGconn *conn), (conn))
LATE(int, PQenterPipelineMode, (PGconn *conn), (conn))
LATE(char *, PQerrorMessage, (const PGconn *conn), (conn))
LATE(int, PQexitPipelineMode, (PGconn *conn), (conn))
LATE(void, PQfinish, (PGconn *conn), (conn))
LATE(int, PQflush, (PGconn *conn), (conn))
LATE(char *, PQfname, (const PGresult *res, int field_num), (res, field_num))
LATE(void, PQfreeCancel, (PGcancel *cancel), (cancel))
LATE(void, PQfreemem, (void *ptr), (ptr))
LATE(Oid, PQftype, (const PGresult *res, int field_num), (res, field_num))
LATE(PGcancel *, PQgetCancel, (PGconn *conn), (conn))
LATE(int, PQgetCopyData, (PGconn *conn, char **buffer, int async), (conn, buffer, async))
LATE(PGresult *, PQgetResult, (PGconn *conn), (conn))
LATE(int, PQgetisnull, (const PGresult *res, int tup_num, int field_num), (res, tup_num, field_num))
LATE(int, PQgetlength, (const PGresult *res, int tup_num, int field_num), (res, tup_num, field_num))
LATE(char *, PQgetvalue, (const PGresult *res, int tup_num, int field_num), (res, tup_num, field_num))
LATE(char *, PQhost, (const PGconn *conn), (conn))
LATE(int, PQisBusy, (PGconn *conn), (conn))
LATE(int, PQlibVersion, (void), ())
LATE(int, PQnfields, (const PGresult *res), (res))
LATE(int, PQntuples, (const PGresult *res), (res))
LATE(int, PQpipelineSync, (PGconn *conn), (conn))
LATE(char *, PQport, (const PGconn *conn), (conn))
LATE(int, PQputCopyData, (PGconn *conn, const char *buffer, int nbytes), (conn, buffer, nbytes))
LATE(int, PQputCopyEnd, (PGconn *conn, const char *errormsg), (conn, errormsg))
LATE(char *, PQresultErrorField, (const PGresult *res, int fieldcode), (res, fieldcode))
LATE(char *, PQresultErrorMessage, (const PGresult *res), (res))
LATE(ExecStatusType, PQresultStatus, (const PGresult *res), (res))
LATE(int, PQsendQuery, (PGconn *conn, const char *query), (conn, query))
LATE(
    int, PQsendQueryParams,
    (PGconn *conn, const char *command, int nParams, const Oid *paramTypes, const char *const *paramValues, const
     int *paramLengths, const int *paramFormats, int resultFormat),
    (conn, command, nParams, paramTypes, paramValues, paramLengths, paramFormats, resultFormat))
LATE(int, PQserverVersion, (const PGconn *conn), (conn))
LATE(PGVerbosity, PQsetErrorVerbosity, (PGconn *conn, PGVerbosity verbosity), (conn, verbosity))
LATE(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn *conn, PQnoticeReceiver proc, void *arg), (conn, proc, arg))
LATE(int, PQsetSingleRowMode, (PGconn *conn), (conn))
LATE(int, PQsetnonblocking, (PGconn *conn, int arg), (conn, arg))
LATE(int, PQsocket, (const PGconn *conn), (conn))
LATE(ConnStatusType, PQstatus, (const PGconn *conn), (conn))
LATE(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn))
