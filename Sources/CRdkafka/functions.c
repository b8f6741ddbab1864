// Every function of librdkafka that usher and its tests call, bound at its first call. A new one is a line here: without it
// the link fails.

#include "CRdkafka.h"
#include "CLateBinding.h"

static struct late_library librdkafka = {"librdkafka.so.1", "librdkafka1", 0};
#define LATE(type, name, parameters, arguments) LATE_IN(librdkafka, type, name, parameters, arguments)

LATE(void, rd_kafka_conf_destroy, (rd_kafka_conf_t *conf), (conf))
LATE(rd_kafka_conf_t *, rd_kafka_conf_new, (void), ())
LATE(
    rd_kafka_conf_res_t, rd_kafka_conf_set,
    (rd_kafka_conf_t *conf, const char *name, const char *value, char *errstr, size_t errstr_size),
    (conf, name, value, errstr, errstr_size))
LATE(void, rd_kafka_conf_set_events, (rd_kafka_conf_t *conf, int events), (conf, events))
LATE(
    void, rd_kafka_conf_set_log_cb,
    (rd_kafka_conf_t *conf, void (*log_cb)(const rd_kafka_t *rk, int level, const char *fac, const char *buf)),
    (conf, log_cb))
LATE(
    ssize_t, rd_kafka_consume_batch_queue,
    (rd_kafka_queue_t *rkqu, int timeout_ms, rd_kafka_message_t **rkmessages, size_t rkmessages_size),
    (rkqu, timeout_ms, rkmessages, rkmessages_size))
LATE(
    int, rd_kafka_consume_start_queue,
    (rd_kafka_topic_t *rkt, int32_t partition, int64_t offset, rd_kafka_queue_t *rkqu),
    (rkt, partition, offset, rkqu))
LATE(int, rd_kafka_consume_stop, (rd_kafka_topic_t *rkt, int32_t partition), (rkt, partition))
LATE(void, rd_kafka_destroy, (rd_kafka_t *rk), (rk))
LATE(void, rd_kafka_destroy_flags, (rd_kafka_t *rk, int flags), (rk, flags))
LATE(const char *, rd_kafka_err2name, (rd_kafka_resp_err_t err), (err))
LATE(const char *, rd_kafka_err2str, (rd_kafka_resp_err_t err), (err))
LATE(rd_kafka_resp_err_t, rd_kafka_error_code, (const rd_kafka_error_t *error), (error))
LATE(void, rd_kafka_error_destroy, (rd_kafka_error_t *error), (error))
LATE(void, rd_kafka_event_destroy, (rd_kafka_event_t *rkev), (rkev))
LATE(rd_kafka_resp_err_t, rd_kafka_event_error, (rd_kafka_event_t *rkev), (rkev))
LATE(const char *, rd_kafka_event_error_string, (rd_kafka_event_t *rkev), (rkev))
LATE(
    int, rd_kafka_event_log,
    (rd_kafka_event_t *rkev, const char **fac, const char **str, int *level),
    (rkev, fac, str, level))
LATE(const rd_kafka_message_t *, rd_kafka_event_message_next, (rd_kafka_event_t *rkev), (rkev))
LATE(rd_kafka_event_type_t, rd_kafka_event_type, (const rd_kafka_event_t *rkev), (rkev))
LATE(
    rd_kafka_resp_err_t, rd_kafka_fatal_error,
    (rd_kafka_t *rk, char *errstr, size_t errstr_size),
    (rk, errstr, errstr_size))
LATE(
    rd_kafka_resp_err_t, rd_kafka_get_watermark_offsets,
    (rd_kafka_t *rk, const char *topic, int32_t partition, int64_t *low, int64_t *high),
    (rk, topic, partition, low, high))
LATE(
    rd_kafka_resp_err_t, rd_kafka_header_add,
    (rd_kafka_headers_t *hdrs, const char *name, ssize_t name_size, const void *value, ssize_t value_size),
    (hdrs, name, name_size, value, value_size))
LATE(
    rd_kafka_resp_err_t, rd_kafka_header_get_all,
    (const rd_kafka_headers_t *hdrs, size_t idx, const char **namep, const void **valuep, size_t *sizep),
    (hdrs, idx, namep, valuep, sizep))
LATE(void, rd_kafka_headers_destroy, (rd_kafka_headers_t *hdrs), (hdrs))
LATE(rd_kafka_headers_t *, rd_kafka_headers_new, (size_t initial_count), (initial_count))
LATE(rd_kafka_resp_err_t, rd_kafka_last_error, (void), ())
LATE(void, rd_kafka_message_destroy, (rd_kafka_message_t *rkmessage), (rkmessage))
LATE(
    rd_kafka_resp_err_t, rd_kafka_message_headers,
    (const rd_kafka_message_t *rkmessage, rd_kafka_headers_t **hdrsp),
    (rkmessage, hdrsp))
LATE(
    int64_t, rd_kafka_message_timestamp,
    (const rd_kafka_message_t *rkmessage, rd_kafka_timestamp_type_t *tstype),
    (rkmessage, tstype))
LATE(
    rd_kafka_resp_err_t, rd_kafka_metadata,
    (rd_kafka_t *rk, int all_topics, rd_kafka_topic_t *only_rkt, const struct rd_kafka_metadata **metadatap, int
     timeout_ms),
    (rk, all_topics, only_rkt, metadatap, timeout_ms))
LATE(void, rd_kafka_metadata_destroy, (const struct rd_kafka_metadata *metadata), (metadata))
LATE(
    rd_kafka_resp_err_t, rd_kafka_mock_broker_set_down,
    (rd_kafka_mock_cluster_t *mcluster, int32_t broker_id),
    (mcluster, broker_id))
LATE(
    rd_kafka_resp_err_t, rd_kafka_mock_broker_set_rtt,
    (rd_kafka_mock_cluster_t *mcluster, int32_t broker_id, int rtt_ms),
    (mcluster, broker_id, rtt_ms))
LATE(
    rd_kafka_resp_err_t, rd_kafka_mock_broker_set_up,
    (rd_kafka_mock_cluster_t *mcluster, int32_t broker_id),
    (mcluster, broker_id))
LATE(const char *, rd_kafka_mock_cluster_bootstraps, (const rd_kafka_mock_cluster_t *mcluster), (mcluster))
LATE(void, rd_kafka_mock_cluster_destroy, (rd_kafka_mock_cluster_t *mcluster), (mcluster))
LATE(rd_kafka_mock_cluster_t *, rd_kafka_mock_cluster_new, (rd_kafka_t *rk, int broker_cnt), (rk, broker_cnt))
LATE(
    rd_kafka_resp_err_t, rd_kafka_mock_partition_set_leader,
    (rd_kafka_mock_cluster_t *mcluster, const char *topic, int32_t partition, int32_t broker_id),
    (mcluster, topic, partition, broker_id))
LATE(
    void, rd_kafka_mock_push_request_errors_array,
    (rd_kafka_mock_cluster_t *mcluster, int16_t ApiKey, size_t cnt, const rd_kafka_resp_err_t *errors),
    (mcluster, ApiKey, cnt, errors))
LATE(
    rd_kafka_resp_err_t, rd_kafka_mock_topic_create,
    (rd_kafka_mock_cluster_t *mcluster, const char *topic, int partition_cnt, int replication_factor),
    (mcluster, topic, partition_cnt, replication_factor))
LATE(
    void, rd_kafka_mock_topic_set_error,
    (rd_kafka_mock_cluster_t *mcluster, const char *topic, rd_kafka_resp_err_t err),
    (mcluster, topic, err))
LATE(
    rd_kafka_t *, rd_kafka_new,
    (rd_kafka_type_t type, rd_kafka_conf_t *conf, char *errstr, size_t errstr_size),
    (type, conf, errstr, errstr_size))
LATE(
    rd_kafka_resp_err_t, rd_kafka_offsets_for_times,
    (rd_kafka_t *rk, rd_kafka_topic_partition_list_t *offsets, int timeout_ms),
    (rk, offsets, timeout_ms))
LATE(rd_kafka_error_t *, rd_kafka_produceva, (rd_kafka_t *rk, const rd_kafka_vu_t *vus, size_t cnt), (rk, vus, cnt))
LATE(rd_kafka_resp_err_t, rd_kafka_purge, (rd_kafka_t *rk, int purge_flags), (rk, purge_flags))
LATE(
    rd_kafka_resp_err_t, rd_kafka_query_watermark_offsets,
    (rd_kafka_t *rk, const char *topic, int32_t partition, int64_t *low, int64_t *high, int timeout_ms),
    (rk, topic, partition, low, high, timeout_ms))
LATE(void, rd_kafka_queue_destroy, (rd_kafka_queue_t *rkqu), (rkqu))
LATE(rd_kafka_queue_t *, rd_kafka_queue_get_main, (rd_kafka_t *rk), (rk))
LATE(rd_kafka_queue_t *, rd_kafka_queue_new, (rd_kafka_t *rk), (rk))
LATE(rd_kafka_event_t *, rd_kafka_queue_poll, (rd_kafka_queue_t *rkqu, int timeout_ms), (rkqu, timeout_ms))
LATE(rd_kafka_resp_err_t, rd_kafka_set_log_queue, (rd_kafka_t *rk, rd_kafka_queue_t *rkqu), (rk, rkqu))
LATE(void, rd_kafka_topic_destroy, (rd_kafka_topic_t *rkt), (rkt))
LATE(const char *, rd_kafka_topic_name, (const rd_kafka_topic_t *rkt), (rkt))
LATE(
    rd_kafka_topic_t *, rd_kafka_topic_new,
    (rd_kafka_t *rk, const char *topic, rd_kafka_topic_conf_t *conf),
    (rk, topic, conf))
LATE(
    rd_kafka_topic_partition_t *, rd_kafka_topic_partition_list_add,
    (rd_kafka_topic_partition_list_t *rktparlist, const char *topic, int32_t partition),
    (rktparlist, topic, partition))
LATE(void, rd_kafka_topic_partition_list_destroy, (rd_kafka_topic_partition_list_t *rkparlist), (rkparlist))
LATE(rd_kafka_topic_partition_list_t *, rd_kafka_topic_partition_list_new, (int size), (size))
LATE(int, rd_kafka_version, (void), ())
LATE(const char *, rd_kafka_version_str, (void), ())
