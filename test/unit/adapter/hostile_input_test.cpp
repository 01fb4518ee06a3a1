#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>

#include "decoding.hpp"
#include "sample_pod.hpp"

namespace basalt::adapter {
namespace {

/// Decodes a copy that ends where the memory ends, so that the address sanitizer sees any step beyond.
bool is_taken(ObjectKind kind, kube::Encoding encoding, std::string_view bytes) {
  const auto exact = std::make_unique<char[]>(bytes.size());
  bytes.copy(exact.get(), bytes.size());
  return decode(kind, {encoding, {exact.get(), bytes.size()}}).has_value();
}

constexpr ObjectKind kBuiltIn[] = {ObjectKind::pod,           ObjectKind::node,   ObjectKind::priority_class,
                                   ObjectKind::claim,         ObjectKind::volume, ObjectKind::storage_class,
                                   ObjectKind::namespace_kind};

TEST(HostileInput, ProtobufCutAnywhereInsideAFieldIsRefused) {
  const std::string bytes = sample_pod_protobuf().bytes();
  const std::size_t after_metadata = Proto().message(1, sample_metadata()).bytes().size();
  const std::size_t after_spec = after_metadata + Proto().message(2, sample_spec()).bytes().size();
  // Between two fields a cut makes a shorter message: only the framing around it can tell.
  const std::set<std::size_t> whole = {after_metadata, after_spec, bytes.size()};
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    SCOPED_TRACE(length);
    EXPECT_EQ(whole.contains(length), is_taken(ObjectKind::pod, kube::Encoding::protobuf, bytes.substr(0, length)));
  }
}

TEST(HostileInput, JsonCutAnywhereIsRefused) {
  const std::string text = sample_pod_json();
  ASSERT_TRUE(is_taken(ObjectKind::pod, kube::Encoding::json, text));
  for (std::size_t length = 0; length < text.size(); ++length) {
    SCOPED_TRACE(length);
    EXPECT_FALSE(is_taken(ObjectKind::pod, kube::Encoding::json, text.substr(0, length)));
  }
}

TEST(HostileInput, DamagedBytesAreReadOrRefusedButNeverCrash) {
  std::mt19937 random(20'260'102);
  const std::string samples[] = {sample_pod_protobuf().bytes(), sample_pod_json()};
  for (int round = 0; round < 2'000; ++round) {
    const bool is_json = round % 2 == 1;
    std::string bytes = samples[is_json ? 1 : 0];
    for (std::uint32_t damage = random() % 4 + 1; damage > 0; --damage) {
      const std::size_t place = random() % bytes.size();
      switch (random() % 3) {
        case 0: bytes[place] = static_cast<char>(random()); break;
        case 1: bytes.erase(place, random() % 8); break;
        default: bytes.insert(place, bytes.substr(random() % bytes.size(), random() % 16)); break;
      }
    }
    const auto encoding = is_json ? kube::Encoding::json : kube::Encoding::protobuf;
    for (const ObjectKind kind : kBuiltIn) static_cast<void>(is_taken(kind, encoding, bytes));
  }
}

TEST(HostileInput, RandomBytesAreRefused) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    for (const ObjectKind kind : kBuiltIn) {
      EXPECT_FALSE(is_taken(kind, kube::Encoding::protobuf, bytes));
      EXPECT_FALSE(is_taken(kind, kube::Encoding::json, bytes));
    }
  }
}

TEST(HostileInput, EveryMemberMayHaveAnyJsonType) {
  const std::string values[] = {
      "1",    "-1",  "1.5", "1e300",    "18446744073709551615", "true", "null", "''", "'x'", "[]", "[null]",
      "[[]]", "[1]", "{}",  "{'': {}}", "{'x': null}"};
  const std::string names[] = {
      "spec",         "status",        "containers",  "volumes",         "affinity",      "tolerations",
      "resources",    "conditions",    "allocatable", "taints",          "overhead",      "topologySpreadConstraints",
      "minResources", "minTaskMember", "guarantee",   "networkTopology", "subGroupPolicy"};
  for (const std::string& value : values) {
    for (const std::string& name : names) {
      for (int kind = 0; kind <= static_cast<int>(ObjectKind::namespace_kind); ++kind) {
        for (const std::string around : {"", "spec", "status"}) {
          const std::string member = "'" + name + "': " + value;
          const std::string body = around.empty() ? member : "'" + around + "': {" + member + "}";
          const std::string text = quoted("{'metadata': {'name': 'x', 'namespace': 'ns'}, " + body + "}");
          static_cast<void>(is_taken(static_cast<ObjectKind>(kind), kube::Encoding::json, text));
        }
      }
    }
  }
}

TEST(HostileInput, ValuesOfAnotherWireTypeAreMalformed) {
  const Proto meta = Proto().text(1, "p").text(3, "ns");
  const auto pod_with = [&](const Proto& spec) { return Proto().message(1, meta).message(2, spec); };
  const Proto wrong[] = {Proto().integer(2, 5), Proto().integer(10, 5), Proto().text(25, "5"),
                         Proto().text(11, "x"), Proto().integer(7, 1),  Proto().integer(32, 1)};
  for (const Proto& spec : wrong) {
    const Proto pod = pod_with(spec);
    EXPECT_TRUE(refusal(ObjectKind::pod, protobuf(pod)).starts_with("malformed Pod: spec."));
  }
}

TEST(HostileInput, TimesBeyondTheCalendarAreMalformed) {
  for (const std::int64_t seconds : {std::int64_t{253'402'300'800}, INT64_MAX, INT64_MIN}) {
    const Proto pod = Proto().message(1, Proto().text(1, "p").text(3, "ns").seconds(8, seconds));
    EXPECT_EQ("malformed Pod: metadata.creationTimestamp: not a time", refusal(ObjectKind::pod, protobuf(pod)));
  }
}

TEST(HostileInput, DeepNestingIsRefused) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string text = quoted("{'metadata': {'name': 'p', 'namespace': 'ns'}, 'x': ") + deep + "}";
  EXPECT_FALSE(is_taken(ObjectKind::pod, kube::Encoding::json, text));
}

TEST(HostileInput, OfEqualKeysTheLastCounts) {
  const Proto meta = Proto().text(1, "p").text(3, "ns").entry(11, "b", "1").entry(11, "a", "2").entry(11, "b", "3");
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(Proto().message(1, meta)));
  EXPECT_EQ((StringPairs{{"a", "2"}, {"b", "3"}}), pod.meta.labels);
}

TEST(HostileInput, AnEntryWithoutKeyOrValueHasEmptyOnes) {
  const Proto meta = Proto().text(1, "p").text(3, "ns").message(11, Proto()).message(11, Proto().text(1, "k"));
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(Proto().message(1, meta)));
  EXPECT_EQ((StringPairs{{"", ""}, {"k", ""}}), pod.meta.labels);
}

TEST(HostileInput, AHugeObjectTakesNoTimeBeyondItsSize) {
  Proto meta = Proto().text(1, "p").text(3, "ns");
  for (int i = 0; i < 100'000; ++i) meta.entry(11, std::to_string((i * 7919) % 100'000), "v");
  const auto pod = decoded<PodObject>(ObjectKind::pod, protobuf(Proto().message(1, meta)));
  EXPECT_EQ(100'000U, pod.meta.labels.size());
}

}  // namespace
}  // namespace basalt::adapter
