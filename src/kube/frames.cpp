#include "kube/frames.hpp"

#include <algorithm>
#include <cctype>

#include "kube/json_scan.hpp"
#include "kube/wire.hpp"

namespace basalt::kube {
namespace {

constexpr std::string_view kMagic{"k8s\0", 4};

Error malformed(std::string what) { return Error{ErrorCode::invalid, std::move(what)}; }

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

EventType event_type(std::string_view name) {
  if (name == "ADDED") return EventType::added;
  if (name == "MODIFIED") return EventType::modified;
  if (name == "DELETED") return EventType::deleted;
  if (name == "BOOKMARK") return EventType::bookmark;
  if (name == "ERROR") return EventType::error;
  return EventType::unknown;
}

Result<WatchEvent> read_protobuf_event(std::string_view frame) {
  WatchEvent event{EventType::unknown, {Encoding::protobuf, {}}};
  std::string_view enveloped;
  WireReader fields(frame);
  while (fields.next()) {
    if (fields.number() == 1) event.type = event_type(fields.bytes());
    if (fields.number() != 2) continue;
    WireReader extension(fields.bytes());
    while (extension.next()) {
      if (extension.number() == 1) enveloped = extension.bytes();
    }
    if (extension.malformed()) return malformed("watch event: malformed runtime.RawExtension");
  }
  if (fields.malformed()) return malformed("watch event: malformed meta/v1 WatchEvent");
  const auto envelope = open_envelope(enveloped);
  if (!envelope) return malformed("watch event: " + envelope.error().message);
  event.object.bytes = envelope->raw;
  return event;
}

Result<WatchEvent> read_json_event(std::string_view frame) {
  WatchEvent event{EventType::unknown, {Encoding::json, {}}};
  JsonScanner members(frame);
  while (members.next()) {
    if (members.key() == "type") event.type = event_type(json_string(members.value()).value_or(""));
    if (members.key() == "object") event.object.bytes = members.value();
  }
  if (members.malformed() || event.object.bytes.empty()) {
    return malformed("watch event: expected one JSON object with 'type' and 'object' on a line");
  }
  return event;
}

Result<ListPage> split_protobuf_list(std::string_view body) {
  const auto envelope = open_envelope(body);
  if (!envelope) return malformed("list: " + envelope.error().message);
  ListPage page;
  WireReader fields(envelope->raw);
  while (fields.next()) {
    if (fields.number() == 2) page.items.push_back({Encoding::protobuf, fields.bytes()});
    if (fields.number() != 1) continue;
    WireReader metadata(fields.bytes());
    while (metadata.next()) {
      if (metadata.number() == 2) page.resource_version = metadata.bytes();
      if (metadata.number() == 3) page.continue_token = metadata.bytes();
    }
    if (metadata.malformed()) return malformed("list: malformed ListMeta");
  }
  if (fields.malformed()) return malformed("list: malformed protobuf message");
  return page;
}

bool read_list_metadata(std::string_view metadata, ListPage& page) {
  JsonScanner members(metadata);
  while (members.next()) {
    std::string* const to = members.key() == "resourceVersion" ? &page.resource_version
                            : members.key() == "continue"      ? &page.continue_token
                                                               : nullptr;
    if (to == nullptr) continue;
    auto text = json_string(members.value());
    if (!text) return false;
    *to = std::move(*text);
  }
  return !members.malformed();
}

Result<ListPage> split_json_list(std::string_view body) {
  ListPage page;
  JsonScanner members(body);
  while (members.next()) {
    if (members.key() == "metadata" && !read_list_metadata(members.value(), page)) {
      return malformed("list: metadata is not a JSON object with string fields");
    }
    if (members.key() != "items" || members.value() == "null") continue;
    JsonScanner items(members.value());
    while (items.next()) page.items.push_back({Encoding::json, items.value()});
    if (items.malformed()) return malformed("list: 'items' is not a JSON array");
  }
  if (members.malformed()) return malformed("list: expected one JSON object");
  return page;
}

}  // namespace

FrameSplitter::FrameSplitter(Encoding encoding, std::size_t largest) : encoding_(encoding), largest_(largest) {}

void FrameSplitter::append(std::string_view bytes) {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= std::min(scanned_, begin_);
    begin_ = 0;
  }
  buffer_.append(bytes);
}

Result<std::optional<std::string_view>> FrameSplitter::next() {
  return encoding_ == Encoding::json ? next_line() : next_counted();
}

Result<std::optional<std::string_view>> FrameSplitter::next_line() {
  while (true) {
    const std::size_t newline = buffer_.find('\n', std::max(scanned_, begin_));
    const std::size_t end = newline == std::string::npos ? buffer_.size() : newline;
    if (end - begin_ > largest_) {
      return malformed("watch frame: a line of more than " + std::to_string(largest_) + " bytes");
    }
    scanned_ = end;
    if (newline == std::string::npos) return std::optional<std::string_view>();
    const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
    begin_ = end + 1;
    if (!is_blank(line)) return std::optional<std::string_view>(line);
  }
}

Result<std::optional<std::string_view>> FrameSplitter::next_counted() {
  if (pending() < 4) return std::optional<std::string_view>();
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8U | static_cast<unsigned char>(buffer_[begin_ + i]);
  if (size > largest_) {
    return malformed("watch frame: a frame of " + std::to_string(size) + " bytes, at most " + std::to_string(largest_) +
                     " are accepted");
  }
  if (pending() - 4 < size) return std::optional<std::string_view>();
  const std::string_view frame = std::string_view(buffer_).substr(begin_ + 4, size);
  begin_ += 4 + size;
  return std::optional<std::string_view>(frame);
}

Result<WatchEvent> read_watch_event(Encoding encoding, std::string_view frame) {
  return encoding == Encoding::protobuf ? read_protobuf_event(frame) : read_json_event(frame);
}

Result<ListPage> split_list(Encoding encoding, std::string_view body) {
  return encoding == Encoding::protobuf ? split_protobuf_list(body) : split_json_list(body);
}

Result<ObjectBytes> open_body(Encoding encoding, std::string_view body) {
  if (encoding == Encoding::json) return ObjectBytes{Encoding::json, body};
  const auto envelope = open_envelope(body);
  if (!envelope) return envelope.error();
  return ObjectBytes{Encoding::protobuf, envelope->raw};
}

Result<Envelope> open_envelope(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return malformed("expected the magic bytes \"k8s\\0\" before a protobuf object");
  Envelope envelope;
  std::string_view content_encoding;
  WireReader unknown(bytes.substr(kMagic.size()));
  while (unknown.next()) {
    switch (unknown.number()) {
      case 1: {
        WireReader type(unknown.bytes());
        while (type.next()) {
          if (type.number() == 1) envelope.api_version = type.bytes();
          if (type.number() == 2) envelope.kind = type.bytes();
        }
        if (type.malformed()) return malformed("malformed runtime.TypeMeta");
        break;
      }
      case 2: envelope.raw = unknown.bytes(); break;
      case 3: content_encoding = unknown.bytes(); break;
      default: break;
    }
  }
  if (unknown.malformed()) return malformed("malformed runtime.Unknown");
  if (bytes.size() == kMagic.size()) return malformed("nothing after the magic bytes \"k8s\\0\"");
  if (!content_encoding.empty()) {
    return malformed("runtime.Unknown with content encoding '" + std::string(content_encoding) + "', expected none");
  }
  return envelope;
}

Result<Encoding> encoding_of(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find_first_of("; ")));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  if (type == "application/json") return Encoding::json;
  if (type == "application/vnd.kubernetes.protobuf") return Encoding::protobuf;
  return Error{ErrorCode::unsupported, "content type '" + std::string(content_type) +
                                           "': expected application/json or application/vnd.kubernetes.protobuf"};
}

}  // namespace basalt::kube
