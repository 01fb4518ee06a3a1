#include <gtest/gtest.h>

#include <functional>

#include "record.pb.h"
#include "recording/frame.hpp"
#include "recording/members.hpp"

// record.proto says what frames look like. Frames in which every member of every type has a value are read with the
// code protoc makes of it, and written by that code again: nothing may be unknown to it, and nothing may be lost.
namespace basalt::recording {
namespace {

// --- a value in every member ---

template <class T>
void fill(T& value);

template <class T>
void fill_each(std::vector<T>& values) {
  for (int i = 0; i < 2; ++i) fill(values.emplace_back());
}

struct Filler {
  void operator()(std::string& text) const { text = "text"; }
  void operator()(bool& truth) const { truth = true; }
  void operator()(Symbol& symbol) const { symbol = Symbol(3); }
  void operator()(WallTime& time) const { time = WallTime(WallTime::duration(-5)); }
  void operator()(std::chrono::microseconds& duration) const { duration = std::chrono::microseconds(9); }
  void operator()(Resources& resources) const {
    resources.set(0, 5);
    resources.set(1, -7);
  }
  void operator()(Limits& limits) const { limits.set(1, 7); }
  void operator()(LabelSet& labels) const { labels = LabelSet({{Symbol(1), Symbol(2)}}); }
  void operator()(std::set<std::string, std::less<>>& texts) const { texts = {"one", "two"}; }
  template <class Tag>
  void operator()(Id<Tag>&) const {}
  template <class RowId>
  void operator()(OwnId<RowId>&) const {}
  template <class Tag>
  void operator()(std::vector<Id<Tag>>&) const {}
  template <class T>
  void operator()(std::vector<T>& values) const {
    fill_each(values);
  }
  template <class T>
  void operator()(std::optional<T>& value) const {
    fill(value.emplace());
  }
  template <class First, class Second>
  void operator()(std::pair<First, Second>& value) const {
    fill(value.first);
    fill(value.second);
  }
  template <class... Alternatives>
  void operator()(std::variant<Alternatives...>& value) const {
    fill(value.template emplace<0>());
  }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T& number) const { number = static_cast<T>(1); }
  template <class T>
  requires requires(T& value) { members(value); }
  void operator()(T& value) const {
    std::apply([](auto&... member) { (fill(member), ...); }, members(value));
  }
};
template <class T>
void fill(T& value) {
  Filler{}(value);
}

template <class T>
T filled() {
  T value{};
  fill(value);
  return value;
}

template <class... Alternatives>
std::vector<std::variant<Alternatives...>> one_of_each(std::type_identity<std::variant<Alternatives...>>) {
  return {std::variant<Alternatives...>(filled<Alternatives>())...};
}

// --- what protoc's code makes of it ---

bool has_unknown(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (has_unknown(reflection->GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (has_unknown(reflection->GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

void expect_agreement(const Frame& frame) {
  const std::string bytes = encode(frame);
  const auto again = decode_frame(bytes);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(bytes, encode(*again));

  recorded::Frame read;
  ASSERT_TRUE(read.ParseFromString(bytes));
  EXPECT_FALSE(has_unknown(read)) << read.DebugString();
  const auto through = decode_frame(read.SerializeAsString());
  ASSERT_TRUE(through) << through.error().message;
  EXPECT_EQ(bytes, encode(*through)) << read.DebugString();
}

TEST(RecordingSchema, SaysWhatEveryFrameLooksLike) {
  for (const auto& frame : one_of_each(std::type_identity<Frame>())) expect_agreement(frame);
}

TEST(RecordingSchema, SaysWhatEveryDeltaLooksLike) {
  RecordedCycle cycle = filled<RecordedCycle>();
  cycle.deltas = one_of_each(std::type_identity<Delta>());
  expect_agreement(cycle);
}

TEST(RecordingSchema, SaysWhatEveryObjectLooksLike) {
  RecordedCycle cycle;
  for (const auto& object : one_of_each(std::type_identity<ObjectVariant>())) {
    cycle.deltas.emplace_back(Upserted{object});
  }
  expect_agreement(cycle);
}

TEST(RecordingSchema, KeepsApartWhatIsAbsentAndWhatIsEmpty) {
  PodGroupObject group;
  group.min_resources.emplace();
  PodObject pod;
  pod.required_nodes.emplace();
  ClaimObject claim;
  claim.storage_class = "";
  QueueObject queue;
  queue.weight = 0;
  RecordedCycle cycle;
  for (const ObjectVariant& object :
       {ObjectVariant(group), ObjectVariant(pod), ObjectVariant(claim), ObjectVariant(queue),
        ObjectVariant(PodGroupObject{}), ObjectVariant(PodObject{})}) {
    cycle.deltas.emplace_back(Upserted{object});
  }
  const auto read = decode_frame(encode(cycle));
  ASSERT_TRUE(read);
  const auto& deltas = std::get<RecordedCycle>(*read).deltas;
  const auto object = [&](std::size_t i) { return std::get<Upserted>(deltas[i]).object; };
  EXPECT_EQ(ObjectVariant(group), object(0));
  EXPECT_EQ(ObjectVariant(pod), object(1));
  EXPECT_EQ(ObjectVariant(claim), object(2));
  EXPECT_EQ(ObjectVariant(queue), object(3));
  EXPECT_EQ(ObjectVariant(PodGroupObject{}), object(4));
  EXPECT_EQ(ObjectVariant(PodObject{}), object(5));
}

}  // namespace
}  // namespace basalt::recording
