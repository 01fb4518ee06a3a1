#include "adapter/protobuf_message.hpp"

#include "adapter/fields.hpp"

namespace basalt::adapter {

void ProtobufValue::read_entry(std::string_view& key, std::string_view& value) const {
  message().read(view(1, "", key), view(2, "", value));
}

std::string ProtobufValue::quantity() const {
  std::string amount;
  message().read(adapter::text(1, "", amount));
  return amount;
}

WallTime ProtobufValue::time() const {
  kube::WireReader wire(text());
  std::int64_t seconds = 0;
  while (wire.next()) {
    if (wire.number() == 1) seconds = wire.int64();
  }
  if (wire.malformed() || seconds < kEarliestSecond || seconds > kLatestSecond) {
    reading_->malformed("not a time");
    return {};
  }
  return WallTime(std::chrono::seconds(seconds));
}

}  // namespace basalt::adapter
