#include "kube/status.hpp"

#include <gtest/gtest.h>

#include "unit/kube/protobuf_text.hpp"

namespace basalt::kube {
namespace {

using std::chrono::seconds;
using testing::envelope;
using testing::field;

HttpResponse json_reply(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

constexpr const char* kTooLarge =
    R"({"kind":"Status","code":504,"reason":"Timeout","message":"Timeout: Too large resource version: 9, current: 1",
        "details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],
        "retryAfterSeconds":1}})";

TEST(Status, IsReadFromJsonAndProtobufAlike) {
  const std::string details =
      field(1, std::string_view("p")) + field(3, std::string_view("pods/binding")) +
      field(4, field(1, std::string_view("R")) + field(2, std::string_view("M")) + field(3, std::string_view("F"))) +
      field(5, std::uint64_t{3}) + field(6, std::string_view("u"));
  const std::string message = field(2, std::string_view("Failure")) + field(3, std::string_view("taken")) +
                              field(4, std::string_view("Conflict")) + field(5, details) + field(6, std::uint64_t{409});
  const auto binary = read_status({Encoding::protobuf, message});
  const auto text = read_status(
      {Encoding::json, R"({"kind":"Status","status":"Failure","message":"taken","reason":"Conflict","code":409,
        "details":{"name":"p","kind":"pods/binding","uid":"u","retryAfterSeconds":3,
                   "causes":[{"reason":"R","message":"M","field":"F"}]}})"});
  ASSERT_TRUE(binary);
  ASSERT_TRUE(text);
  EXPECT_EQ(*binary, *text);
  EXPECT_TRUE(text->conflict());
  EXPECT_FALSE(text->already_exists());
  EXPECT_EQ("pods/binding", text->kind);
  EXPECT_EQ(seconds(3), text->retry_after);
  EXPECT_TRUE(text->has_cause("R"));
}

TEST(Status, MalformedIsAnError) {
  for (const char* text : {"", "{", "[]", "{\"kind\":\"Pod\"}"}) EXPECT_FALSE(read_status({Encoding::json, text}));
  EXPECT_FALSE(read_status({Encoding::protobuf, "\x0a\x7f"}));
  EXPECT_FALSE(read_status({Encoding::protobuf, field(5, std::string_view("\x0a\x7f"))}));
}

TEST(Status, OddTypesInJsonAreIgnored) {
  const auto status =
      read_status({Encoding::json, R"({"kind":"Status","code":"x","reason":5,"details":[],"message":null})"});
  ASSERT_TRUE(status);
  EXPECT_EQ(0, status->code);
}

TEST(Status, KnowsResourceVersionsThatAreTooLarge) {
  EXPECT_TRUE(status_of("GET", json_reply(504, kTooLarge)).too_large_resource_version());
  EXPECT_TRUE(status_of("GET", json_reply(504, R"({"kind":"Status","message":"Too large resource version: 7"})"))
                  .too_large_resource_version());
  EXPECT_FALSE(status_of("GET", json_reply(504, R"({"kind":"Status","message":"slow"})")).too_large_resource_version());
}

TEST(StatusOf, TellsConflictFromAlreadyExistsByMethodWhenThereIsNoBody) {
  EXPECT_TRUE(status_of("POST", {409, {}, ""}).already_exists());
  EXPECT_TRUE(status_of("PATCH", {409, {}, ""}).conflict());
  EXPECT_TRUE(status_of("GET", {410, {}, ""}).expired());
  EXPECT_EQ("proxy says no", status_of("GET", {502, {}, "proxy says no"}).message);
}

TEST(StatusOf, ReadsProtobufBodies) {
  const std::string body =
      envelope("Status", field(4, std::string_view("NotAcceptable")) + field(6, std::uint64_t{406}));
  const ApiStatus status = status_of("GET", {406, {{"content-type", "application/vnd.kubernetes.protobuf"}}, body});
  EXPECT_EQ("NotAcceptable", status.reason);
}

TEST(StatusOf, RetryAfterHeaderBeatsTheBody) {
  HttpResponse response = json_reply(429, R"({"kind":"Status","details":{"retryAfterSeconds":9}})");
  EXPECT_EQ(seconds(9), status_of("GET", response).retry_after);
  response.headers.push_back({"retry-after", "2"});
  EXPECT_EQ(seconds(2), status_of("GET", response).retry_after);
  response.headers.back().value = "99999999999";
  EXPECT_EQ(seconds(24 * 3600), status_of("GET", response).retry_after);
  response.headers.back().value = "Wed, 21 Oct 2015 07:28:00 GMT";
  EXPECT_EQ(seconds(9), status_of("GET", response).retry_after);
}

TEST(ToError, MapsStatusCodes) {
  const std::pair<int, ErrorCode> cases[] = {
      {400, ErrorCode::invalid},     {401, ErrorCode::refused},     {403, ErrorCode::refused},
      {404, ErrorCode::not_found},   {405, ErrorCode::unsupported}, {409, ErrorCode::conflict},
      {410, ErrorCode::conflict},    {415, ErrorCode::unsupported}, {422, ErrorCode::invalid},
      {429, ErrorCode::exhausted},   {500, ErrorCode::unavailable}, {501, ErrorCode::unsupported},
      {503, ErrorCode::unavailable}, {504, ErrorCode::timeout},
  };
  for (const auto& [code, want] : cases) {
    EXPECT_EQ(want, to_error("x", status_of("GET", {code, {}, ""})).code) << code;
  }
  EXPECT_EQ("bind ns/p: the API server answered 404 NotFound: no pod",
            to_error("bind ns/p", status_of("POST", {404, {}, "no pod"})).message);
}

}  // namespace
}  // namespace basalt::kube
