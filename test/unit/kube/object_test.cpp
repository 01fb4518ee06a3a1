#include "kube/object.hpp"

#include <gtest/gtest.h>

#include "unit/kube/protobuf_text.hpp"

namespace basalt::kube {
namespace {

using testing::field;

TEST(ReadHead, ReadsProtobufMetadata) {
  const std::string pod = testing::object("ns", "pod-1", "u1", "77") + field(2, std::string_view("spec"));
  const auto head = read_head({Encoding::protobuf, pod});
  ASSERT_TRUE(head);
  EXPECT_EQ((ObjectHead{{"ns", "pod-1"}, "u1", "77"}), *head);
}

TEST(ReadHead, ReadsJsonMetadataWhereverItStands) {
  const auto head = read_head({Encoding::json, R"({"kind":"Queue","spec":{"metadata":{"name":"no"}},
                          "metadata":{"labels":{"name":"no"},"name":"q\u0031","resourceVersion":"9","uid":"u"}})"});
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ((ObjectHead{{"", "q1"}, "u", "9"}), *head);
}

TEST(ReadHead, RefusesWhatHasNoMetadataOrIsMalformed) {
  for (const char* text : {"{}", "[]", "{\"metadata\":1}", "{\"metadata\":{\"name\":1}}", "{\"metadata\":{}", "null"}) {
    EXPECT_FALSE(read_head({Encoding::json, text})) << text;
  }
  EXPECT_FALSE(read_head({Encoding::protobuf, field(2, std::string_view("spec"))}));
  EXPECT_FALSE(read_head({Encoding::protobuf, std::string_view("\x0a\x05xx")}));
  EXPECT_FALSE(read_head({Encoding::protobuf, field(1, std::uint64_t{1})}));
  EXPECT_FALSE(read_head({Encoding::protobuf, field(1, std::string_view("\x0a\x7f"))}));
}

TEST(Bookmark, SaysWhenInitialEventsHaveEnded) {
  const auto json = [](const char* text) { return ends_initial_events({Encoding::json, text}); };
  EXPECT_TRUE(json(R"({"metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}})"));
  EXPECT_FALSE(json(R"({"metadata":{"annotations":{"k8s.io/initial-events-end":"false"}}})"));
  EXPECT_FALSE(json(R"({"metadata":{"resourceVersion":"1"}})"));
  EXPECT_FALSE(json("{"));

  const std::string entry =
      field(1, std::string_view("k8s.io/initial-events-end")) + field(2, std::string_view("true"));
  EXPECT_TRUE(ends_initial_events({Encoding::protobuf, field(1, field(12, entry))}));
  EXPECT_FALSE(ends_initial_events({Encoding::protobuf, field(1, field(6, std::string_view("1")))}));
}

}  // namespace
}  // namespace basalt::kube
