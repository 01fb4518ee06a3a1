#include "kube/wire.hpp"

namespace basalt::kube {

bool WireReader::fail() {
  malformed_ = true;
  at_ = end_;
  bytes_ = {};
  scalar_ = 0;
  return false;
}

bool WireReader::read_varint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (at_ == end_) return fail();
    const auto byte = static_cast<std::uint8_t>(*at_++);
    if (shift == 63 && byte > 1) return fail();  // more than 64 bits
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return true;
  }
  return fail();
}

bool WireReader::read_fixed(unsigned width) {
  if (end_ - at_ < static_cast<std::ptrdiff_t>(width)) return fail();
  scalar_ = 0;
  for (unsigned i = 0; i < width; ++i) scalar_ |= std::uint64_t{static_cast<std::uint8_t>(at_[i])} << (8 * i);
  at_ += width;
  return true;
}

bool WireReader::read_bytes() {
  std::uint64_t size = 0;
  if (!read_varint(size)) return false;
  if (size > static_cast<std::uint64_t>(end_ - at_)) return fail();
  bytes_ = std::string_view(at_, static_cast<std::size_t>(size));
  at_ += size;
  return true;
}

bool WireReader::next() {
  if (malformed_ || at_ == end_) return false;
  std::uint64_t tag = 0;
  if (!read_varint(tag)) return false;
  if (tag >> 3U == 0 || tag >> 3U > 0x1FFFFFFFU) return fail();
  number_ = static_cast<std::uint32_t>(tag >> 3U);
  type_ = static_cast<WireType>(tag & 7U);
  switch (type_) {
    case WireType::varint: return read_varint(scalar_);
    case WireType::fixed64: return read_fixed(8);
    case WireType::bytes: return read_bytes();
    case WireType::fixed32: return read_fixed(4);
  }
  return fail();  // groups, and numbers that mean nothing
}

std::string_view WireReader::bytes() {
  if (type_ != WireType::bytes) fail();
  return bytes_;
}

std::int64_t WireReader::int64() {
  if (type_ != WireType::varint) fail();
  return static_cast<std::int64_t>(scalar_);
}

std::uint64_t WireReader::fixed() {
  if (type_ != WireType::fixed64 && type_ != WireType::fixed32) fail();
  return scalar_;
}

}  // namespace basalt::kube
