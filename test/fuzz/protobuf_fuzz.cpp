// Protocol Buffers as the embedded API server reads them. The first byte chooses the type, the rest is the message.
#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "basalt/base/check.hpp"
#include "embedded/wire/message.hpp"

namespace {

constexpr std::array<std::string_view, 16> kTypes = {
    "Pod",        "Node",          "Namespace",           "ConfigMap",     "Event",  "Lease",         "Binding",
    "Eviction",   "DeleteOptions", "PodDisruptionBudget", "PriorityClass", "Status", "ResourceQuota", "Service",
    "Deployment", "Job",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace basalt::embedded;  // NOLINT(google-build-using-namespace)
  if (size == 0) return 0;
  const Message* message = find_message(kTypes[*bytes % kTypes.size()]);
  if (message == nullptr) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the fuzzer hands over bytes
  const auto decoded = decode_protobuf(*message, {reinterpret_cast<const char*>(bytes) + 1, size - 1});
  if (!decoded) return 0;
  // What was understood is understood again, and then is the same to the byte.
  const std::string encoded = encode_protobuf(*message, *decoded);
  const auto again = decode_protobuf(*message, encoded);
  BASALT_CHECK(again, "what was encoded is not understood");
  BASALT_CHECK(encode_protobuf(*message, *again) == encoded, "encoded differently the second time");
  return 0;
}
