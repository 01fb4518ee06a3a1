#include <algorithm>
#include <nlohmann/json.hpp>

#include "embedded/api/server.hpp"
#include "embedded/api/watch_stream.hpp"
#include "kube/base64.hpp"
#include "kube/json_access.hpp"

namespace basalt::embedded {
namespace {

// Lists longer than this are sent in parts as they are made.
constexpr std::size_t kWholeBody = 4 * 1024 * 1024;
constexpr std::size_t kPartOfList = 1024 * 1024;

class ListStream final : public AnswerStream {
 public:
  ListStream(KindRef kind, std::shared_ptr<const ServedVersion> version, Page page, Rendering rendering, WallTime now)
      : kind_(std::move(kind)),
        version_(std::move(version)),
        rendering_(*kind_, *version_, std::move(page), std::move(rendering), now) {}

  void start(std::function<void()>) override {}

  StreamPart next() override {
    StreamPart part;
    part.ended = !rendering_.append(part.bytes, kPartOfList);
    return part;
  }

 private:
  KindRef kind_;
  std::shared_ptr<const ServedVersion> version_;
  ListRendering rendering_;
};

// Where a list goes on: at which revision it was begun, and after which object.
struct Continuation {
  std::uint64_t revision = 0;
  Key after;

  // Whoever goes on although the moment is forgotten gets the rest as it is now.
  [[nodiscard]] bool in_the_present() const { return revision == 0; }
};

std::string token_of(const Continuation& continuation) {
  return kube::encode_base64(kube::print_json({{"v", "meta.k8s.io/v1"},
                                               {"rv", continuation.revision},
                                               {"space", continuation.after.space},
                                               {"start", continuation.after.name}}));
}

std::optional<Continuation> continuation_of(std::string_view token) {
  const auto text = kube::decode_base64(token);
  if (!text) return std::nullopt;
  const Json parsed = kube::parse_json(*text);
  const auto revision = parsed.is_object() ? integer_at(parsed, "rv") : std::nullopt;
  if (!revision || *revision < 0) return std::nullopt;
  return Continuation{static_cast<std::uint64_t>(*revision),
                      {kube::text_at(parsed, "space"), kube::text_at(parsed, "start")}};
}

// A list whose moment is forgotten: refused, with the token to go on in the present.
HttpReply expired_reply(const Continuation& from) {
  Json status = status_of(
      expired("The provided continue parameter is too old to display a consistent list result. You can start a new "
              "list without the continue parameter, or use the continue token in this response to retrieve the "
              "remainder of the results. Continuing with the provided token results in an inconsistent list - objects "
              "that were created, modified, or deleted between the time the first chunk was returned and now may show "
              "up in the list."));
  status["metadata"]["continue"] = token_of({0, from.after});
  HttpAnswer answer;
  answer.status = 410;
  answer.body = kube::print_json(status);
  return HttpReply{std::move(answer)};
}

Refusal invalid_options(std::string field, std::string_view why) {
  return invalid("meta.k8s.io", "ListOptions", "", {forbidden_field(std::move(field), why)});
}

// A resourceVersion as a query parameter: absent and "" are the same. Refused with 400 when it is no number.
Outcome<std::optional<std::uint64_t>> revision_asked(const Target& target) {
  if (target.query("resourceVersion").empty()) return std::optional<std::uint64_t>();
  const auto number = target.number("resourceVersion");
  if (!number) {
    return bad_request("Invalid value: \"" + std::string(target.query("resourceVersion")) +
                       "\": resourceVersion is no number");
  }
  return number;
}

Rendering with_row_object(Rendering rendering, const Target& target) {
  const std::string_view wanted = target.query("includeObject");
  if (wanted == "None") rendering.row_object = RowObject::none;
  if (wanted == "Object") rendering.row_object = RowObject::whole;
  return rendering;
}

}  // namespace

Outcome<HttpReply> ApiServer::object_reply(const Call& call, int status, const Object& object) {
  auto rendering = negotiate(call.http.accept, call.kind->answers_protobuf);
  if (!rendering) return rendering.refusal();
  *rendering = with_row_object(*rendering, call.target);
  HttpAnswer answer;
  answer.status = status;
  answer.content_type = rendering->content_type();
  answer.body = render_object(*call.kind, *call.version, object, *rendering, cluster_.clock().now());
  return HttpReply{std::move(answer)};
}

Outcome<HttpReply> ApiServer::get(const Call& call) {
  const ObjectPtr object = cluster_.store().find(*call.kind, call.key());
  if (!object) return not_found(call.kind->resource, call.name);
  return object_reply(call, 200, *object);
}

Outcome<Page> ApiServer::page_of(const Call& call) {
  const Target& target = call.target;
  const auto selector = Selector::parse(*call.kind, target.query("labelSelector"), target.query("fieldSelector"));
  if (!selector) return selector.refusal();
  auto asked = revision_asked(target);
  if (!asked) return asked.refusal();
  const std::string_view match = target.query("resourceVersionMatch");
  const std::string_view token = target.query("continue");
  if (target.flag("sendInitialEvents")) {
    return invalid_options("sendInitialEvents", "sendInitialEvents is forbidden for list");
  }
  if (!match.empty() && (!token.empty() || !*asked)) {
    return invalid_options("resourceVersionMatch",
                           "resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (!token.empty() && *asked && **asked != 0) {
    return bad_request("specifying resource version is not allowed when using continue");
  }
  std::optional<Continuation> from;
  if (!token.empty()) {
    from = continuation_of(token);
    if (!from) return bad_request("continue key is not valid");
  }
  const bool exact = match == "Exact";
  if (exact && **asked == 0) {
    return invalid_options("resourceVersionMatch",
                           "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
  }
  Listing listing;
  if (exact || (from && !from->in_the_present())) {
    auto past = cluster_.store().list_at(*call.kind, call.space, from ? from->revision : **asked);
    if (!past) return past.refusal();
    listing = *std::move(past);
  } else if (const std::string_view name = selector->only_name(); !name.empty() && !call.space.empty()) {
    listing.revision = cluster_.store().revision();
    if (ObjectPtr only = cluster_.store().find(*call.kind, {call.space, std::string(name)})) {
      listing.objects.push_back(std::move(only));
    }
  } else {
    listing = cluster_.store().list(*call.kind, call.space);
  }
  if (*asked && **asked > listing.revision) return revision_too_large(**asked, listing.revision);

  Page page;
  page.revision = listing.revision;
  // As a watch cache does: a list from revision 0 is whole.
  const bool is_whole = *asked && **asked == 0 && token.empty();
  const std::uint64_t limit = is_whole ? 0 : target.number("limit").value_or(0);
  for (ObjectPtr& object : listing.objects) {
    if (from && object->key <= from->after) continue;
    if (!selector->matches(*object)) continue;
    if (limit > 0 && page.objects.size() >= limit) {
      ++page.remaining;
    } else {
      page.objects.push_back(std::move(object));
    }
  }
  if (page.remaining > 0) page.continue_token = token_of({page.revision, page.objects.back()->key});
  if (!selector->selects_all()) page.remaining = 0;  // Kubernetes does not count what a selector would choose
  return page;
}

Outcome<HttpReply> ApiServer::list(const Call& call) {
  auto rendering = negotiate(call.http.accept, call.kind->answers_protobuf);
  if (!rendering) return rendering.refusal();
  auto page = page_of(call);
  if (!page) {
    const auto from = continuation_of(call.target.query("continue"));
    if (from && page.refusal().code == 410) return expired_reply(*from);
    return page.refusal();
  }
  *rendering = with_row_object(*rendering, call.target);
  std::size_t size = 0;
  for (const ObjectPtr& object : page->objects) size += object->json.size();
  const WallTime now = cluster_.clock().now();
  const std::string type(rendering->content_type());
  if (size > kWholeBody) {
    return HttpReply{StreamAnswer{
        type, std::make_unique<ListStream>(call.kind, call.version, *std::move(page), *std::move(rendering), now)}};
  }
  HttpAnswer answer;
  answer.content_type = type;
  answer.body.reserve(size + 256);
  ListRendering(*call.kind, *call.version, *std::move(page), *std::move(rendering), now)
      .append(answer.body, std::string::npos / 2);
  return HttpReply{std::move(answer)};
}

Outcome<HttpReply> ApiServer::watch(const Call& call) {
  const Target& target = call.target;
  auto rendering = negotiate(call.http.accept, call.kind->answers_protobuf);
  if (!rendering) return rendering.refusal();
  std::string fields(target.query("fieldSelector"));
  if (!call.name.empty()) fields += (fields.empty() ? "" : ",") + std::string("metadata.name=") + call.name;
  const auto selector = Selector::parse(*call.kind, target.query("labelSelector"), fields);
  if (!selector) return selector.refusal();
  const auto asked = revision_asked(target);
  if (!asked) return asked.refusal();

  WatchRequest request;
  request.kind = call.kind;
  request.version = call.version.get();
  request.space = call.space;
  request.selector = *selector;
  request.rendering = with_row_object(*rendering, target);
  request.bookmarks = target.flag("allowWatchBookmarks");
  request.mark_list_end = target.flag("sendInitialEvents");
  if (request.mark_list_end && (target.query("resourceVersionMatch") != "NotOlderThan" || !request.bookmarks)) {
    return invalid_options("resourceVersionMatch",
                           "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan and "
                           "allowWatchBookmarks");
  }
  const bool refuses_initial = target.query("sendInitialEvents") == "false";
  const std::uint64_t after = asked->value_or(0);
  request.list_first = request.mark_list_end || (after == 0 && !refuses_initial);
  request.after = after == 0 ? cluster_.store().revision() : after;
  if (const auto seconds = target.number("timeoutSeconds"); seconds && *seconds > 0) {
    request.lasts = std::chrono::seconds(std::min<std::uint64_t>(*seconds, 86'400));
  }
  const std::string type(request.rendering.watch_content_type());
  return HttpReply{StreamAnswer{type, std::make_unique<WatchStream>(cluster_, faults_, std::move(request))}};
}

}  // namespace basalt::embedded
