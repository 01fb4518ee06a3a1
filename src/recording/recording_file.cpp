#include "recording/recording_file.hpp"

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <system_error>
#include <utility>

namespace basalt {
namespace {

constexpr std::size_t kPrefix = 8;
/// Nothing longer is believed: a length beyond it is damage, not a reason to ask for memory.
constexpr std::uint32_t kLongestFrame = 1U << 31U;

std::uint32_t checksum_of(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

void put_number(char* out, std::uint32_t number) {
  for (int byte = 0; byte < 4; ++byte) out[byte] = static_cast<char>((number >> (8 * byte)) & 0xffU);
}

std::uint32_t number_at(const char* in) {
  std::uint32_t number = 0;
  for (int byte = 3; byte >= 0; --byte) number = (number << 8U) | static_cast<unsigned char>(in[byte]);
  return number;
}

}  // namespace

Result<RecordingFile> RecordingFile::create(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return Error{ErrorCode::conflict, path.string() + " is there already"};
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Error{ErrorCode::unavailable, "cannot create " + path.string()};
  return RecordingFile(path, std::move(out));
}

Result<void> RecordingFile::append(const Frame& frame) {
  const std::string message = encode(frame);
  if (message.size() > kLongestFrame) return Error{ErrorCode::exhausted, "a frame of more than 2 GiB"};
  std::array<char, kPrefix> prefix{};
  put_number(prefix.data(), static_cast<std::uint32_t>(message.size()));
  put_number(prefix.data() + 4, checksum_of(message));
  out_.write(prefix.data(), prefix.size());
  out_.write(message.data(), static_cast<std::streamsize>(message.size()));
  out_.flush();
  if (!out_) return Error{ErrorCode::unavailable, "cannot write to " + path_.string() + ": is the disk full?"};
  bytes_ += prefix.size() + message.size();
  return {};
}

Result<RecordingReader> RecordingReader::open(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{ErrorCode::not_found, "cannot read " + path.string()};
  RecordingReader reader(path.string(), std::move(in));
  auto first = reader.next();
  if (!first) return first.error();
  auto* header = *first ? std::get_if<RecordingHeader>(&**first) : nullptr;
  if (header == nullptr) return Error{ErrorCode::invalid, path.string() + " is no recording"};
  if (header->format != RecordingHeader::kFormat) {
    return Error{ErrorCode::unsupported, path.string() + " has format " + std::to_string(header->format) +
                                             ", this program reads format " + std::to_string(RecordingHeader::kFormat)};
  }
  reader.header_ = std::move(*header);
  return reader;
}

Error RecordingReader::damaged(const std::string& what) const {
  return Error{ErrorCode::invalid, name_ + ", byte " + std::to_string(offset_) + ": " + what};
}

Result<std::optional<Frame>> RecordingReader::next() {
  const auto end = [this] {
    torn_ = in_.gcount() > 0;
    return std::optional<Frame>();
  };
  std::array<char, kPrefix> prefix{};
  if (!in_.read(prefix.data(), prefix.size())) return end();
  const std::uint32_t size = number_at(prefix.data());
  if (size > kLongestFrame) return damaged("a frame of " + std::to_string(size) + " bytes, which nobody writes");
  std::string message;
  constexpr std::size_t kStep = std::size_t{1} << 24U;  // a length that lies must not ask for all the memory at once
  while (message.size() < size) {
    const std::size_t had = message.size();
    message.resize(std::min<std::size_t>(size, had + kStep));
    if (in_.read(message.data() + had, static_cast<std::streamsize>(message.size() - had))) continue;
    torn_ = true;
    return std::optional<Frame>();
  }
  if (checksum_of(message) != number_at(prefix.data() + 4)) {
    // The last frame may have been half on the disk when the machine stopped.
    if (in_.peek() != std::ifstream::traits_type::eof()) return damaged("the checksum does not match");
    torn_ = true;
    return std::optional<Frame>();
  }
  auto frame = decode_frame(message);
  if (!frame) return damaged(frame.error().message);
  offset_ += prefix.size() + message.size();
  return std::optional(std::move(*frame));
}

}  // namespace basalt
