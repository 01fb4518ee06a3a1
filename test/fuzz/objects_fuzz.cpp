// What the client side reads of the API server's replies: lists, watch events, heads, objects of every kind, in both
// encodings. The first byte chooses the kind, the second the encoding and the part.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "adapter/decode.hpp"
#include "basalt/base/check.hpp"
#include "kube/frames.hpp"
#include "kube/object.hpp"

namespace basalt {
namespace {

void read_object(ObjectKind kind, const kube::ObjectBytes& object) {
  const auto head = kube::read_head(object);
  static_cast<void>(kube::ends_initial_events(object));
  const auto decoded = adapter::decode(kind, object);
  BASALT_CHECK(!decoded || decoded->index() == static_cast<std::size_t>(kind), "decoded as another kind");
  if (!head) return;
  const Delta delta = adapter::to_delta(kind, *head, object);
  BASALT_CHECK(std::holds_alternative<Rejected>(delta) == !decoded, "rejected, and yet decoded; or the other way");
}

void read_list(ObjectKind kind, kube::Encoding encoding, std::string_view body) {
  const auto page = kube::split_list(encoding, body);
  if (!page) return;
  for (const kube::ObjectBytes& item : page->items) read_object(kind, item);
}

// Chunks are cut where it pleases: `first` bytes, then the rest.
void read_watch(ObjectKind kind, kube::Encoding encoding, std::string_view stream, std::size_t first) {
  kube::FrameSplitter splitter(encoding);
  for (const std::string_view chunk : {stream.substr(0, first), stream.substr(first)}) {
    splitter.append(chunk);
    for (auto frame = splitter.next(); frame && frame->has_value(); frame = splitter.next()) {
      const auto event = kube::read_watch_event(encoding, **frame);
      if (event) read_object(kind, event->object);
    }
  }
}

}  // namespace
}  // namespace basalt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace basalt;  // NOLINT(google-build-using-namespace)
  if (size < 2) return 0;
  const auto kind = static_cast<ObjectKind>(bytes[0] % std::variant_size_v<ObjectVariant>);
  const kube::Encoding encoding = (bytes[1] & 1U) != 0 ? kube::Encoding::json : kube::Encoding::protobuf;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the fuzzer hands over bytes
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  switch ((bytes[1] >> 1U) % 4) {
    case 0: read_object(kind, {encoding, text}); break;
    case 1: read_list(kind, encoding, text); break;
    case 2: read_watch(kind, encoding, text, text.size() / 2); break;
    default:
      if (const auto object = kube::open_body(encoding, text)) read_object(kind, *object);
  }
  return 0;
}
