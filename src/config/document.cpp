#include "config/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "config/document_builder.hpp"

namespace basalt {
namespace {

using Kind = DocumentValue::Kind;
using Severity = Finding::Severity;

Place place_of(const YAML::Mark& mark) {
  return mark.is_null() || mark.line < 0 ? Place{} : Place{mark.line + 1, mark.column + 1};
}

// The text with the mark that ends a document: without it yaml-cpp 0.7 takes a quote that is never closed for closed at
// the end of the text.
std::string ended(std::string_view text) { return std::string(text) + (text.ends_with('\n') ? "...\n" : "\n...\n"); }

std::string said_by(const YAML::Exception& failure) {
  return failure.msg == YAML::ErrorMsg::DOC_IN_SCALAR ? "a quote is opened and not closed" : failure.msg;
}

// Thrown through yaml-cpp to make it stop.
struct Overflow {};

// Hands the first document on to a builder.
class FirstDocument final : public YAML::EventHandler {
 public:
  explicit FirstDocument(PlacedFindings& findings) : builder_(findings) {}
  [[nodiscard]] DocumentValue take() { return builder_.take(); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override {
    builder_.add_null(anchor);
    check();
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.add_alias(place_of(mark), anchor);
    check();
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    builder_.add_scalar(place_of(mark), tag, anchor, value);
    check();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    builder_.begin_list(place_of(mark), anchor);
    check();
  }
  void OnSequenceEnd() override { builder_.end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    builder_.begin_map(place_of(mark), anchor);
    check();
  }
  void OnMapEnd() override { builder_.end(); }

 private:
  void check() const {
    if (builder_.has_overflown()) throw Overflow{};
  }

  DocumentBuilder builder_;
};

// Notes where what follows the first document begins.
class NextDocument final : public YAML::EventHandler {
 public:
  [[nodiscard]] const YAML::Mark& start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  YAML::Mark start_;
};

// Whether a line of the text begins a document.
bool begins_document(std::string_view text, int line) {
  for (; line > 0; --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.starts_with("---");
}

// yaml-cpp 0.7 ends a document without a word where it cannot go on, and would begin another one there.
void check_rest(YAML::Parser& parser, std::string_view text, PlacedFindings& findings) {
  NextDocument next;
  if (!parser.HandleNextDocument(next)) return;
  if (begins_document(text, next.start().line)) {
    findings.add(Severity::note, place_of(next.start()), "a second document: only the first counts");
  } else {
    findings.add(Severity::wrong, place_of(next.start()),
                 "no YAML: this does not belong to what stands before it (is the indentation right?)");
  }
}

}  // namespace

const DocumentValue* DocumentValue::find(std::string_view key) const {
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [key](const DocumentEntry& candidate) { return candidate.key == key; });
  return entry == entries.end() ? nullptr : &entry->value;
}

ArgumentValue DocumentValue::argument() const {
  switch (kind) {
    case Kind::null: return {};
    case Kind::boolean: return boolean;
    case Kind::integer: return integer;
    case Kind::number: return number;
    case Kind::text: return text;
    case Kind::list: {
      ArgumentValue::List list;
      for (const DocumentValue& item : items) list.push_back(item.argument());
      return list;
    }
    case Kind::map: {
      Arguments map;
      for (const DocumentEntry& entry : entries) map.emplace_back(entry.key, entry.value.argument());
      return map;
    }
  }
  return {};
}

void PlacedFindings::add(Finding::Severity severity, Place place, std::string_view message) {
  findings_.push_back(Finding{severity, origin_ + ":" + std::to_string(place.line) + ":" +
                                            std::to_string(place.column) + ": " + std::string(message)});
}

std::optional<DocumentValue> parse_document(std::string_view text, PlacedFindings& findings) {
  if (text.size() > kLongestConfiguration) {
    findings.add(Severity::wrong, Place{},
                 std::to_string(text.size()) + " bytes: expected at most " + std::to_string(kLongestConfiguration));
    return std::nullopt;
  }
  try {
    const std::string whole = ended(text);
    std::istringstream stream(whole);
    YAML::Parser parser(stream);
    FirstDocument first(findings);
    if (!parser.HandleNextDocument(first)) return DocumentValue{};
    check_rest(parser, whole, findings);
    return first.take();
  } catch (const Overflow&) {
    return std::nullopt;
  } catch (const YAML::Exception& failure) {
    findings.add(Severity::wrong, place_of(failure.mark), "no YAML: " + said_by(failure));
    return std::nullopt;
  }
}

}  // namespace basalt
