#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "basalt/base/result.hpp"
#include "recording/frame.hpp"

/// Files of frames. Each frame is its length and the CRC-32 of its bytes, both in four bytes, little end first, then
/// the bytes. So a file that ends in the middle of a frame, since the program or the machine did, is told from a sound
/// one, and all before that frame can be used.
namespace basalt {

/// Appends frames to a new file. One thread.
class RecordingFile {
 public:
  /// Fails when the file is there already or cannot be made.
  static Result<RecordingFile> create(const std::filesystem::path& path);

  /// Writes a frame and hands it to the operating system. Fails when that fails (a full disk); the file then ends in a
  /// torn frame.
  Result<void> append(const Frame& frame);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  RecordingFile(std::filesystem::path path, std::ofstream out) : path_(std::move(path)), out_(std::move(out)) {}

  std::filesystem::path path_;
  std::ofstream out_;
  std::uint64_t bytes_ = 0;
};

/// Reads the frames of a file, in order. One thread.
class RecordingReader {
 public:
  /// Fails when there is no such file, or its first frame is not the header of a recording of this format.
  static Result<RecordingReader> open(const std::filesystem::path& path);

  [[nodiscard]] const RecordingHeader& header() const { return header_; }
  /// The next frame; nothing at the end, be it whole or torn. Fails on a frame that is damaged or not understood.
  Result<std::optional<Frame>> next();
  /// The file ended in the middle of a frame, which was left out. Known once `next` has come to the end.
  [[nodiscard]] bool is_torn() const { return torn_; }

 private:
  RecordingReader(std::string name, std::ifstream in) : name_(std::move(name)), in_(std::move(in)) {}
  [[nodiscard]] Error damaged(const std::string& what) const;

  std::string name_;
  std::ifstream in_;
  std::uint64_t offset_ = 0;  // of the next frame
  bool torn_ = false;
  RecordingHeader header_;
};

}  // namespace basalt
