#include "kube/wire.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/kube/protobuf_text.hpp"

namespace basalt::kube {
namespace {

using testing::field;
using testing::varint;

// Reads everything there is, sub-messages too, as far as the bytes allow.
std::size_t walk(std::string_view bytes, int depth = 0) {
  std::size_t fields = 0;
  WireReader reader(bytes);
  while (reader.next()) {
    ++fields;
    if (reader.type() == WireType::bytes && depth < 8) fields += walk(reader.bytes(), depth + 1);
  }
  return fields;
}

TEST(WireReader, GivesFieldsInWireOrder) {
  const std::string message =
      field(1, std::string_view("pod")) + field(16, std::uint64_t{300}) + field(1, std::string_view("again"));
  WireReader reader(message);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(1U, reader.number());
  EXPECT_EQ("pod", reader.bytes());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(16U, reader.number());
  EXPECT_EQ(300, reader.int64());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ("again", reader.bytes());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(WireReader, ReadsNegativeAndFixedNumbers) {
  const std::string message = field(1, static_cast<std::uint64_t>(-5)) + std::string("\x15\x01\x02\x03\x04", 5) +
                              std::string("\x19\x01\0\0\0\0\0\0\x80", 9);
  WireReader reader(message);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(-5, reader.int64());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(0x04030201U, reader.fixed());
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(0x8000000000000001U, reader.fixed());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(WireReader, AnEmptyMessageHasNoFields) {
  WireReader reader("");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(WireReader, AValueOfAnotherTypeIsMalformed) {
  const std::string number = field(1, std::uint64_t{7}) + field(2, std::uint64_t{8});
  WireReader reader(number);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ("", reader.bytes());
  EXPECT_TRUE(reader.malformed());
  EXPECT_FALSE(reader.next());

  const std::string text = field(1, std::string_view("x"));
  WireReader other(text);
  ASSERT_TRUE(other.next());
  EXPECT_EQ(0, other.int64());
  EXPECT_TRUE(other.malformed());
}

TEST(WireReader, EveryTruncationIsMalformedOrAShorterMessage) {
  const std::string message = field(3, std::string_view("abc")) + field(4, std::uint64_t{1} << 40U);
  const std::size_t first = field(3, std::string_view("abc")).size();
  for (std::size_t size = 0; size < message.size(); ++size) {
    WireReader reader(std::string_view(message).substr(0, size));
    while (reader.next()) {
    }
    EXPECT_EQ(size != 0 && size != first, reader.malformed()) << size;
  }
}

TEST(WireReader, RefusesHostileEncodings) {
  const std::pair<const char*, std::string> cases[] = {
      {"field number 0", std::string("\0\0", 2)},
      {"group start", "\x0b"},
      {"group end", "\x0c"},
      {"wire type 6", "\x0e"},
      {"wire type 7", "\x0f"},
      {"length beyond the end", std::string("\x0a\x7f") + "x"},
      {"length of nearly 2^64", "\x0a" + varint(~std::uint64_t{0}) + "x"},
      {"varint of 11 bytes", "\x08" + std::string(10, '\xff') + "\x01"},
      {"varint of more than 64 bits", "\x08" + std::string(9, '\xff') + "\x02"},
      {"field number above 2^29-1", varint(std::uint64_t{1} << 32U) + varint(0)},
      {"endless continuation", std::string(3, '\xff')},
  };
  for (const auto& [name, bytes] : cases) {
    WireReader reader(bytes);
    EXPECT_FALSE(reader.next()) << name;
    EXPECT_TRUE(reader.malformed()) << name;
  }
}

TEST(WireReader, RandomBytesNeverLeaveTheMessage) {  // the sanitizers judge
  std::mt19937 random(20240607);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    walk(bytes);
  }
}

}  // namespace
}  // namespace basalt::kube
