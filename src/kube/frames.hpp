#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/result.hpp"
#include "kube/object.hpp"

namespace basalt::kube {

/// Largest watch event that is accepted (client-go's limit).
inline constexpr std::size_t kLargestFrame = std::size_t{16} * 1024 * 1024;

/// Cuts the byte stream of a watch into frames: JSON events end with a newline, protobuf events begin with their length
/// in four bytes, big end first. Chunks of the stream may be cut anywhere. Usage: append(), then next() until it is
/// empty. Not thread-safe.
class FrameSplitter {
 public:
  explicit FrameSplitter(Encoding encoding, std::size_t largest = kLargestFrame);

  /// Adds what came from the network. Ends the life of frames returned before.
  void append(std::string_view bytes);

  /// The next whole frame, without its length or newline; empty when more bytes are needed. The view lives until the
  /// next append(). Fails with `invalid` when a frame is larger than allowed; the splitter cannot be used after that.
  Result<std::optional<std::string_view>> next();

  /// Bytes of a frame that has begun and not ended: not zero at the end of a stream means that it was cut off.
  [[nodiscard]] std::size_t pending() const { return buffer_.size() - begin_; }

 private:
  Result<std::optional<std::string_view>> next_line();
  Result<std::optional<std::string_view>> next_counted();

  Encoding encoding_;
  std::size_t largest_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the frame that comes next
  std::size_t scanned_ = 0;  // no newline before this position
};

/// What a watch event says happened. `unknown`: a type of the future, to be skipped.
enum class EventType { added, modified, deleted, bookmark, error, unknown };

/// One event of a watch. `error` carries a meta/v1 Status, `bookmark` an object with only a resourceVersion.
/// Views point into the frame.
struct WatchEvent {
  EventType type = EventType::unknown;
  ObjectBytes object;
};

/// Decodes one frame. Fails with `invalid` when malformed.
Result<WatchEvent> read_watch_event(Encoding encoding, std::string_view frame);

/// A list reply cut into its items, which stay undecoded.
struct ListPage {
  std::string resource_version;    ///< ListMeta: the moment the list shows
  std::string continue_token;      ///< ListMeta: not empty when there are more pages
  std::vector<ObjectBytes> items;  ///< in the server's order; views into the body
};

/// Cuts up the body of a list reply. For protobuf, `body` begins with the "k8s\0" envelope; any kind whose list is
/// {1: ListMeta, 2: items} works, as every Kubernetes list is. Fails with `invalid` when malformed.
Result<ListPage> split_list(Encoding encoding, std::string_view body);

/// A single object's reply body: takes the "k8s\0" envelope off protobuf, gives JSON back as it is.
Result<ObjectBytes> open_body(Encoding encoding, std::string_view body);

/// What "k8s\0" is followed by: runtime.Unknown.
struct Envelope {
  std::string_view api_version;
  std::string_view kind;
  std::string_view raw;  ///< the encoded object
};

/// Opens "k8s\0" + runtime.Unknown. Fails with `invalid`: no magic, empty, malformed, or a content encoding.
Result<Envelope> open_envelope(std::string_view bytes);

/// The encoding that a Content-Type names. Fails with `unsupported` for others than JSON and Kubernetes protobuf.
Result<Encoding> encoding_of(std::string_view content_type);

}  // namespace basalt::kube
