#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/base/clock.hpp"
#include "embedded/store/store.hpp"

namespace basalt::embedded {

inline constexpr const char* kProtobufType = "application/vnd.kubernetes.protobuf";

/// In which form a reply is wanted.
enum class Form {
  json,
  protobuf,
  table,     ///< meta.k8s.io Table: what kubectl get prints
  metadata,  ///< meta.k8s.io PartialObjectMetadata
};

/// What a Table's rows carry of their objects (query parameter includeObject).
enum class RowObject { none, metadata, whole };

struct Rendering {
  Form form = Form::json;
  std::string meta_version = "v1";  ///< of Table and PartialObjectMetadata: v1 or v1beta1
  RowObject row_object = RowObject::metadata;

  /// The Content-Type of a whole reply, and of a watch.
  [[nodiscard]] std::string_view content_type() const;
  [[nodiscard]] std::string_view watch_content_type() const;
};

/// The first form of an Accept header that can be served; an empty header accepts anything. Refused with 406.
/// `protobuf`: whether there is one of what is asked for.
Outcome<Rendering> negotiate(std::string_view accept, bool protobuf);

/// One object as the body of a reply.
std::string render_object(const Kind& kind, const ServedVersion& version, const Object& object,
                          const Rendering& rendering, WallTime now);

/// One object as it stands inside a JSON list or event.
std::string render_item(const Kind& kind, const ServedVersion& version, const Object& object, Form form,
                        const std::string& meta_version);

/// A page of a list.
struct Page {
  std::uint64_t revision = 0;
  std::vector<ObjectPtr> objects;
  std::string continue_token;
  std::size_t remaining = 0;  ///< objects after this page; 0 when there are none or nobody counted them
};

/// A list's body as pieces: head, then one item at a time, then tail.
class ListRendering {
 public:
  ListRendering(const Kind& kind, const ServedVersion& version, Page page, Rendering rendering, WallTime now);
  /// Appends about `bytes` more to `to`. False when that was the end.
  bool append(std::string& to, std::size_t bytes);

 private:
  void append_head(std::string& to);
  void append_item(std::string& to, const Object& object);

  const Kind& kind_;
  const ServedVersion& version_;
  Page page_;
  Rendering rendering_;
  WallTime now_;
  std::size_t next_ = 0;
  bool begun_ = false;
};

/// One event of a watch. `first`: whether a Table has to say its columns.
std::string render_event(const Kind& kind, const ServedVersion& version, std::string_view type, const Object& object,
                         const Rendering& rendering, WallTime now, bool first);
/// A BOOKMARK; `ends_initial` marks the end of the initial events of a streaming list.
std::string render_bookmark(const Kind& kind, const ServedVersion& version, std::uint64_t revision,
                            const Rendering& rendering, bool ends_initial);
/// An ERROR event that carries the refusal.
std::string render_error_event(const Refusal& refusal, const Rendering& rendering);

}  // namespace basalt::embedded
