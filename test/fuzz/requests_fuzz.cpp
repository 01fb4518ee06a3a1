// Requests as the embedded API server gets them from its HTTP server: method, target, headers, body. One input is a few
// of them to one fresh cluster, so that a request may meet what another one made.
//
//     POST /api/v1/namespaces/default/pods
//     content-type: application/json
//
//     {"metadata":{"name":"a"}, ...}
//     ====
//     GET /api/v1/pods?watch=true
//
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "embedded/api/server.hpp"
#include "fuzz/still_clock.hpp"

namespace basalt::embedded {
namespace {

constexpr std::size_t kMostRequests = 8;
constexpr int kPartsOfAStream = 16;

// What stands before the separator, which is taken off as well.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
  return taken;
}

HttpRequest read_request(std::string_view text) {
  HttpRequest request;
  std::string_view first = take_until(text, "\n");
  request.method = take_until(first, " ");
  request.target = first;
  while (!text.empty()) {
    std::string_view line = take_until(text, "\n");
    if (line.empty()) break;
    const std::string_view name = take_until(line, ": ");
    if (name == "accept") request.accept = line;
    if (name == "content-type") request.content_type = line;
    if (name == "authorization") request.authorization = line;
  }
  request.body = text;
  return request;
}

void read_to_its_present_end(AnswerStream& stream) {
  stream.start([] {});
  for (int part = 0; part < kPartsOfAStream; ++part) {
    const StreamPart sent = stream.next();
    if (sent.ended || sent.broken || sent.bytes.empty()) return;
  }
}

}  // namespace
}  // namespace basalt::embedded

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace basalt::embedded;  // NOLINT(google-build-using-namespace)
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the fuzzer hands over bytes
  std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const basalt::fuzz::StillClock still;
  AdjustableClock clock(still);
  Cluster cluster(clock, {});
  ApiServer api(cluster, {.token = "", .faults = true, .clock = &clock});
  for (std::size_t sent = 0; sent < kMostRequests && !input.empty(); ++sent) {
    HttpReply reply = api.answer(read_request(take_until(input, "\n====\n")));
    if (auto* stream = std::get_if<StreamAnswer>(&reply.what)) read_to_its_present_end(*stream->stream);
  }
  return 0;
}
