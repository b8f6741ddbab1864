internal import CRdkafka
import Failures
import Testing

@testable import Kafka

@Suite("a librdkafka that cannot read the broker's answers")
struct KafkaLibraryTests {
  private let line = """
    127.0.0.1:9092/bootstrap: ApiVersionRequest failed: Local: Read underflow: probably due to broker version < 0.10 \
    (see api.version.request configuration) (after 0ms in state APIVERSION_QUERY)
    """

  @Test("its complaint is recognised, others are not")
  func recognised() {
    #expect(KafkaLibrary.saysReadUnderflow(line))
    #expect(
      !KafkaLibrary.saysReadUnderflow("Connect to ipv4#127.0.0.1:1 failed: Connection refused (in state CONNECT)"))
    #expect(!KafkaLibrary.saysReadUnderflow("Metadata request failed: connected: Local: Read underflow (67ms)"))
    #expect(!KafkaLibrary.saysReadUnderflow("ApiVersionRequest failed: Local: Timed out"))
  }

  @Test("the failure says what it is, and that a newer library first in LD_LIBRARY_PATH helps")
  func failure() {
    let error = KafkaError(
      RD_KAFKA_RESP_ERR__TRANSPORT, "ask for its topics", KafkaTarget("broker-1:9092"),
      heard: ["1/1 brokers are down", line])
    #expect(error.kind == .incompatibleLibrary)
    #expect(error.failure.kind == .unavailable)
    #expect(
      error.failure.message == "librdkafka \(KafkaLibrary.version) cannot read the answers of Kafka at broker-1:9092")
    #expect(error.failure.causes.contains { $0.contains("one byte too few of the tagged fields in an answer") })
    #expect(error.failure.hints.first?.contains("first in LD_LIBRARY_PATH") == true)
  }

  @Test("without the complaint the same code is a broker that cannot be reached, with the reason")
  func otherwise() {
    let error = KafkaError(
      RD_KAFKA_RESP_ERR__TRANSPORT, "ask for its topics", KafkaTarget("broker-1:9092"), heard: ["Connection refused"])
    #expect(error.kind == .unreachable)
    #expect(error.failure.causes == ["Connection refused"])
    #expect(error.failure.hints.first?.contains("USHER_KAFKA") == true)
  }

  @Test(
    "codes are sorted by what a user can do",
    arguments: [
      (RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, Failure.Kind.unavailable),
      (RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, .unavailable),
      (RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, .unavailable),
      (RD_KAFKA_RESP_ERR__AUTHENTICATION, .refused),
      (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, .refused),
      (RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, .configuration),
      (RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, .badInput),
      (RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, .failed),
      (RD_KAFKA_RESP_ERR__PURGE_QUEUE, .failed),
    ])
  func kinds(code: rd_kafka_resp_err_t, kind: Failure.Kind) {
    let failure = KafkaError(code, "send to topic 't'", KafkaTarget("b:1")).failure
    #expect(failure.kind == kind)
    #expect(failure.message.contains("b:1"))
    #expect(!failure.causes.isEmpty)
  }
}

@Suite("waits")
struct WaitTests {
  @Test(
    "a wait is rounded up to whole milliseconds and bounded",
    arguments: [
      (Duration.zero, Int32(0)), (.microseconds(1), 1), (.milliseconds(999), 999), (.seconds(2), 2_000),
      (.seconds(-5), 0), (.seconds(1_000_000_000), Int32.max),
    ])
  func milliseconds(wait: Duration, milliseconds: Int32) {
    #expect(wait.wholeMilliseconds == milliseconds)
  }
}
