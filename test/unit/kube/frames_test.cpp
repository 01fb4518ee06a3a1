#include "kube/frames.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "unit/kube/protobuf_text.hpp"

namespace basalt::kube {
namespace {

using testing::envelope;
using testing::field;
using testing::watch_frame;

// Feeds pieces and collects frames; "error: ..." at the end if it failed.
std::vector<std::string> split(Encoding encoding, const std::vector<std::string_view>& pieces,
                               std::size_t largest = kLargestFrame) {
  std::vector<std::string> frames;
  FrameSplitter splitter(encoding, largest);
  for (const std::string_view piece : pieces) {
    splitter.append(piece);
    while (true) {
      const auto frame = splitter.next();
      if (!frame) {
        frames.push_back("error: " + frame.error().message);
        return frames;
      }
      if (!frame->has_value()) break;
      frames.emplace_back(**frame);
    }
  }
  return frames;
}

void expect_same_at_every_cut(Encoding encoding, const std::string& stream, const std::vector<std::string>& want) {
  const std::string_view all(stream);
  for (std::size_t first = 0; first <= all.size(); ++first) {
    for (std::size_t second = first; second <= all.size(); ++second) {
      ASSERT_EQ(want, split(encoding, {all.substr(0, first), all.substr(first, second - first), all.substr(second)}))
          << "cut at " << first << " and " << second;
    }
  }
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < all.size(); ++i) bytes.push_back(all.substr(i, 1));
  EXPECT_EQ(want, split(encoding, bytes));
}

TEST(FrameSplitter, FindsJsonEventsWhereverTheStreamIsCut) {
  const std::string first = R"({"type":"ADDED","object":{"a":"x\ny"}})";
  const std::string second = R"({"type":"DELETED","object":{}})";
  expect_same_at_every_cut(Encoding::json, first + "\n\r\n" + second + "\n" + "{\"cut", {first, second});
}

TEST(FrameSplitter, FindsProtobufEventsWhereverTheStreamIsCut) {
  const std::string first = watch_frame("ADDED", "Pod", testing::object("ns", "a", "u", "1"));
  const std::string second = watch_frame("BOOKMARK", "Pod", "");
  const std::string empty("\0\0\0\0", 4);
  expect_same_at_every_cut(Encoding::protobuf, first + empty + second + first.substr(0, 9),
                           {first.substr(4), "", second.substr(4)});
}

TEST(FrameSplitter, RefusesFramesLargerThanTheLimit) {
  EXPECT_EQ((std::vector<std::string>{"1234", "error: watch frame: a line of more than 4 bytes"}),
            split(Encoding::json, {"1234\n12", "345"}, 4));
  EXPECT_EQ((std::vector<std::string>{"error: watch frame: a frame of 5 bytes, at most 4 are accepted"}),
            split(Encoding::protobuf, {std::string_view("\0\0\0\5", 4)}, 4));
  EXPECT_EQ(
      (std::vector<std::string>{"error: watch frame: a frame of 4294967295 bytes, at most 16777216 are accepted"}),
      split(Encoding::protobuf, {"\xff\xff\xff\xff"}));
}

TEST(FrameSplitter, KnowsThatAFrameWasCutOff) {
  FrameSplitter splitter(Encoding::json);
  splitter.append("{}\n{");
  ASSERT_TRUE(splitter.next()->has_value());
  EXPECT_FALSE(splitter.next()->has_value());
  EXPECT_EQ(1U, splitter.pending());
}

TEST(WatchEvent, IsReadFromJson) {
  const auto event = read_watch_event(Encoding::json, R"({"object":{"kind":"Queue"},"type":"MODIFIED"})");
  ASSERT_TRUE(event);
  EXPECT_EQ(EventType::modified, event->type);
  EXPECT_EQ(Encoding::json, event->object.encoding);
  EXPECT_EQ(R"({"kind":"Queue"})", event->object.bytes);
  EXPECT_EQ(EventType::unknown, read_watch_event(Encoding::json, R"({"type":"NEW","object":{}})")->type);
}

TEST(WatchEvent, IsReadFromProtobuf) {
  const std::string pod = testing::object("ns", "a", "u", "1");
  const std::string frame = watch_frame("DELETED", "Pod", pod).substr(4);
  const auto event = read_watch_event(Encoding::protobuf, frame);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(EventType::deleted, event->type);
  EXPECT_EQ(pod, event->object.bytes);
}

TEST(WatchEvent, EveryTruncationIsAnError) {
  const std::string json = R"({"type":"ADDED","object":{"metadata":{}}})";
  for (std::size_t size = 0; size < json.size(); ++size) {
    EXPECT_FALSE(read_watch_event(Encoding::json, json.substr(0, size))) << size;
  }
  const std::string frame = watch_frame("ADDED", "Pod", testing::object("ns", "a", "u", "1")).substr(4);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_FALSE(read_watch_event(Encoding::protobuf, frame.substr(0, size))) << size;
  }
}

TEST(List, IsCutIntoItems) {
  const std::string json = R"({"kind":"QueueList","metadata":{"resourceVersion":"12","continue":"abc"},
                               "items":[{"a":1}, {"b":[2]}]})";
  const auto page = split_list(Encoding::json, json);
  ASSERT_TRUE(page);
  EXPECT_EQ("12", page->resource_version);
  EXPECT_EQ("abc", page->continue_token);
  ASSERT_EQ(2U, page->items.size());
  EXPECT_EQ(R"({"b":[2]})", page->items[1].bytes);

  const std::string message = field(1, field(2, std::string_view("7")) + field(3, std::string_view("c"))) +
                              field(2, std::string_view("pod1")) + field(2, std::string_view("pod2"));
  const std::string body = envelope("PodList", message);
  const auto pods = split_list(Encoding::protobuf, body);
  ASSERT_TRUE(pods);
  EXPECT_EQ("7", pods->resource_version);
  EXPECT_EQ("c", pods->continue_token);
  ASSERT_EQ(2U, pods->items.size());
  EXPECT_EQ("pod2", pods->items[1].bytes);
}

TEST(List, WithoutItemsIsEmpty) {
  EXPECT_TRUE(split_list(Encoding::json, R"({"metadata":{"resourceVersion":"1"},"items":null})")->items.empty());
  EXPECT_TRUE(split_list(Encoding::json, R"({"metadata":{"resourceVersion":"1"}})")->items.empty());
}

TEST(List, MalformedIsAnError) {
  for (const char* body :
       {"", "[]x", "{\"items\":{}x}", "{\"items\":[1,]}", "{\"metadata\":{\"resourceVersion\":1}}"}) {
    EXPECT_FALSE(split_list(Encoding::json, body)) << body;
  }
  EXPECT_FALSE(split_list(Encoding::protobuf, "{}"));
  EXPECT_FALSE(split_list(Encoding::protobuf, envelope("PodList", "\x0a\x7f")));
  EXPECT_FALSE(split_list(Encoding::protobuf, envelope("PodList", field(1, std::string_view("\x0a\x7f")))));
}

TEST(Envelope, IsOpened) {
  const std::string bytes = envelope("Pod", "raw");
  const auto opened = open_envelope(bytes);
  ASSERT_TRUE(opened);
  EXPECT_EQ("v1", opened->api_version);
  EXPECT_EQ("Pod", opened->kind);
  EXPECT_EQ("raw", opened->raw);
  EXPECT_EQ("raw", open_body(Encoding::protobuf, bytes)->bytes);
}

TEST(Envelope, NeedsTheMagicAndNoContentEncoding) {
  EXPECT_FALSE(open_envelope(""));
  EXPECT_FALSE(open_envelope("k8s"));
  EXPECT_FALSE(open_envelope(std::string_view("k8s\0", 4)));
  EXPECT_FALSE(
      open_envelope(std::string("k8s\0", 4) + field(2, std::string_view("x")) + field(3, std::string_view("gzip"))));
}

TEST(ContentType, NamesTheEncoding) {
  EXPECT_EQ(Encoding::json, *encoding_of("application/json; charset=utf-8"));
  EXPECT_EQ(Encoding::json, *encoding_of("Application/JSON"));
  EXPECT_EQ(Encoding::protobuf, *encoding_of("application/vnd.kubernetes.protobuf;stream=watch"));
  EXPECT_FALSE(encoding_of("text/html"));
  EXPECT_FALSE(encoding_of(""));
}

}  // namespace
}  // namespace basalt::kube
